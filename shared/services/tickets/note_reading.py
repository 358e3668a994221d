"""Notes on tickets as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared import codec, ids
from shared.app import App
from shared.domain import notes
from shared.domain.notes import COLLECTION, Note
from shared.domain.places import place
from shared.domain.tickets import family
from shared.errors import NotFound
from shared.permissions import Actor, Permission, allows
from shared.services.accounts import colleagues
from shared.services.tickets import ticket_changes
from shared.services.tickets.ticket_rows import open_sealed
from shared.store.contract import Filter, Order, Query, Reader


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note as it is read. Without a text it was deleted, or its mailbox disconnected.

    `author_name` is of the person, or for an imported note the name that stood there. `made_by` is what a
    function acted for. `may_change`: by the person who asks, now.
    """

    id: str
    ticket_id: str
    author_id: str | None
    author_name: str | None
    made_by: str | None
    text: str | None
    mentions: tuple[str, ...]
    imported: bool
    created_at: datetime
    written_at: datetime | None
    edited_at: datetime | None
    deleted_at: datetime | None
    may_change: bool
    version: int


@dataclass(frozen=True, slots=True)
class NotePage:
    """A page of a ticket's notes, the oldest first."""

    items: tuple[NoteRow, ...]
    next: str | None


def list_notes(app: App, actor: Actor, ticket_id: str, limit: int, cursor: str | None) -> NotePage:
    """Return the notes of a ticket and of what was merged into it. Raises NotFound("ticket.not_found")."""
    ticket = ticket_changes.load(app.store, actor, ticket_id, Permission.TICKET_READ)
    return notes_of(app, actor, family(ticket_id, ticket), limit, cursor)


def notes_of(
    app: App, actor: Actor, ticket_ids: Sequence[str], limit: int, cursor: str | None = None
) -> NotePage:
    """Return the notes of a ticket that the actor may see, given the ids of its family."""
    of_ticket = (Filter("ticket_id", "in", list(ticket_ids)),)
    query = Query(COLLECTION, of_ticket, (Order("created_at"),), limit=limit, cursor=cursor)
    page = app.store.query(query)
    read = {d.id: codec.from_document(Note, d.data) for d in page.documents}
    named = colleagues.names(app, [n.author_id for n in read.values() if n.author_id is not None])
    return NotePage(tuple(_row(app, actor, id, n, named) for id, n in read.items()), page.next)


def load(reader: Reader, note_id: str) -> Note:
    """Return a note's document. Raises NotFound("note.not_found")."""
    found = reader.get(COLLECTION, note_id) if ids.is_id(ids.NOTE, note_id) else None
    if found is None:
        raise NotFound("note.not_found")
    return codec.from_document(Note, found.data)


def shown(app: App, actor: Actor, note_id: str) -> NoteRow:
    """Return one note, which the actor may see."""
    note = load(app.store, note_id)
    named = colleagues.names(app, [note.author_id] if note.author_id else [])
    return _row(app, actor, note_id, note, named)


def _row(app: App, actor: Actor, id: str, note: Note, named: Mapping[str, str]) -> NoteRow:
    content = open_sealed(app, note.mailbox_id, place(COLLECTION, id), note.sealed)
    own = note.author_id == actor.user_id
    allowed = allows(actor, Permission.NOTE_WRITE, note.mailbox_id)
    return NoteRow(
        id=id,
        ticket_id=note.ticket_id,
        author_id=note.author_id,
        author_name=content.get("author") or named.get(note.author_id or ""),
        made_by=note.made_by,
        text=content.get("text"),
        mentions=note.mentions,
        imported=note.imported,
        created_at=note.created_at,
        written_at=note.written_at,
        edited_at=note.edited_at,
        deleted_at=note.deleted_at,
        may_change=own and allowed and notes.may_still_change(note, app.clock.now()),
        version=note.version,
    )
