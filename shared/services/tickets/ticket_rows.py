"""Tickets and messages as people see them, opened for those who may."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.app import App
from shared.domain import messages
from shared.domain.messages import Message
from shared.domain.places import place
from shared.domain.tickets import COLLECTION, Priority, Rating, Target, Ticket, TicketState
from shared.domain.views import is_awaiting_reply
from shared.errors import NotFound


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
    erased: bool  # what it held of an earlier time was erased at the customer's wish
    customer: Person | None
    customer_id: str | None
    assignee_id: str | None
    team_id: str | None
    priority: Priority
    tags: tuple[str, ...]
    followers: tuple[str, ...]
    links: tuple[str, ...]
    follow_up_of: str | None
    merged_into: str | None
    snoozed_until: datetime | None
    first_reply_due_at: datetime | None
    next_reply_due_at: datetime | None
    solve_due_at: datetime | None
    breached: tuple[Target, ...]
    awaiting_reply: bool  # the customer wrote last
    rating: Rating | None
    conversation: int  # a reply names the one that its author has seen
    held: bool  # on legal hold: nothing of it is erased
    erased_at: datetime | None
    message_count: int
    first_message_at: datetime
    last_message_at: datetime
    destroyed_at: datetime | None  # when the content was: its mailbox was disconnected
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
    reply_id: str | None  # of the reply that was written here, and by whom
    author_id: str | None
    undelivered: bool  # it came back
    duplicate_of: str | None
    attachments: tuple[AttachmentRow, ...]
    body_url: str


def ticket_row(app: App, id: str, ticket: Ticket) -> TicketRow:
    """Return a ticket as a list shows it."""
    summary = open_sealed(app, ticket.mailbox_id, place(COLLECTION, id), ticket.sealed)
    return TicketRow(
        id=id,
        code=ticket.code,
        mailbox_id=ticket.mailbox_id,
        state=ticket.state,
        subject=summary.get("subject"),
        erased=ticket.erased,
        customer=_person(summary.get("customer")),
        customer_id=ticket.customer_id,
        assignee_id=ticket.assignee_id,
        team_id=ticket.team_id,
        priority=ticket.priority,
        tags=ticket.tags,
        followers=ticket.followers,
        links=ticket.links,
        follow_up_of=ticket.follow_up_of,
        merged_into=ticket.merged_into,
        snoozed_until=ticket.snoozed_until,
        first_reply_due_at=ticket.first_reply_due_at,
        next_reply_due_at=ticket.next_reply_due_at,
        solve_due_at=ticket.solve_due_at,
        breached=ticket.breached,
        awaiting_reply=is_awaiting_reply(ticket),
        rating=ticket.rating,
        conversation=ticket.conversation,
        held=ticket.held,
        erased_at=ticket.erased_at,
        message_count=ticket.message_count,
        first_message_at=ticket.first_message_at,
        last_message_at=ticket.last_message_at,
        destroyed_at=ticket.destroyed_at,
        version=ticket.version,
    )


def message_row(
    app: App, id: str, message: Message, known: Collection[str], returned: Collection[str] = ()
) -> MessageRow:
    """Return a message as an opened ticket shows it.

    `known` are the people of those before it, `returned` the ids of messages that came back.
    """
    fields = open_sealed(app, message.mailbox_id, place(messages.COLLECTION, id), message.sealed)
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
        reply_id=message.reply_id,
        author_id=message.author_id,
        undelivered=id in returned,
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


def open_sealed(app: App, mailbox_id: str, context: str, sealed: str | None) -> Mapping[str, Any]:
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
