"""What of a mailbox is too old to be kept: asked the same way before anything is turned on and when it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shared import codec
from shared.app import App
from shared.domain import customers, notes, satisfaction, tickets
from shared.domain.customers import Customer
from shared.domain.notes import Note
from shared.domain.retention import DONE, Kept, is_too_old, last_touched
from shared.domain.satisfaction import Answer
from shared.domain.tickets import Ticket
from shared.services.retention import legal_holds
from shared.store.contract import Document, Filter, Order, Query, Reader

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Old:
    """Something that is too old; `at` is since when it counts."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OldPage:
    """A page of what may be too old: `found` are those that are, `next` where the search goes on."""

    found: tuple[Old, ...]
    next: str | None


def page(
    app: App, mailbox_id: str, kind: Kept, cutoff: datetime, cursor: str | None = None
) -> OldPage:
    """Return what of one page is too old and not on hold. At most PAGE documents and what holds them."""
    query, of_kind = _OF_KIND[kind]
    read = app.store.query(replace(query(mailbox_id, cutoff), cursor=cursor, limit=PAGE))
    return OldPage(tuple(of_kind(app, read.documents, cutoff)), read.next)


def is_held(reader: Reader, ticket: Ticket) -> bool:
    """Say whether a ticket is held itself, or through its customer or mailbox."""
    if ticket.held:
        return True
    of_customer = [] if ticket.customer_id is None else [ticket.customer_id]
    return legal_holds.held(reader, customer_ids=of_customer, mailbox_ids=[ticket.mailbox_id])


def all_erased(reader: Reader, customer_ids: list[str]) -> bool:
    """Say whether a customer has no ticket left that says anything, in any mailbox."""
    of_them = Filter("customer_id", "in", customer_ids)
    return not reader.query(Query(tickets.COLLECTION, (of_them,), limit=1)).documents


def _old_tickets(mailbox_id: str, cutoff: datetime) -> Query:
    return Query(
        tickets.COLLECTION,
        (
            Filter("mailbox_id", "==", mailbox_id),
            Filter("merged_into", "==", None),
            Filter("erased_at", "==", None),
            Filter("state", "in", [state.value for state in DONE]),
            Filter("last_message_at", "<=", cutoff),
        ),
        (Order("last_message_at"),),
    )


def _old_notes(mailbox_id: str, cutoff: datetime) -> Query:
    return Query(
        notes.COLLECTION,
        (
            Filter("mailbox_id", "==", mailbox_id),
            Filter("deleted_at", "==", None),
            Filter("created_at", "<=", cutoff),
        ),
        (Order("created_at"),),
    )


def _old_comments(mailbox_id: str, cutoff: datetime) -> Query:
    return Query(
        satisfaction.COLLECTION,
        (
            Filter("mailbox_id", "==", mailbox_id),
            Filter("erased_at", "==", None),
            Filter("rated_at", "<=", cutoff),
        ),
        (Order("rated_at"),),
    )


def _old_customers(mailbox_id: str, cutoff: datetime) -> Query:
    return Query(
        customers.COLLECTION,
        (
            Filter("mailbox_ids", "array_contains", mailbox_id),
            Filter("created_at", "<=", cutoff),
        ),
        (Order("created_at"),),
    )


def _tickets(app: App, documents: tuple[Document, ...], cutoff: datetime) -> Iterator[Old]:
    for document in documents:
        ticket = codec.from_document(Ticket, document.data)
        if is_too_old(ticket, cutoff) and not is_held(app.store, ticket):
            yield Old(document.id, last_touched(ticket))


def _notes(app: App, documents: tuple[Document, ...], cutoff: datetime) -> Iterator[Old]:
    del cutoff
    found = [(d.id, codec.from_document(Note, d.data)) for d in documents]
    held = _held_tickets(app, {note.ticket_id for _, note in found})
    yield from (Old(id, note.created_at) for id, note in found if note.ticket_id not in held)


def _comments(app: App, documents: tuple[Document, ...], cutoff: datetime) -> Iterator[Old]:
    del cutoff
    held = _held_tickets(app, {document.id for document in documents})
    for document in documents:
        answer = codec.from_document(Answer, document.data)
        if document.id not in held:
            yield Old(document.id, answer.rated_at)


def _customers(app: App, documents: tuple[Document, ...], cutoff: datetime) -> Iterator[Old]:
    del cutoff
    for document in documents:
        customer = codec.from_document(Customer, document.data)
        known = [document.id, *customer.merged]
        if customer.sealed is None or customer.held or not all_erased(app.store, known):
            continue
        if not legal_holds.held(app.store, mailbox_ids=customer.mailbox_ids):
            yield Old(document.id, customer.created_at)


def _held_tickets(app: App, ticket_ids: set[str]) -> set[str]:
    """Return which of these tickets are held, or belong to one that is."""
    found = app.store.get_all([(tickets.COLLECTION, id) for id in sorted(ticket_ids)])
    held: set[str] = set()
    for document in found:
        if document is not None:
            ticket = codec.from_document(Ticket, document.data)
            if _head_is_held(app, ticket):
                held.add(document.id)
    return held


def _head_is_held(app: App, ticket: Ticket) -> bool:
    if ticket.merged_into is not None:
        return legal_holds.held(app.store, ticket_ids=[ticket.merged_into]) or is_held(
            app.store, ticket
        )
    return is_held(app.store, ticket)


_OF_KIND: Final = {
    Kept.TICKETS: (_old_tickets, _tickets),
    Kept.NOTES: (_old_notes, _notes),
    Kept.COMMENTS: (_old_comments, _comments),
    Kept.CUSTOMERS: (_old_customers, _customers),
}
