"""One line of an import becomes a ticket and notes, once, however often it is read.

Ids are derived from mailbox, format and the id that a thing had elsewhere, so a second run finds its own
work. What became of a line is written with it, so that a step that is done again reports the same. An
imported ticket tells nobody: its event is `ticket.imported`, which no rule, acknowledgement or notification
follows, and no customer's message starts a promised time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from shared import codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import jobs, notes, tickets
from shared.domain.jobs import ROWS, Import
from shared.domain.messages import ThreadReason
from shared.domain.notes import Note
from shared.domain.places import place
from shared.domain.tickets import Ticket
from shared.services import (
    audit_log,
    colleagues,
    customer_matching,
    import_texts,
    outbox,
    search_tokens,
    ticket_changes,
    ticket_codes,
)
from shared.services.import_formats import (
    MAX_SUBJECT,
    BadLine,
    Conversation,
    Entry,
    LooseNote,
)
from shared.services.outbox import Outbox
from shared.services.ticket_changes import Author
from shared.store.contract import SERVER_TIME, Data, Transaction

MADE_BY: Final = "import"
_BATCH: Final = 40  # notes of one transaction: under its 10 MiB at their largest
_MAX_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a line: of a dry run, what would."""

    kind: Literal["created", "completed", "unchanged"]
    notes: int = 0


@dataclass(frozen=True, slots=True)
class _NewNote:
    id: str
    entry: Entry


def take(
    app: App, job_id: str, source: Import, line: int, row: Conversation | LooseNote
) -> Outcome:
    """Bring one line into the mailbox, or say what that would do. Raises BadLine, Unavailable."""
    if isinstance(row, LooseNote):
        return _loose_note(app, job_id, source, line, row)
    return _conversation(app, job_id, source, line, row)


def _conversation(app: App, job_id: str, source: Import, line: int, row: Conversation) -> Outcome:
    if row.ticket_id is not None and _is_here(app, source, row.ticket_id):
        return Outcome("unchanged")
    ticket_id = _ticket_id(source, row.id)
    wanted = [_NewNote(_note_id(source, row.id, e.id), e) for e in row.entries if _says(e)]
    address = import_texts.address(row.customer_address)
    token = customer_matching.token_of(app, address) if address else None

    def work(tx: Transaction, box: Outbox) -> Outcome:
        known = _known(tx, job_id, line)
        if known is not None:
            return known
        found = tx.get_all([(tickets.COLLECTION, ticket_id), *_keys(wanted)])
        missing = [n for n, document in zip(wanted, found[1:], strict=True) if document is None]
        if found[0] is not None:
            outcome = Outcome("completed" if missing else "unchanged", len(missing))
            if outcome.notes and not source.dry_run:
                _complete(app, tx, box, ticket_id, source, outcome)
                _write(app, tx, job_id, source, line, ticket_id, missing[:_BATCH], outcome)
            return outcome
        outcome = Outcome("created", len(missing))
        if source.dry_run:
            return outcome
        customer = customer_matching.meet(tx, token, source.mailbox_id)
        code = ticket_codes.free(tx, ticket_id)
        # Every read stands above this line.
        if customer is not None:
            customer.write(tx)
        customer_id = customer.customer_id if customer else None
        ticket = _ticket(app, source, ticket_id, row, code, address, customer_id)
        author = _author(app)
        action = Action.TICKET_IMPORTED
        ticket_changes.create(app, tx, box, ticket_id, ticket, author, action)
        _write(app, tx, job_id, source, line, ticket_id, missing[:_BATCH], outcome)
        return outcome

    outcome = outbox.commit(app, work)
    if not source.dry_run and outcome.notes > _BATCH:
        for at in range(0, len(wanted), _BATCH):
            _write_missing(app, source, ticket_id, wanted[at : at + _BATCH])
    return outcome


def _loose_note(app: App, job_id: str, source: Import, line: int, row: LooseNote) -> Outcome:
    """Bring one note of our own export to its ticket, which is here under its own id or an imported one's."""
    candidates = (row.ticket_id, _ticket_id(source, row.ticket_id))
    ticket_id = next((id for id in candidates if _is_here(app, source, id)), None)
    if ticket_id is None:
        raise BadLine("import.ticket_not_here")
    if not _says(row.entry):
        return Outcome("unchanged")
    own = row.entry.id
    named = colleagues.names(app, [row.author_id]) if row.author_id else {}
    author = row.entry.author or named.get(row.author_id or "", "")
    note = _NewNote(_note_id(source, row.ticket_id, own), replace(row.entry, author=author))

    def work(tx: Transaction, box: Outbox) -> Outcome:
        known = _known(tx, job_id, line)
        if known is not None:
            return known
        here = tx.get_all([(notes.COLLECTION, id) for id in (own, note.id)])
        if any(d is not None and d.data["mailbox_id"] == source.mailbox_id for d in here):
            return Outcome("unchanged")
        outcome = Outcome("completed", 1)
        if not source.dry_run:
            _complete(app, tx, box, ticket_id, source, outcome)
            _write(app, tx, job_id, source, line, ticket_id, [note], outcome)
        return outcome

    return outbox.commit(app, work)


def _write_missing(app: App, source: Import, ticket_id: str, batch: Sequence[_NewNote]) -> None:
    """Write those notes of a long conversation that are not there yet."""

    def work(tx: Transaction) -> None:
        found = tx.get_all(_keys(batch))
        for note, document in zip(batch, found, strict=True):
            if document is None:
                tx.create(notes.COLLECTION, note.id, _note(app, source, ticket_id, note))

    app.store.transact(work)


def _write(
    app: App,
    tx: Transaction,
    job_id: str,
    source: Import,
    line: int,
    ticket_id: str,
    batch: Sequence[_NewNote],
    outcome: Outcome,
) -> None:
    """Write the first notes of a line, and what became of it."""
    for note in batch:
        tx.create(notes.COLLECTION, note.id, _note(app, source, ticket_id, note))
    row: Data = {
        "kind": outcome.kind,
        "notes": outcome.notes,
        "expires_at": app.clock.now() + jobs.LIFETIME,
    }
    tx.create(ROWS, jobs.row_id(job_id, line), row)


def _complete(
    app: App, tx: Transaction, box: Outbox, ticket_id: str, source: Import, outcome: Outcome
) -> None:
    """Record that notes come to a ticket that is here, and let the feed tell of it."""
    happened = Happened(
        Action.TICKET_IMPORTED,
        audit_log.function(app),
        Target("ticket", ticket_id, source.mailbox_id),
        reason=MADE_BY,
        changes=({"field": "notes", "before": None, "after": outcome.notes},),
    )
    audit_log.record(app, box, happened)
    tx.update(tickets.COLLECTION, ticket_id, {"changed_at": SERVER_TIME})


def _known(tx: Transaction, job_id: str, line: int) -> Outcome | None:
    """Return what became of a line when this step was begun before."""
    found = tx.get(ROWS, jobs.row_id(job_id, line))
    return None if found is None else codec.from_document(Outcome, found.data)


def _is_here(app: App, source: Import, ticket_id: str) -> bool:
    if not ids.is_id(ids.TICKET, ticket_id):
        return False
    found = app.store.get(tickets.COLLECTION, ticket_id)
    return found is not None and found.data["mailbox_id"] == source.mailbox_id


def _ticket(
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
            "name": import_texts.line(row.customer_name, _MAX_NAME),
            "address": address,
        }
    sealed = app.envelope.seal(
        source.mailbox_id,
        place(tickets.COLLECTION, ticket_id),
        fields,  # type: ignore[arg-type]
    )
    person = app.envelope.token(source.mailbox_id, "address", address) if address else None
    ticket = Ticket(
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
    return search_tokens.indexed(app, ticket_id, ticket)


def _note(app: App, source: Import, ticket_id: str, new: _NewNote) -> Data:
    content = {
        "text": import_texts.words(new.entry),
        "author": import_texts.line(new.entry.author, _MAX_NAME),
    }
    note = Note(
        ticket_id=ticket_id,
        mailbox_id=source.mailbox_id,
        author_id=None,
        made_by=MADE_BY,
        created_at=app.clock.now(),
        sealed=app.envelope.seal(source.mailbox_id, place(notes.COLLECTION, new.id), content),
        imported=True,
        written_at=new.entry.written_at,
    )
    document: dict[str, datetime | str | None] = codec.to_document(note)
    return document | {"created_at": SERVER_TIME}


def _author(app: App) -> Author:
    return ticket_changes.function(app, MADE_BY)


def _ticket_id(source: Import, id: str) -> str:
    return ids.derived_id(ids.TICKET, "import", source.mailbox_id, source.format.value, id)


def _note_id(source: Import, conversation: str, id: str) -> str:
    parts = (source.mailbox_id, source.format.value, conversation, id)
    return ids.derived_id(ids.NOTE, "import", *parts)


def _keys(wanted: Sequence[_NewNote]) -> list[tuple[str, str]]:
    return [(notes.COLLECTION, note.id) for note in wanted]


def _says(entry: Entry) -> bool:
    return bool(import_texts.words(entry))
