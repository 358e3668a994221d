"""Tickets as people see and change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from shared import codec
from shared.app import App
from shared.domain import messages
from shared.domain.messages import Message
from shared.domain.places import place
from shared.domain.tickets import COLLECTION, Ticket, TicketState
from shared.errors import Invalid, NotFound
from shared.permissions import Actor, Permission, require_in, visible_mailboxes
from shared.services import ticket_changes
from shared.store.contract import MAX_DISJUNCTIONS, Filter, Order, Query

_MESSAGES_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a mail: what they call themselves, and their address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket in a list."""

    id: str
    code: str
    mailbox_id: str
    state: TicketState
    subject: str | None  # None where the mailbox was disconnected and its content destroyed
    customer: Person | None
    customer_id: str | None
    assignee_id: str | None
    message_count: int
    first_message_at: datetime
    last_message_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """An attachment; its bytes are at `url`."""

    part: str
    name: str
    media_type: str
    size: int
    inline: bool
    url: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message of a ticket, without its body, which the function `content` reads."""

    id: str
    direction: str
    kind: str
    muted: bool
    thread_reason: str
    reasons: tuple[str, ...]
    problems: tuple[str, ...]
    received_at: datetime
    subject: str | None
    sender: Person | None
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    reply_to: tuple[Person, ...]
    sender_trusted: bool
    authentication: Mapping[str, str]
    new_participant: bool
    duplicate_of: str | None
    attachments: tuple[AttachmentRow, ...]
    body_url: str


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket, opened."""

    ticket: TicketRow
    messages: tuple[MessageRow, ...]
    more_messages: bool


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A page of a list; `next` asks for the one after it."""

    items: tuple[TicketRow, ...]
    next: str | None


def list_tickets(
    app: App,
    actor: Actor,
    *,
    mailbox_id: str | None = None,
    state: TicketState | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> TicketPage:
    """Return tickets of the mailboxes that the actor may read, the newest mail first.

    Raises Invalid("tickets.name_a_mailbox") for a member of more mailboxes than Firestore asks at once.
    """
    if mailbox_id is not None:
        require_in(actor, Permission.TICKET_READ, mailbox_id, "mailbox.not_found")
        mailboxes = [mailbox_id]
    else:
        mailboxes = sorted(visible_mailboxes(actor, Permission.TICKET_READ) or ())
    if not mailboxes:
        return TicketPage((), None)
    if len(mailboxes) > MAX_DISJUNCTIONS:
        raise Invalid("tickets.name_a_mailbox", max_mailboxes=MAX_DISJUNCTIONS)
    filters = [Filter("mailbox_id", "in", mailboxes)]
    if state is not None:
        filters.append(Filter("state", "==", state.value))
    page = app.store.query(
        Query(
            COLLECTION,
            tuple(filters),
            (Order("last_message_at", descending=True),),
            limit=limit,
            cursor=cursor,
        )
    )
    rows = [_row(app, d.id, codec.from_document(Ticket, d.data)) for d in page.documents]
    return TicketPage(tuple(rows), page.next)


def read_ticket(app: App, actor: Actor, ticket_id: str) -> TicketView:
    """Return a ticket with its newest messages, in the order in which Gmail received them.

    `more_messages` says that older ones stand before them.
    """
    ticket = ticket_changes.load(app.store, actor, ticket_id, Permission.TICKET_READ)
    page = app.store.query(
        Query(
            messages.COLLECTION,
            (Filter("ticket_id", "==", ticket_id),),
            (Order("received_at", descending=True),),
            limit=_MESSAGES_SHOWN,
        )
    )
    rows: list[MessageRow] = []
    known: set[str] = set()
    for document in reversed(page.documents):
        message = codec.from_document(Message, document.data)
        rows.append(_message(app, document.id, message, known))
        known.update(message.people)
    return TicketView(_row(app, ticket_id, ticket), tuple(rows), page.next is not None)


def change_state(
    app: App, actor: Actor, ticket_id: str, state: TicketState, version: int
) -> TicketRow:
    """Change a ticket's state.

    Raises Conflict("ticket.changed_meanwhile") where `version` is not the current one; its params say
    what is current and who made it so ("": new mail). Changing to the state that it has is no change and
    no event.
    """
    changed = ticket_changes.change(
        app, actor, ticket_id, version, lambda ticket: replace(ticket, state=state)
    )
    return _row(app, ticket_id, changed)


def _row(app: App, id: str, ticket: Ticket) -> TicketRow:
    summary = _open(app, ticket.mailbox_id, place(COLLECTION, id), ticket.sealed)
    return TicketRow(
        id=id,
        code=ticket.code,
        mailbox_id=ticket.mailbox_id,
        state=ticket.state,
        subject=summary.get("subject"),
        customer=_person(summary.get("customer")),
        customer_id=ticket.customer_id,
        assignee_id=ticket.assignee_id,
        message_count=ticket.message_count,
        first_message_at=ticket.first_message_at,
        last_message_at=ticket.last_message_at,
        version=ticket.version,
    )


def _message(app: App, id: str, message: Message, known: set[str]) -> MessageRow:
    fields = _open(app, message.mailbox_id, place(messages.COLLECTION, id), message.sealed)
    names = fields.get("names", [])
    return MessageRow(
        id=id,
        direction=message.direction.value,
        kind=message.kind,
        muted=message.muted,
        thread_reason=message.thread_reason.value,
        reasons=message.reasons,
        problems=message.problems,
        received_at=message.received_at,
        subject=fields.get("subject"),
        sender=_person(fields.get("from")),
        to=_people(fields.get("to")),
        cc=_people(fields.get("cc")),
        reply_to=_people(fields.get("reply_to")),
        sender_trusted=message.sender_trusted,
        authentication=message.authentication,
        # Somebody who was neither sender nor recipient before: an agent should look twice.
        new_participant=bool(known)
        and message.direction == "in"
        and message.sender_token not in known,
        duplicate_of=message.duplicate_of,
        attachments=tuple(
            AttachmentRow(
                part=attachment.part,
                name=names[number] if number < len(names) else "",
                media_type=attachment.media_type,
                size=attachment.size,
                inline=attachment.inline,
                url=f"/api/content/attachments/{id}/{attachment.part}",
            )
            for number, attachment in enumerate(message.attachments)
        ),
        body_url=f"/api/content/messages/{id}",
    )


def _open(app: App, mailbox_id: str, context: str, sealed: str | None) -> Mapping[str, Any]:
    """Open a sealed member; of a disconnected mailbox there is nothing left to open."""
    if sealed is None:
        return {}
    try:
        opened: Mapping[str, Any] = app.envelope.open(mailbox_id, context, sealed)
    except NotFound:
        return {}
    return opened


def _person(value: Mapping[str, str] | None) -> Person | None:
    return None if value is None else Person(value["name"], value["address"])


def _people(values: list[Mapping[str, str]] | None) -> tuple[Person, ...]:
    return tuple(Person(value["name"], value["address"]) for value in values or ())
