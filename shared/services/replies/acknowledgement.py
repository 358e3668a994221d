"""The automatic acknowledgement of a customer's first mail, with its throttles (inbound-mail.md §10).

Only a person's mail that opened a ticket is answered, once in a thread, with no word of the sender's in
it. What is answered is decided in one transaction with the counts and the reply, so an event that comes
twice finds the reply, and thousands at once find the counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared import codec, ids, log
from shared.app import App
from shared.audit.events import Action
from shared.domain import acknowledgements, mailboxes, messages, replies, tickets
from shared.domain.acknowledgements import DOMAIN, MAILBOX, SENDER, SUBJECT, THREAD, Limit, Mark
from shared.domain.messages import Direction, Message
from shared.domain.recorded import Recorded
from shared.domain.tickets import Ticket, TicketState
from shared.errors import NotFound
from shared.mail.subjects import base_subject
from shared.services import outbox
from shared.services.mailboxes import mailbox_access, mailbox_settings
from shared.services.mailboxes.mailbox_access import KnownMailbox
from shared.services.outbox import Outbox
from shared.services.replies import outgoing
from shared.services.replies.outgoing import Automatic
from shared.store.contract import Filter, Query, Transaction

KEY: Final = "acknowledgement"
CODE: Final = "{code}"  # in the texts, stands for the ticket's code

SUBJECT_TEXT: Final = f"We have your message / وصلتنا رسالتك ({CODE})"
BODY_TEXT: Final = (
    f"Thank you. Your message has arrived, and somebody will answer it. Its number is {CODE}.\n\n"
    f"شكراً لك. وصلت رسالتك وسيجيب عليها أحد زملائنا. رقمها {CODE}.\n"
)

# What classifying says of a mail that nothing speaks against: shared/mail/classify.py.
_PERSON: Final = ("no_sign_of_a_machine",)
_PUT_AWAY: Final = frozenset({TicketState.SPAM, TicketState.CLOSED})


@dataclass(frozen=True, slots=True)
class _First:
    """The mail to be acknowledged."""

    id: str
    message: Message
    fields: Mapping[str, Any]

    @property
    def sender(self) -> str:
        """Return the sender's address, "" where none could be read."""
        return str((self.fields.get("from") or {}).get("address", ""))


def react_to(app: App, event: Recorded) -> None:
    """Acknowledge the mail that opened a ticket, where its mailbox does so and nothing speaks against it.

    No read, memory warm, for a mailbox that does not.
    """
    if event.action != Action.TICKET_CREATED.value or event.mailbox_id is None:
        return
    named = [change["after"] for change in event.changes if change.get("field") == "message"]
    if event.target_id is None or not named:
        return
    try:
        if not app.service_terms.of(event.mailbox_id).settings.acknowledge:
            return
        known = mailbox_access.known(app, event.mailbox_id)
        first = _first(app, str(named[0]))
        why = _spoken_against(app, known, first)
        if why is None:
            why = _answer(app, known, event.target_id, first)
    except NotFound:  # disconnected meanwhile
        why = "mailbox_gone"
    if why:
        log.event("INFO", "acknowledgement.withheld", ticket=event.target_id, reason=why)


def _first(app: App, message_id: str) -> _First:
    found = app.store.get(messages.COLLECTION, message_id)
    if found is None or found.data.get("state") != "stored":
        raise NotFound("message.not_found")
    message = codec.from_document(Message, found.data)
    return _First(message_id, message, outgoing.fields_of(app, message_id, message))


def _spoken_against(app: App, known: KnownMailbox, first: _First) -> str | None:
    """Return why this mail is never acknowledged, None where it may be."""
    message = first.message
    if message.direction is not Direction.IN or message.muted or message.kind != "human":
        return "not_a_person"
    if message.reasons != _PERSON or not message.sender_trusted or not first.sender:
        return "not_a_person"
    if message.received_at < known.mailbox.connected_at:
        return "older_than_the_connection"
    made_good_at = app.readiness.made_good_at()
    if made_good_at is not None and message.received_at <= made_good_at:
        return "before_a_restore"  # the desk of which that was a backup may have answered
    if app.clock.now() - message.received_at > acknowledgements.MAX_AGE:
        return "too_old"
    token = mailbox_access.address_token(app, first.sender)
    own = Query(mailboxes.COLLECTION, (Filter("address_token", "==", token),), limit=1)
    return "own_mailbox" if app.store.query(own).documents else None


def _answer(app: App, known: KnownMailbox, ticket_id: str, first: _First) -> str | None:
    """Queue the answer and count it; return why not, where it was not."""
    automatic = _written(app, known, ticket_id, first)
    counts = _counts(app, known.id, first)
    reply_id = outgoing.automatic_id(first.id, KEY)

    def work(tx: Transaction, box: Outbox) -> str | None:
        keys = [(acknowledgements.COLLECTION, id) for id in counts]
        ticket, reply, *found = tx.get_all(
            [(tickets.COLLECTION, ticket_id), (replies.COLLECTION, reply_id), *keys]
        )
        if reply is not None:
            return ""  # an earlier delivery of this event did it
        if ticket is None:
            return "no_ticket"
        before = codec.from_document(Ticket, ticket.data)
        if before.state in _PUT_AWAY or before.merged_into or before.first_reply_at:
            return "answered_or_put_away"
        marks = [codec.from_document(Mark, mark.data) if mark else None for mark in found]
        now = app.clock.now()
        after = acknowledgements.all_counted(
            zip(marks, counts.values(), strict=True), known.id, now
        )
        if after is None:
            return "throttled"
        for id, mark in zip(counts, after, strict=True):
            tx.put(acknowledgements.COLLECTION, id, codec.to_document(mark))
        outgoing.queue_automatic(app, tx, box, automatic(before.code))
        return None

    return outbox.commit(app, work)


def _counts(app: App, mailbox_id: str, first: _First) -> dict[str, Limit]:
    """Return the ids of this answer's counts, under which nobody reads whom they count."""
    site = acknowledgements.site(first.sender)
    subject = acknowledgements.similar(base_subject(str(first.fields.get("subject", ""))))
    values = {
        SENDER: first.sender.lower(),
        THREAD: first.message.gmail_thread_id,
        SUBJECT: f"{site} {subject}",
        DOMAIN: site,
        MAILBOX: "",
    }
    return {
        ids.derived_id(
            "ak", limit.kind, mailbox_id, app.envelope.token(mailbox_id, "acknowledged", value)
        ): limit
        for limit, value in values.items()
    }


def _written(
    app: App, known: KnownMailbox, ticket_id: str, first: _First
) -> Callable[[str], Automatic]:
    """Return the answer, still without the ticket's code."""
    texts = mailbox_settings.opened(app, known.id, known.settings)
    subject = texts.get("acknowledgement_subject") or SUBJECT_TEXT
    text = texts.get("acknowledgement_text") or BODY_TEXT

    def written(code: str) -> Automatic:
        return Automatic(
            key=KEY,
            mailbox_id=known.id,
            ticket_id=ticket_id,
            parent_message_id=first.id,
            gmail_thread_id=first.message.gmail_thread_id,
            parent=first.fields,
            sender={"name": "", "address": texts.get("from_address") or known.identity.address},
            recipient={"name": "", "address": first.sender},
            subject=subject.replace(CODE, code),
            text=text.replace(CODE, code),
        )

    return written
