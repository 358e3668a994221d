"""A Gmail message becomes part of a ticket, exactly once.

The message's document is created in the same transaction as the ticket's change, under an id that is
derived from mailbox and Gmail id: whoever comes second finds it and does nothing. Nothing is dropped:
what cannot be parsed becomes a ticket that says so, what cannot be fetched now is asked for later, and
what cannot be fetched until somebody reconnects the mailbox is parked.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import timedelta
from typing import Final

from shared import codec, ids, log
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import messages, tickets
from shared.domain.events import MESSAGE_RECEIVED, MessageReceived
from shared.domain.mailboxes import MailboxState
from shared.domain.messages import Direction
from shared.domain.people import CUSTOMERS, Customer
from shared.domain.places import place
from shared.domain.tickets import Joined
from shared.errors import Unavailable
from shared.gmail.contract import (
    Down,
    GmailError,
    Gone,
    Misconfigured,
    NeedsReauth,
    RawMessage,
    Refused,
    Throttled,
)
from shared.services import audit_log, mailbox_access, outbox, ticket_changes, ticket_matching
from shared.services.message_facts import Facts, understand
from shared.services.outbox import Outbox
from shared.services.ticket_matching import Match
from shared.store.contract import AlreadyExists, Data, Transaction

RETRY_AFTER: Final = timedelta(seconds=60)
BROKEN_AFTER: Final = timedelta(minutes=10)
SPREAD_SECONDS: Final = 30  # over which what waited for Gmail comes back
_ATTEMPTS: Final = 4  # each ends with somebody else's document in the way, so more is a bug

_NO_MAIL: Final = frozenset({"DRAFT", "CHAT"})
_HIDDEN: Final = frozenset({"SPAM", "TRASH"})


def take_in(app: App, event: MessageReceived) -> None:
    """Record one Gmail message. Done at one read where it is recorded already.

    Raises NotFound where the mailbox is unknown, Unavailable where our own store or bus fails or Gmail
    refuses this message for good; every other failure of Gmail is turned into an event for later or a
    parked id.
    """
    document_id = ids.message_id(event.mailbox_id, event.gmail_id)
    if app.store.get(messages.COLLECTION, document_id) is not None:
        return
    known = mailbox_access.known(app, event.mailbox_id)
    if known.mailbox.state is MailboxState.DISCONNECTED:
        log.event("INFO", "message.of_disconnected_mailbox", message=document_id)
        return
    if known.mailbox.state is not MailboxState.ACTIVE:
        _park(app, event, document_id)
        return
    try:
        with app.mailboxes.gate.fetching(event.mailbox_id):
            raw = app.mailboxes(event.mailbox_id).message(event.gmail_id)
    except Gone:
        _bury(app, event, document_id)
    except NeedsReauth as error:
        log.event("WARNING", "message.parked", message=document_id, reason=error.reason)
        mailbox_access.lose_grant(app, event.mailbox_id, error.reason)
        _park(app, event, document_id)
    except (Throttled, Down, Misconfigured) as error:
        _put_off(app, event, document_id, error)
    except Refused as error:  # nothing that waiting mends: it ends as a dead letter, which is kept
        log.event("ERROR", "message.refused", message=document_id, reason=error.reason)
        raise Unavailable("gmail.refused") from error
    else:
        _take_in(app, document_id, known.identity.address, event.mailbox_id, raw)


def _park(app: App, event: MessageReceived, document_id: str) -> None:
    """Keep the id until the mailbox works again; where it does meanwhile, ask for the message anew."""
    if not mailbox_access.park(app, event.mailbox_id, event.gmail_id, document_id):
        mailbox_access.forget(app, event.mailbox_id)
        app.bus.publish(MESSAGE_RECEIVED, codec.to_json(event), app.clock.now() + RETRY_AFTER)


def _put_off(app: App, event: MessageReceived, document_id: str, error: GmailError) -> None:
    """Ask for the message later. Where Gmail takes no more, the whole mailbox is left alone till then."""
    now = app.clock.now()
    until = error.retry_at or now + (
        BROKEN_AFTER if isinstance(error, Misconfigured) else RETRY_AFTER
    )
    log.event("WARNING", "message.later", message=document_id, reason=error.reason)
    if isinstance(error, Throttled):
        mailbox_access.brake(app, event.mailbox_id, until)
        # Not all at once, or Gmail refuses again what has waited.
        until += timedelta(seconds=zlib.crc32(event.gmail_id.encode()) % SPREAD_SECONDS)
    app.bus.publish(MESSAGE_RECEIVED, codec.to_json(event), until)


def _take_in(
    app: App, document_id: str, own_address: str, mailbox_id: str, raw: RawMessage
) -> None:
    if raw.labels & _NO_MAIL or (raw.labels & _HIDDEN and "INBOX" not in raw.labels):
        # No mail, or hidden by Gmail or a person; a move to the inbox brings it back as a candidate.
        log.event("INFO", "message.passed_over", message=document_id)
        return
    facts = understand(app, document_id, mailbox_id, own_address, raw)
    for attempt in range(_ATTEMPTS):
        try:
            _record(app, facts, _code(app, facts, attempt))
        except AlreadyExists:
            if app.store.get(messages.COLLECTION, document_id) is not None:
                return  # another delivery of this message was faster
        else:
            return
    raise RuntimeError("documents of others stand in the way of a message")


def _record(app: App, facts: Facts, code_attempt: int) -> None:
    """Write the message and all that it changes, in one transaction."""
    new_customer = _new_customer(app, facts)

    def work(tx: Transaction, box: Outbox) -> None:
        match = ticket_matching.find(app, tx, facts)
        copies = ticket_matching.copies(tx, facts, match)
        # Every read stands above this line.
        if new_customer is not None and facts.customer_id is not None:
            tx.create(CUSTOMERS, facts.customer_id, codec.to_document(new_customer))
        joined = _joined(app, facts, match, code_attempt)
        reason = joined.reason if joined else facts.arrival.link
        tx.create(
            messages.COLLECTION,
            facts.message_id,
            codec.to_document(facts.message(match.ticket_id, reason, copies.original)),
        )
        for copy in copies.later:
            tx.update(messages.COLLECTION, copy, {"duplicate_of": facts.message_id})
        if facts.body is not None:
            tx.put(messages.BODIES, facts.message_id, codec.to_document(facts.body))
        if joined is None:
            return  # sent from Gmail before anybody wrote: it waits for the ticket of its thread
        audit_id = audit_log.record(app, box, _happened(app, facts, match, joined))
        _write_ticket(app, tx, facts, match, joined, audit_id)

    outbox.commit(app, work)


def _joined(app: App, facts: Facts, match: Match, code_attempt: int) -> Joined | None:
    """Return the ticket as it is with this message; None where an outgoing one finds no ticket."""
    now = app.clock.now()
    if match.ticket is not None:
        return tickets.joined(match.ticket, facts.arrival, match.link, now)
    if facts.direction is Direction.OUT:
        return None
    code = ids.ticket_code(match.ticket_id, code_attempt)
    arrivals = [*(waiting.arrival for waiting in match.waiting), facts.arrival]
    first, *others = sorted(arrivals, key=lambda a: (a.received_at, a.message_id))
    joined = mine = tickets.opened(facts.mailbox_id, code, first, now)
    for arrival in others:
        joined = tickets.joined(joined.ticket, arrival, match.link, now)
        mine = joined if arrival is facts.arrival else mine
    leads = first is facts.arrival
    return Joined(replace(joined.ticket, version=1), mine.reason, leads=leads, names_customer=True)


def _write_ticket(
    app: App, tx: Transaction, facts: Facts, match: Match, joined: Joined, audit_id: str
) -> None:
    sealed = match.ticket.sealed if match.ticket else None
    if joined.leads or joined.names_customer:
        sealed = facts.seal_summary(
            app,
            match.ticket_id,
            sealed,
            subject=_subject(app, facts, match, joined),
            customer=joined.names_customer,
        )
    ticket = replace(joined.ticket, sealed=sealed, last_audit_id=audit_id)
    tx.put(tickets.COLLECTION, match.ticket_id, ticket_changes.document(ticket))
    if match.ticket is None:
        tx.create(tickets.CODES, joined.ticket.code, {"ticket_id": match.ticket_id})
    elif joined.displaced is not None:
        displaced = joined.displaced
        tx.update(
            messages.COLLECTION,
            displaced.message_id,
            {"thread_reason": displaced.reason.value},
        )


def _subject(app: App, facts: Facts, match: Match, joined: Joined) -> str | None:
    """Return the ticket's subject where it changes: that of its first message."""
    if joined.leads:
        return facts.mail.subject
    first = joined.ticket.first_message_id
    for waiting in match.waiting:
        if waiting.arrival.message_id == first and waiting.sealed is not None:
            fields = app.envelope.open(
                facts.mailbox_id, place(messages.COLLECTION, first), waiting.sealed
            )
            return str(fields["subject"])
    return None


def _happened(app: App, facts: Facts, match: Match, joined: Joined) -> Happened:
    if match.ticket is None:
        action = Action.TICKET_CREATED
    else:
        action = Action.MESSAGE_MUTED if facts.muted else Action.MESSAGE_JOINED
    recorded = [facts.message_id, *(waiting.arrival.message_id for waiting in match.waiting)]
    changes: list[Data] = [
        {"field": "message", "before": None, "after": message_id} for message_id in recorded
    ]
    if match.ticket is not None and match.ticket.state is not joined.ticket.state:
        changes.append(
            {
                "field": "state",
                "before": match.ticket.state.value,
                "after": joined.ticket.state.value,
            }
        )
    return Happened(
        action,
        audit_log.function(app),
        Target("ticket", match.ticket_id, facts.mailbox_id),
        reason=joined.reason.value,
        changes=tuple(changes),  # type: ignore[arg-type]
    )


def _new_customer(app: App, facts: Facts) -> Customer | None:
    """Return the sender's document if there is none yet; their data key is made first.

    A key without its document is harmless, a document without its key would be unreadable for ever.
    """
    if facts.customer_id is None or app.store.get(CUSTOMERS, facts.customer_id) is not None:
        return None
    app.envelope.create(facts.customer_id)
    return facts.customer(app)


def _code(app: App, facts: Facts, attempt: int) -> int:
    """Return which code to try: the first, unless it belongs to another ticket already."""
    if attempt == 0:
        return 0
    ticket_id = ids.ticket_id(facts.mailbox_id, facts.gmail_thread_id)
    for salt in range(_ATTEMPTS):
        taken = app.store.get(tickets.CODES, ids.ticket_code(ticket_id, salt))
        if taken is None or taken.data["ticket_id"] == ticket_id:
            return salt
    raise RuntimeError("no free ticket code")


def _bury(app: App, event: MessageReceived, document_id: str) -> None:
    """Note that Gmail deleted the message before it was fetched, so that it is accounted for.

    Another delivery may have fetched it just before that: what it recorded stays.
    """
    stone: Data = {"mailbox_id": event.mailbox_id, "gmail_id": event.gmail_id, "state": "gone"}
    log.event("INFO", "message.gone", message=document_id)
    try:
        app.store.transact(lambda tx: tx.create(messages.COLLECTION, document_id, stone))
    except AlreadyExists:
        return
