"""Customers as people see them: lists, search, one opened, and the tickets that they have.

A customer is visible to who may read customers in a mailbox that the customer wrote to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared import codec, ids
from shared.app import App
from shared.domain import customers, search_words, tickets
from shared.domain.customers import COLLECTION, MAX_MERGED, Customer, Details
from shared.domain.places import place
from shared.domain.tickets import Ticket
from shared.errors import Invalid, NotFound
from shared.permissions import Actor, Permission, allows, require, require_in, visible_mailboxes
from shared.services.customers import customer_matching
from shared.services.finding import split_queries
from shared.services.finding.split_queries import Position
from shared.services.finding.ticket_lists import TicketPage
from shared.services.tickets.ticket_rows import ticket_row
from shared.store.contract import MAX_DISJUNCTIONS, Document, Filter, Order, Query, Reader

_PAGES_AHEAD: Final = 3  # read for one page where the index knows the word but not the mailbox
_NEWEST_FIRST: Final = (Order("created_at", descending=True),)


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer in a list. Who was erased has neither name nor address."""

    id: str
    name: str
    address: str | None  # the one to write to
    organisation: str
    mailbox_ids: tuple[str, ...]  # those of the mailboxes that they wrote to which one may see
    created_at: datetime
    held: bool  # on legal hold
    version: int


@dataclass(frozen=True, slots=True)
class MergedRow:
    """Somebody who turned out to be the same person, as they were known before."""

    id: str
    name: str
    address: str | None


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A customer, opened. `merged` are those who turned out to be the same person."""

    customer: CustomerRow
    addresses: tuple[str, ...]
    phone: str
    locale: str
    merged: tuple[MergedRow, ...]


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """A page of customers. A page may be short and not the last."""

    items: tuple[CustomerRow, ...]
    next: str | None


def list_customers(
    app: App, actor: Actor, *, mailbox_id: str | None, limit: int, cursor: str | None
) -> CustomerPage:
    """Return the customers of the mailboxes that one may see, or of one, the newest first.

    Raises NotFound("mailbox.not_found"), and Invalid("customers.name_a_mailbox") for a member of more
    mailboxes than the store asks at once.
    """
    if mailbox_id is not None:
        require_in(actor, Permission.CUSTOMER_READ, mailbox_id, "mailbox.not_found")
    visible = visible_mailboxes(actor, Permission.CUSTOMER_READ) or frozenset()
    asked = sorted(visible) if mailbox_id is None else [mailbox_id]
    if not asked:
        return CustomerPage((), None)
    if len(asked) > MAX_DISJUNCTIONS:
        raise Invalid("customers.name_a_mailbox", max_mailboxes=MAX_DISJUNCTIONS)
    wrote = (Filter("mailbox_ids", "array_contains_any", asked),)
    page = app.store.query(Query(COLLECTION, wrote, _NEWEST_FIRST, limit, cursor))
    return CustomerPage(_rows(app, actor, page.documents), page.next)


def search(app: App, actor: Actor, text: str, limit: int, cursor: str | None) -> CustomerPage:
    """Return the visible customers who have this address, or all words of it in name or organisation.

    The beginning of a word is enough, from three letters on.
    """
    require(actor, Permission.CUSTOMER_READ)
    if "@" in text:
        found = customer_matching.of_token(app.store, customer_matching.token_of(app, text))
        seen = found is not None and sees(actor, found[1])
        return CustomerPage((_opened_row(app, actor, *found),) if found and seen else (), None)
    words = sorted(search_words.words(text), key=len, reverse=True)
    if not words:
        return CustomerPage((), None)
    rarest, *others = [customer_matching.word_token(app, word) for word in words]
    query = Query(
        COLLECTION, (Filter("search_tokens", "array_contains", rarest),), _NEWEST_FIRST, limit
    )
    name = f"customers {rarest}"
    after = None if cursor is None else Position.from_text(cursor, name)
    kept: list[Document] = []
    for _ in range(_PAGES_AHEAD):
        part = split_queries.read(app, (query,), after, limit)
        for document in part.documents:
            customer = codec.from_document(Customer, document.data)
            after = Position(customer.created_at, document.id)
            if sees(actor, customer) and set(others) <= set(customer.search_tokens):
                kept.append(document)
            if len(kept) == limit:
                return CustomerPage(_rows(app, actor, kept), after.to_text(name))
        if not part.more:
            return CustomerPage(_rows(app, actor, kept), None)
    return CustomerPage(_rows(app, actor, kept), after.to_text(name) if after else None)


def read(app: App, actor: Actor, customer_id: str) -> CustomerView:
    """Return one customer; of one that was merged, the one that is left. Raises NotFound."""
    return view(app, actor, *load(app.store, actor, customer_id, Permission.CUSTOMER_READ))


def list_tickets(
    app: App, actor: Actor, customer_id: str, limit: int, cursor: str | None
) -> TicketPage:
    """Return a customer's tickets in the mailboxes that one may see, the newest mail first.

    They are those of everybody who was merged into this one, too.
    """
    id, customer = load(app.store, actor, customer_id, Permission.CUSTOMER_READ)
    visible = visible_mailboxes(actor, Permission.TICKET_READ) or frozenset()
    mailboxes = sorted(visible & set(customer.mailbox_ids))
    if not mailboxes:
        return TicketPage((), None)
    of_them = Filter("customer_id", "in", [id, *customer.merged])
    still = Filter("merged_into", "==", None)  # a merged ticket's mail is in the other
    newest = (Order("last_message_at", descending=True),)
    query = Query(tickets.COLLECTION, (of_them, still), newest)
    name = f"tickets of {id}"
    after = None if cursor is None else Position.from_text(cursor, name)
    queries = split_queries.split(query, "mailbox_id", mailboxes)
    found = split_queries.read(app, queries, after, limit)
    rows = [(d.id, codec.from_document(Ticket, d.data)) for d in found.documents]
    following = None
    if found.more and rows:
        following = Position(rows[-1][1].last_message_at, rows[-1][0]).to_text(name)
    return TicketPage(tuple(ticket_row(app, *row) for row in rows), following)


def load(
    reader: Reader, actor: Actor, customer_id: str, permission: Permission
) -> tuple[str, Customer]:
    """Return a customer whom the actor may see and the id they have now, merges followed.

    Raises NotFound("customer.not_found"), Forbidden("permission.missing").
    """
    require(actor, permission)
    id, customer = current(reader, customer_id)
    if not sees(actor, customer, permission):
        raise NotFound("customer.not_found")
    return id, customer


def current(reader: Reader, customer_id: str) -> tuple[str, Customer]:
    """Return who a customer is now, merges followed. Raises NotFound("customer.not_found")."""
    for _ in range(MAX_MERGED + 1):  # what was merged may have been merged into, and so on
        found = (
            reader.get(COLLECTION, customer_id) if ids.is_id(ids.CUSTOMER, customer_id) else None
        )
        if found is None:
            break
        customer = codec.from_document(Customer, found.data)
        if customer.merged_into is None:
            return customer_id, customer
        customer_id = customer.merged_into
    raise NotFound("customer.not_found")


def sees(
    actor: Actor, customer: Customer, permission: Permission = Permission.CUSTOMER_READ
) -> bool:
    """Say whether the customer wrote to a mailbox in which the actor may do this."""
    return any(allows(actor, permission, mailbox_id) for mailbox_id in customer.mailbox_ids)


def opened(app: App, customer_id: str, customer: Customer) -> Details:
    """Return what is known of a customer; nothing of who was erased."""
    if customer.sealed is None:
        return Details()
    try:
        found = app.envelope.open(customer_id, place(COLLECTION, customer_id), customer.sealed)
    except NotFound:
        return Details()
    return customers.details(found)


def view(app: App, actor: Actor, customer_id: str, customer: Customer) -> CustomerView:
    """Return a customer as who opens them sees it."""
    known = opened(app, customer_id, customer)
    row = _row(actor, customer_id, customer, known)
    merged = _merged(app, customer.merged)
    return CustomerView(row, known.addresses, known.phone, known.locale, merged)


def _merged(app: App, customer_ids: Sequence[str]) -> tuple[MergedRow, ...]:
    if not customer_ids:
        return ()
    rows = []
    for document in app.store.get_all([(COLLECTION, id) for id in customer_ids]):
        if document is not None:
            of_them = codec.from_document(Customer, document.data)
            known = opened(app, document.id, of_them)
            rows.append(MergedRow(document.id, known.name, next(iter(known.addresses), None)))
    return tuple(rows)


def _rows(app: App, actor: Actor, documents: Sequence[Document]) -> tuple[CustomerRow, ...]:
    app.envelope.load([document.id for document in documents])
    found = [(d.id, codec.from_document(Customer, d.data)) for d in documents]
    return tuple(_opened_row(app, actor, *one) for one in found)


def _opened_row(app: App, actor: Actor, customer_id: str, customer: Customer) -> CustomerRow:
    return _row(actor, customer_id, customer, opened(app, customer_id, customer))


def _row(actor: Actor, customer_id: str, customer: Customer, known: Details) -> CustomerRow:
    visible = visible_mailboxes(actor, Permission.CUSTOMER_READ) or frozenset()
    return CustomerRow(
        id=customer_id,
        name=known.name,
        address=known.addresses[0] if known.addresses else None,
        organisation=known.organisation,
        mailbox_ids=tuple(sorted(visible & set(customer.mailbox_ids))),
        created_at=customer.created_at,
        held=customer.held,
        version=customer.version,
    )
