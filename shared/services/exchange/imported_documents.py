"""What an imported conversation is here: a ticket without messages, and notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared import codec, ids
from shared.app import App
from shared.domain import notes, tickets
from shared.domain.jobs import Import
from shared.domain.messages import ThreadReason
from shared.domain.notes import Note
from shared.domain.places import place
from shared.domain.tickets import Ticket
from shared.services.exchange import import_texts
from shared.services.exchange.import_formats import MAX_SUBJECT, Conversation, Entry
from shared.services.finding import search_tokens
from shared.store.contract import SERVER_TIME, Data

MADE_BY: Final = "import"
MAX_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class NewNote:
    """A note that an import may have to write, and its id."""

    id: str
    entry: Entry


def ticket(
    app: App,
    source: Import,
    ticket_id: str,
    row: Conversation,
    code: str,
    address: str,
    customer_id: str | None,
) -> Ticket:
    """Return an imported ticket: no message begins it, and nothing is promised on it."""
    fields: dict[str, object] = {"subject": import_texts.line(row.subject, MAX_SUBJECT)}
    if address or row.customer_name:
        fields["customer"] = {
            "name": import_texts.line(row.customer_name, MAX_NAME),
            "address": address,
        }
    sealed = app.envelope.seal(
        source.mailbox_id,
        place(tickets.COLLECTION, ticket_id),
        fields,  # type: ignore[arg-type]
    )
    person = app.envelope.token(source.mailbox_id, "address", address) if address else None
    made = Ticket(
        mailbox_id=source.mailbox_id,
        code=code,
        state=row.state,
        state_changed_at=row.changed_at,
        gmail_threads=(),
        first_message_id="",
        first_message_at=row.created_at,
        first_is_inbound=False,
        first_link=ThreadReason.NEW,
        last_message_at=max(row.created_at, row.changed_at),
        message_count=0,
        customer_id=customer_id,
        customer_message_at=None,
        customer_message_id=None,
        participants=(person,) if person else (),
        sealed=sealed,
        priority=row.priority,
        tags=import_texts.known_tags(row.tags),
        imported=True,
    )
    return search_tokens.indexed(app, ticket_id, made)


def note(app: App, source: Import, ticket_id: str, new: NewNote) -> Data:
    """Return the document of a note, marked imported, with the author and time that it had there."""
    content = {
        "text": import_texts.words(new.entry),
        "author": import_texts.line(new.entry.author, MAX_NAME),
    }
    made = Note(
        ticket_id=ticket_id,
        mailbox_id=source.mailbox_id,
        author_id=None,
        made_by=MADE_BY,
        created_at=app.clock.now(),
        sealed=app.envelope.seal(source.mailbox_id, place(notes.COLLECTION, new.id), content),
        imported=True,
        written_at=new.entry.written_at,
    )
    document: dict[str, datetime | str | None] = codec.to_document(made)
    return document | {"created_at": SERVER_TIME}


def ticket_id_of(source: Import, id: str) -> str:
    """Return the id that a conversation of elsewhere always has in this mailbox."""
    return ids.derived_id(ids.TICKET, "import", source.mailbox_id, source.format.value, id)


def note_id_of(source: Import, conversation: str, id: str) -> str:
    """Return the id that an entry of it always has."""
    parts = (source.mailbox_id, source.format.value, conversation, id)
    return ids.derived_id(ids.NOTE, "import", *parts)
