"""One line of an import becomes a ticket and notes, once, however often it is read.

Ids are derived from mailbox, format and the id that a thing had elsewhere, so a second run finds its own
work. What became of a line is written with it, so that a step that is done again reports the same. An
imported ticket tells nobody: its event is `ticket.imported`, which no rule, acknowledgement or notification
follows, and no customer's message starts a promised time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Literal

from shared import codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import jobs, notes, tickets
from shared.domain.jobs import ROWS, Import
from shared.services import audit_log, outbox
from shared.services.accounts import colleagues
from shared.services.customers import customer_matching
from shared.services.customers.customer_matching import Newcomer
from shared.services.exchange import import_texts, imported_documents
from shared.services.exchange.import_formats import (
    BadLine,
    Conversation,
    Entry,
    LooseNote,
)
from shared.services.exchange.imported_documents import MADE_BY, NewNote
from shared.services.outbox import Outbox
from shared.services.tickets import ticket_changes, ticket_codes
from shared.services.tickets.ticket_changes import Author
from shared.store.contract import SERVER_TIME, AlreadyExists, Data, Transaction

_BATCH: Final = 40  # notes of one transaction: under its 10 MiB at their largest
_ATTEMPTS: Final = 4  # each ends with somebody else's customer in the way, so more is a bug


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a line: of a dry run, what would."""

    kind: Literal["created", "completed", "unchanged"]
    notes: int = 0


_Work = Callable[[Transaction, Outbox, Newcomer | None], Outcome | None]


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
    ticket_id = imported_documents.ticket_id_of(source, row.id)
    wanted = [
        NewNote(imported_documents.note_id_of(source, row.id, e.id), e)
        for e in row.entries
        if _says(e)
    ]
    address = import_texts.address(row.customer_address)
    token = customer_matching.token_of(app, address) if address else None

    def work(tx: Transaction, box: Outbox, newcomer: Newcomer | None) -> Outcome | None:
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
        customer = customer_matching.meet(tx, token, source.mailbox_id, newcomer)
        if customer is None:
            return None  # somebody new, who needs a key first
        code = ticket_codes.free(tx, ticket_id)
        # Every read stands above this line.
        customer.write(tx)
        customer_id = customer.customer_id
        ticket = imported_documents.ticket(app, source, ticket_id, row, code, address, customer_id)
        author = _author(app)
        action = Action.TICKET_IMPORTED
        ticket_changes.create(app, tx, box, ticket_id, ticket, author, action)
        _write(app, tx, job_id, source, line, ticket_id, missing[:_BATCH], outcome)
        return outcome

    outcome = _met(app, source, token, row, work)
    if not source.dry_run and outcome.notes > _BATCH:
        for at in range(0, len(wanted), _BATCH):
            _write_missing(app, source, ticket_id, wanted[at : at + _BATCH])
    return outcome


def _met(
    app: App,
    source: Import,
    token: str | None,
    row: Conversation,
    work: _Work,
) -> Outcome:
    """Run a transaction that may need a customer who is not known yet."""
    for attempt in range(_ATTEMPTS):
        try:
            outcome = outbox.commit(app, lambda tx, box: work(tx, box, None))
            if outcome is not None:
                return outcome
            assert token is not None
            new = customer_matching.newcomer(
                app,
                token,
                import_texts.line(row.customer_name, imported_documents.MAX_NAME),
                import_texts.address(row.customer_address),
                source.mailbox_id,
                taken=attempt > 0,
            )
            outcome = outbox.commit(app, partial(_with, work, new))
            if outcome is not None:
                return outcome
        except AlreadyExists:  # somebody else met the customer at the same moment
            continue
    raise RuntimeError("documents of others stand in the way of an import")


def _with(work: _Work, newcomer: Newcomer, tx: Transaction, box: Outbox) -> Outcome | None:
    return work(tx, box, newcomer)


def _loose_note(app: App, job_id: str, source: Import, line: int, row: LooseNote) -> Outcome:
    """Bring one note of our own export to its ticket, which is here under its own id or an imported one's."""
    candidates = (row.ticket_id, imported_documents.ticket_id_of(source, row.ticket_id))
    ticket_id = next((id for id in candidates if _is_here(app, source, id)), None)
    if ticket_id is None:
        raise BadLine("import.ticket_not_here")
    if not _says(row.entry):
        return Outcome("unchanged")
    own = row.entry.id
    named = colleagues.names(app, [row.author_id]) if row.author_id else {}
    author = row.entry.author or named.get(row.author_id or "", "")
    note = NewNote(
        imported_documents.note_id_of(source, row.ticket_id, own), replace(row.entry, author=author)
    )

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


def _write_missing(app: App, source: Import, ticket_id: str, batch: Sequence[NewNote]) -> None:
    """Write those notes of a long conversation that are not there yet."""

    def work(tx: Transaction) -> None:
        found = tx.get_all(_keys(batch))
        for note, document in zip(batch, found, strict=True):
            if document is None:
                tx.create(
                    notes.COLLECTION, note.id, imported_documents.note(app, source, ticket_id, note)
                )

    app.store.transact(work)


def _write(
    app: App,
    tx: Transaction,
    job_id: str,
    source: Import,
    line: int,
    ticket_id: str,
    batch: Sequence[NewNote],
    outcome: Outcome,
) -> None:
    """Write the first notes of a line, and what became of it."""
    for note in batch:
        tx.create(notes.COLLECTION, note.id, imported_documents.note(app, source, ticket_id, note))
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


def _author(app: App) -> Author:
    return ticket_changes.function(app, MADE_BY)


def _keys(wanted: Sequence[NewNote]) -> list[tuple[str, str]]:
    return [(notes.COLLECTION, note.id) for note in wanted]


def _says(entry: Entry) -> bool:
    return bool(import_texts.words(entry))
