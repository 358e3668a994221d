"""Clearing what was kept of a disconnected mailbox's mail, some documents a step.

Nothing of it opens any more: the key went first. It is deleted all the same, since what nobody can read
nobody should keep, and since equality tokens still say which texts are equal. A collection that holds
something of a mailbox stands in PARTS of shared/domain/disconnects.py, or in KEPT with
the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from shared import codec
from shared.app import App
from shared.domain import (
    customers,
    jobs,
    mailbox_settings,
    mailboxes,
    rules,
    tickets,
    uploads,
)
from shared.domain.customers import Customer
from shared.domain.jobs import Job, JobFile, JobKind, JobState
from shared.domain.tickets import Ticket
from shared.services import sealed_files
from shared.services.exchange import exporting
from shared.services.tickets import ticket_changes
from shared.store.contract import Data, Document, Filter, Query, Transaction

_PAGE: Final = 100
_CUSTOMERS: Final = 20  # with their notes and who was merged into them


@dataclass(frozen=True, slots=True)
class Cleared:
    """What a step clears: how many documents, how it is written, and where the part goes on.

    `more`: the part is not over. `owners`: whose keys the next step destroys.
    """

    count: int
    write: Callable[[Transaction], None]
    more: bool = False
    cursor: str | None = None
    owners: tuple[str, ...] = ()


Clear = Callable[[App, str, str | None], Cleared]  # app, mailbox's id, where the part goes on


def _delete(collection: str, app: App, mailbox_id: str, cursor: str | None) -> Cleared:
    """Delete a page of what names the mailbox."""
    del cursor
    found = _page(app, collection, mailbox_id)
    return Cleared(len(found), partial(_gone, collection, found), more=len(found) == _PAGE)


def _delete_own(collection: str, app: App, mailbox_id: str, cursor: str | None) -> Cleared:
    """Delete the one document that has the mailbox's own id."""
    del cursor
    found = app.store.get(collection, mailbox_id)
    rows = () if found is None else (found,)
    return Cleared(len(rows), partial(_gone, collection, rows))


def _delete_files(app: App, mailbox_id: str, cursor: str | None) -> Cleared:
    """Delete a page of uploads, their objects first."""
    del cursor
    found = _page(app, uploads.COLLECTION, mailbox_id)
    for document in found:
        sealed_files.delete(app, str(document.data["object"]))
    return Cleared(len(found), partial(_gone, uploads.COLLECTION, found), more=len(found) == _PAGE)


def _empty_jobs(app: App, mailbox_id: str, cursor: str | None) -> Cleared:
    """Delete the objects of one export or import that hold something of the mailbox; the job stays.

    What was put together of a customer's data holds mail of all of their mailboxes under their own key, which
    may outlive this mailbox's: all of it goes, and the export is over. So do the tags of a renaming.
    """
    of_mailbox = Filter("mailbox_ids", "array_contains", mailbox_id)
    page = app.store.query(Query(jobs.COLLECTION, (of_mailbox,), limit=1, cursor=cursor))
    count = 0
    ended: list[str] = []
    for document in page.documents:
        job = codec.from_document(Job, document.data)
        if job.kind in (JobKind.DATA, JobKind.RETAG):
            ended.append(document.id)
            count += _delete_pieces(app, document.id, enumerate(job.files))
            continue
        if job.imported is not None:
            sealed_files.delete(app, job.imported.object)
            count += 1
        own = [file for file in job.files if file.mailbox_id == mailbox_id]
        numbered = ((exporting.number_of(job, file), file) for file in own)
        count += _delete_pieces(app, document.id, numbered)
    now = app.clock.now()
    over: Data = {
        "state": JobState.CANCELLED.value,
        "finished_at": now,
        "expires_at": now,
        "retag": None,
    }

    def write(tx: Transaction) -> None:
        for id in ended:
            tx.update(jobs.COLLECTION, id, over)

    return Cleared(count, write, more=page.next is not None, cursor=page.next)


def _delete_pieces(app: App, job_id: str, files: Iterable[tuple[int, JobFile]]) -> int:
    """Delete the objects of some files of a job; return how many."""
    count = 0
    for number, file in files:
        ids = [jobs.piece_id(job_id, number, n) for n in range(file.pieces)]
        for piece in app.store.get_all([(jobs.PIECES, id) for id in ids]):
            if piece is not None:
                sealed_files.delete(app, str(piece.data["object"]))
                count += 1
    return count


def _erase_customers(app: App, mailbox_id: str, cursor: str | None) -> Cleared:
    """Let customers leave the mailbox; who wrote to no other one is erased, with whom they were merged.

    One on legal hold stays known, in no mailbox.
    Their documents and notes go now, and their keys with the next step.
    """
    del cursor
    of_mailbox = Filter("mailbox_ids", "array_contains", mailbox_id)
    page = app.store.query(Query(customers.COLLECTION, (of_mailbox,), limit=_CUSTOMERS))
    known = {d.id: codec.from_document(Customer, d.data) for d in page.documents}
    leaving = [id for id, one in known.items() if one.mailbox_ids == (mailbox_id,) and not one.held]
    gone = list(dict.fromkeys(id for one in leaving for id in (one, *known[one].merged)))
    rest = 0
    for id in gone:
        found = app.store.query(
            Query(customers.NOTES, (Filter("customer_id", "==", id),), limit=_PAGE)
        )
        rest += found.next is not None
        app.store.transact(partial(_gone, customers.NOTES, found.documents))
    if rest:
        return Cleared(0, lambda _: None, more=True)

    def write(tx: Transaction) -> None:
        now = tx.get_all([(customers.COLLECTION, id) for id in dict.fromkeys((*known, *gone))])
        here = {d.id: codec.from_document(Customer, d.data) for d in now if d is not None}
        for id, customer in here.items():
            others = tuple(one for one in customer.mailbox_ids if one != mailbox_id)
            before = tuple(one for one in customer.mailboxes_before if one != mailbox_id)
            if others or id not in gone:
                left = {"mailbox_ids": others, "mailboxes_before": before}
                tx.update(customers.COLLECTION, id, left)
            else:
                tx.delete(customers.COLLECTION, id)

    return Cleared(len(gone), write, more=page.next is not None, owners=tuple(gone))


def _empty_tickets(app: App, mailbox_id: str, cursor: str | None) -> Cleared:
    """Leave of a page of tickets the code, the state, the times, the assignee and the counts."""
    of_mailbox = Filter("mailbox_id", "==", mailbox_id)
    page = app.store.query(Query(tickets.COLLECTION, (of_mailbox,), limit=_PAGE, cursor=cursor))
    at = app.clock.now()

    def write(tx: Transaction) -> None:
        for found in tx.get_all([(tickets.COLLECTION, d.id) for d in page.documents]):
            if found is None:
                continue
            ticket = codec.from_document(Ticket, found.data)
            emptied = ticket_changes.document(_emptied(ticket, ticket.destroyed_at or at))
            if ticket.destroyed_at is None or emptied["sealed"] != found.data["sealed"]:
                tx.put(tickets.COLLECTION, found.id, emptied)

    return Cleared(len(page.documents), write, more=page.next is not None, cursor=page.next)


def _emptied(ticket: Ticket, at: datetime) -> Ticket:
    return replace(
        ticket,
        destroyed_at=at,
        sealed=None,
        gmail_threads=(),
        customer_id=None,
        participants=(),
        search_tokens=(),
        tags=(),
        followers=(),
        rating=None,
        snoozed_until=None,
        first_reply_due_at=None,
        next_reply_due_at=None,
        solve_due_at=None,
        paused_at=None,
        deadline_at=None,
        inbound_times=(),
        version=ticket.version + 1,
        changed_by=None,
    )


def _page(app: App, collection: str, mailbox_id: str) -> Sequence[Document]:
    query = Query(collection, (Filter("mailbox_id", "==", mailbox_id),), limit=_PAGE)
    return app.store.query(query).documents


def _gone(collection: str, documents: Sequence[Document], tx: Transaction) -> None:
    for document in documents:
        tx.delete(collection, document.id)


def clear(app: App, collection: str, mailbox_id: str, cursor: str | None) -> Cleared:
    """Return what the next step clears of a collection of PARTS."""
    return CLEAR.get(collection, partial(_delete, collection))(app, mailbox_id, cursor)


CLEAR: Final[Mapping[str, Clear]] = {
    uploads.COLLECTION: _delete_files,
    tickets.COLLECTION: _empty_tickets,
    customers.COLLECTION: _erase_customers,
    rules.COLLECTION: partial(_delete_own, rules.COLLECTION),
    mailbox_settings.COLLECTION: partial(_delete_own, mailbox_settings.COLLECTION),
    mailboxes.SYNC: partial(_delete_own, mailboxes.SYNC),
    jobs.COLLECTION: _empty_jobs,
}

KEPT: Final[Mapping[str, str]] = {
    tickets.CODES: "a ticket remains as its code",
    rules.RUNS: "ids of events, for a while",
    jobs.ROWS: "what became of an import's lines: numbers, for a week",
    jobs.PIECES: "sizes and ids; their objects are deleted",
    customers.NOTES: "go with the customers who are erased",
}
