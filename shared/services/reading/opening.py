"""Opening a ticket: everything that its page shows, the newest mail's texts among it, in one answer.

What stands in the cache is there at once; of the rest the newest are fetched, a few, because Gmail takes
its time and counts; older ones are read when somebody unfolds them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from shared import codec
from shared.app import App
from shared.domain import messages
from shared.domain.messages import Message
from shared.domain.tickets import Ticket, family
from shared.errors import NotFound, ProductError
from shared.permissions import Actor, Permission, allows, require_in
from shared.services.reading import message_bodies, reading, reading_record
from shared.services.reading.message_bodies import Body
from shared.services.reading.reading import BodyView
from shared.services.replies import reply_rows
from shared.services.replies.reply_rows import ReplyRow
from shared.services.tickets import note_reading, ticket_changes, ticket_fields
from shared.services.tickets.note_reading import NoteRow
from shared.services.tickets.ticket_changes import CHANGES, TimelineRow
from shared.services.tickets.ticket_rows import MessageRow, TicketRow, message_row, ticket_row
from shared.store.contract import Filter, Order, Query

_MESSAGES: Final = 200
_BODIES: Final = 50  # looked up in the cache, and
_CHARACTERS: Final = 4_000_000  # of text: more is not read at one glance
_FETCHED: Final = 3
_PATIENCE: Final = timedelta(seconds=20)  # after which nothing more is fetched
_NOTES: Final = 100
_REPLIES: Final = 50
_CHANGES_SHOWN: Final = 50

# here: the body is there. folded: it is read on unfolding. gone: Gmail has deleted it. unavailable: not now.
BodyState: TypeAlias = Literal["here", "folded", "gone", "unavailable"]


@dataclass(frozen=True, slots=True)
class OpenedMessage:
    """A message with its text, or why that is not here; `problem` is the code of what Gmail answered."""

    message: MessageRow
    body_state: BodyState
    body: BodyView | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change in a ticket's timeline; `user_id` None is a function, acting for `reason`."""

    id: str
    at: datetime
    user_id: str | None
    action: str
    reason: str | None
    changes: tuple[Mapping[str, str | int | None], ...]


@dataclass(frozen=True, slots=True)
class OpenedTicket:
    """A ticket with its newest messages, the oldest of them first, its first notes and newest changes."""

    ticket: TicketRow
    fields: Mapping[str, object]
    merged_from: tuple[str, ...]
    messages: tuple[OpenedMessage, ...]
    more_messages: bool
    notes: tuple[NoteRow, ...]
    more_notes: bool
    replies: tuple[ReplyRow, ...]  # on their way, the newest first; for whoever may answer
    timeline: tuple[ChangeRow, ...]


def open_ticket(app: App, actor: Actor, ticket_id: str) -> OpenedTicket:
    """Return a ticket as its page shows it; that its content was read is recorded before.

    Raises NotFound("ticket.not_found"), Forbidden. What Gmail does not give now is said at the message.
    """
    ticket = ticket_changes.load(app.store, actor, ticket_id, Permission.TICKET_READ)
    require_in(actor, Permission.CONTENT_READ, ticket.mailbox_id, "ticket.not_found")
    reading_record.record(app, actor, ticket_id, ticket.mailbox_id)
    related = family(ticket_id, ticket)
    shown, more = _messages(app, related)
    notes = note_reading.notes_of(app, actor, related, _NOTES)
    answers = allows(actor, Permission.REPLY_SEND, ticket.mailbox_id)
    replies = reply_rows.replies_of(app, related, _REPLIES).items if answers else ()
    return OpenedTicket(
        ticket=ticket_row(app, ticket_id, ticket),
        fields=ticket_fields.values(app, ticket_id, ticket),
        merged_from=ticket.merged_from,
        messages=_with_bodies(app, shown),
        more_messages=more,
        notes=notes.items,
        more_notes=notes.next is not None,
        replies=replies,
        timeline=_timeline(app, ticket_id, ticket),
    )


def _messages(app: App, ticket_ids: Sequence[str]) -> tuple[list[tuple[str, Message]], bool]:
    page = app.store.query(
        Query(
            messages.COLLECTION,
            (Filter("ticket_id", "in", list(ticket_ids)),),
            (Order("received_at", descending=True),),
            limit=_MESSAGES,
        )
    )
    stored = [d for d in reversed(page.documents) if d.data["state"] == "stored"]
    return [(d.id, codec.from_document(Message, d.data)) for d in stored], page.next is not None


def _with_bodies(app: App, shown: Sequence[tuple[str, Message]]) -> tuple[OpenedMessage, ...]:
    """Return messages, the oldest first, with the bodies of the newest."""
    looked_up = shown[-_BODIES:]
    cached = dict(
        zip((id for id, _ in looked_up), message_bodies.cached(app, looked_up), strict=True)
    )
    bodies = _newest_first(app, looked_up, cached)
    rows: list[OpenedMessage] = []
    known: set[str] = set()
    returned = messages.undelivered(shown)
    for id, message in shown:
        state, body, problem = bodies.get(id, ("folded", None, None))
        row = message_row(app, id, message, known, returned)
        view = None if body is None else reading.body_view(id, body)
        rows.append(OpenedMessage(row, state, view, problem))
        known.update(message.people)
    return tuple(rows)


_Found: TypeAlias = tuple[BodyState, Body | None, str | None]


def _newest_first(
    app: App, asked: Sequence[tuple[str, Message]], cached: Mapping[str, Body | None]
) -> dict[str, _Found]:
    """Return what there is of each body, fetching a few of those that the cache does not have."""
    found: dict[str, _Found] = {}
    room, left, until = _CHARACTERS, _FETCHED, app.clock.now() + _PATIENCE
    for id, message in reversed(asked):
        if room <= 0:
            break
        body = cached[id]
        if body is not None:
            found[id] = ("here", body, None)
        elif left > 0 and app.clock.now() < until:
            left -= 1
            found[id] = _fetched(app, id, message)
            if found[id][0] == "unavailable":
                left = 0  # the next one of this mailbox would fare no better
            body = found[id][1]
        room -= 0 if body is None else len(body["text"]) + len(body["visible"])
    return found


def _fetched(app: App, id: str, message: Message) -> _Found:
    try:
        return "here", message_bodies.fetched(app, id, message), None
    except NotFound as error:
        return "gone", None, error.code
    except ProductError as error:
        return "unavailable", None, error.code


def _timeline(app: App, ticket_id: str, ticket: Ticket) -> tuple[ChangeRow, ...]:
    page = app.store.query(
        Query(
            CHANGES,
            (Filter("ticket_id", "in", family(ticket_id, ticket)),),
            (Order("at", descending=True),),
            limit=_CHANGES_SHOWN,
        )
    )
    rows = [(d.id, codec.from_document(TimelineRow, d.data)) for d in page.documents]
    return tuple(
        ChangeRow(id, row.at, row.user_id, row.action, row.reason, row.changes)
        for id, row in reversed(rows)
    )
