"""A message that was fetched and understood is written, with all that it changes, in one transaction.

The message's document is created under an id that is derived from mailbox and Gmail id: whoever comes
second finds it and does nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from shared import codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import arrivals, messages, tickets
from shared.domain.arrivals import Joined
from shared.domain.messages import Direction
from shared.domain.places import place
from shared.services import audit_log, outbox
from shared.services.customers import customer_matching
from shared.services.customers.customer_matching import Newcomer
from shared.services.finding import search_tokens
from shared.services.outbox import Outbox
from shared.services.receiving import forwarding, ticket_matching
from shared.services.receiving.message_facts import Facts
from shared.services.receiving.ticket_matching import Match
from shared.services.replies import returned_replies
from shared.services.tickets import service_terms, ticket_changes
from shared.store.contract import SERVER_TIME, AlreadyExists, Data, Transaction

_ATTEMPTS: Final = 4  # each ends with somebody else's document in the way, so more is a bug


def record(app: App, facts: Facts) -> None:
    """Write a message and all that it changes. Done where another delivery was faster.

    Raises Unavailable where our own store or bus fails.
    """
    facts = forwarding.on_behalf(app, facts)
    for attempt in range(_ATTEMPTS):
        try:
            if not _record(app, facts, attempt, None):
                _record(app, facts, attempt, _newcomer(app, facts, attempt))
        except AlreadyExists:
            if app.store.get(messages.COLLECTION, facts.message_id) is not None:
                return  # another delivery of this message was faster
        else:
            return
    raise RuntimeError("documents of others stand in the way of a message")


def _record(app: App, given: Facts, attempt: int, newcomer: Newcomer | None) -> bool:
    """Write the message and all that it changes, in one transaction.

    Returns False, and has written nothing, where the sender is new and needs a key first.
    """

    def work(tx: Transaction, box: Outbox) -> bool:
        met = customer_matching.meet(
            tx, given.customer_token, given.mailbox_id, newcomer, given.arrival.received_at
        )
        if met is None:
            return False
        reply = returned_replies.find(tx, given)
        facts = returned_replies.known_as(given, reply).of(met.customer_id)
        match = ticket_matching.find(app, tx, facts, reply[1].ticket_id if reply else None)
        copies = ticket_matching.copies(tx, facts, match)
        code = ids.ticket_code(match.ticket_id, _salt(tx, match, attempt))
        # Every read stands above this line.
        met.write(tx)
        joined = _joined(app, facts, match, code)
        reason = joined.reason if joined else facts.arrival.link
        tx.create(
            messages.COLLECTION,
            facts.message_id,
            codec.to_document(facts.message(match.ticket_id, reason, copies.original, reply)),
        )
        for copy in copies.later:
            tx.update(messages.COLLECTION, copy, {"duplicate_of": facts.message_id})
        if facts.body is not None:
            tx.put(messages.BODIES, facts.message_id, codec.to_document(facts.body))
        if reply is not None:
            returned_replies.prove(app, tx, box, facts, reply)
        if joined is None:
            return True  # sent from Gmail before anybody wrote: it waits for its thread's ticket
        audit_id = audit_log.record(app, box, _happened(app, facts, match, joined))
        _write_ticket(app, tx, facts, match, joined, audit_id)
        return True

    return outbox.commit(app, work)


def _joined(app: App, facts: Facts, match: Match, code: str) -> Joined | None:
    """Return the ticket as it is with this message; None where an outgoing one finds no ticket."""
    now = app.clock.now()
    if match.ticket is not None:
        return arrivals.joined(match.ticket, facts.arrival, match.link, now)
    if facts.direction is Direction.OUT:
        return None
    came = [*(waiting.arrival for waiting in match.waiting), facts.arrival]
    first, *others = sorted(came, key=lambda a: (a.received_at, a.message_id))
    joined = mine = arrivals.opened(facts.mailbox_id, code, first, now)
    for arrival in others:
        joined = arrivals.joined(joined.ticket, arrival, match.link, now)
        mine = joined if arrival is facts.arrival else mine
    leads = first is facts.arrival
    ticket = replace(joined.ticket, version=1)
    if match.follows is not None and match.thread is not None:
        ticket = replace(
            ticket,
            generation=match.thread.next_generation,
            follow_up_of=match.follows[0],
            links=(match.follows[0],),
        )
    return Joined(ticket, mine.reason, leads=leads, names_customer=True)


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
    ticket = service_terms.wound(app, joined.ticket, app.clock.now())
    ticket = replace(ticket, sealed=sealed, last_audit_id=audit_id)
    if joined.leads or joined.names_customer:
        ticket = search_tokens.indexed(app, match.ticket_id, ticket)
    tx.put(tickets.COLLECTION, match.ticket_id, ticket_changes.document(ticket))
    if match.ticket is None:
        tx.create(tickets.CODES, joined.ticket.code, {"ticket_id": match.ticket_id})
        _note_follow_up(tx, match)
    elif joined.displaced is not None:
        displaced = joined.displaced
        tx.update(
            messages.COLLECTION,
            displaced.message_id,
            {"thread_reason": displaced.reason.value},
        )


def _note_follow_up(tx: Transaction, match: Match) -> None:
    """Let the ticket that is done, and the Gmail thread, know of the one that goes on with it."""
    if match.follows is None or match.thread is None:
        return
    old_id, old = match.follows
    changes: dict[str, Data] = {}
    if match.thread.origin is not None:
        changes[match.thread.origin_id] = match.thread.noted(match.ticket_id)
    changes[old_id] = {
        **changes.get(old_id, {}),
        "followed_by": match.ticket_id,
        "links": [*old.links, match.ticket_id][: tickets.MAX_LINKS],
        "version": old.version + 1,
        "changed_by": None,
        "changed_at": SERVER_TIME,
    }
    for id, changed in changes.items():
        tx.update(tickets.COLLECTION, id, changed)


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
    if match.follows is not None:
        changes.append({"field": "follow_up_of", "before": None, "after": match.follows[0]})
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


def _newcomer(app: App, facts: Facts, attempt: int) -> Newcomer:
    assert facts.customer_token is not None
    sender, mailbox_id = (facts.customer or facts.mail.sender).believed(), facts.mailbox_id
    return customer_matching.newcomer(
        app, facts.customer_token, sender.name, sender.address, mailbox_id, taken=attempt > 0
    )


def _salt(tx: Transaction, match: Match, attempt: int) -> int:
    """Return which code to try: the first, unless it belongs to another ticket already."""
    if attempt == 0 or match.ticket is not None:
        return 0
    for salt in range(_ATTEMPTS):
        taken = tx.get(tickets.CODES, ids.ticket_code(match.ticket_id, salt))
        if taken is None:
            return salt
    raise RuntimeError("no free ticket code")
