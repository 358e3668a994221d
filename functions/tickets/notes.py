"""Routes of `tickets`: notes, and the people who write them to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from shared import ids
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import PageQuery, Request
from shared.services.accounts import colleagues
from shared.services.accounts.colleagues import ColleaguePage
from shared.services.tickets import note_reading, notes
from shared.services.tickets.note_reading import NotePage, NoteRow

routes = Routes("functions.tickets")


@dataclass(frozen=True, slots=True)
class NoteText:
    """What a note says, and the ids of the people whom it mentions."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {
        "text": "@Demo Agent, can you look at the printer?",
        "mentions": [ids.derived_id(ids.USER, "example")],
    }

    text: str
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """Whose colleagues to list: of all one's mailboxes, or of one."""

    mailbox_id: str | None = None
    limit: int = 50
    cursor: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= 100:
            raise ValueError("limit")


@routes.get("/people", allow=Permission.TICKET_READ, query=PeopleQuery)
def list_colleagues(request: Request, query: PeopleQuery) -> ColleaguePage:
    """List the people with whom one shares mailboxes, for mentions, assignees and names."""
    return colleagues.list_colleagues(
        request.app, request.actor, query.mailbox_id, query.limit, query.cursor
    )


@routes.get("/{ticket_id}/notes", allow=Permission.TICKET_READ, query=PageQuery)
def list_notes(request: Request, query: PageQuery) -> NotePage:
    """List a ticket's notes, the oldest first."""
    app, actor, ticket_id = request.app, request.actor, request.path["ticket_id"]
    return note_reading.list_notes(app, actor, ticket_id, query.limit, query.cursor)


@routes.post("/{ticket_id}/notes", allow=Permission.NOTE_WRITE, body=NoteText, status=201)
def create_note(request: Request, body: NoteText) -> NoteRow:
    """Write a note; who is mentioned follows the ticket and is told."""
    note_id, ticket_id = request.new_id(ids.NOTE), request.path["ticket_id"]
    return notes.create(request.app, request.actor, note_id, ticket_id, body.text, body.mentions)


@routes.patch("/notes/{note_id}", allow=Permission.NOTE_WRITE, body=NoteText)
def change_note(request: Request, body: NoteText) -> NoteRow:
    """Change one's own note, within an hour of writing it."""
    note_id, version = request.path["note_id"], request.expected_version()
    return notes.change(request.app, request.actor, note_id, body.text, body.mentions, version)


@routes.delete("/notes/{note_id}", allow=Permission.NOTE_WRITE)
def delete_note(request: Request) -> None:
    """Delete one's own note, or with the right to it another's; that there was one still shows."""
    notes.delete(request.app, request.actor, request.path["note_id"])
