"""Routes of `tickets`: customers, their tickets, and notes on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from shared import ids
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import PageQuery, Request
from shared.services.customers import customer_changes, customer_merging, customer_notes, customers
from shared.services.customers.customer_changes import CustomerChange
from shared.services.customers.customer_notes import CustomerNotePage, CustomerNoteRow
from shared.services.customers.customers import CustomerPage, CustomerView
from shared.services.finding.ticket_lists import TicketPage

routes = Routes("functions.tickets")


@dataclass(frozen=True, slots=True)
class CustomersQuery:
    """Which customers to list: `q` is a whole address, or words of name and organisation."""

    q: str | None = None
    mailbox_id: str | None = None
    limit: int = 50
    cursor: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= 100:
            raise ValueError("limit")
        if self.q is not None and (self.mailbox_id is not None or not 1 <= len(self.q) <= 320):
            raise ValueError("q")


@dataclass(frozen=True, slots=True)
class CustomerMerge:
    """Into whom to merge a customer, and the version of that one; If-Match names the other's."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {
        "into": ids.derived_id(ids.CUSTOMER, "another example")
    }

    into: str
    into_version: int


@dataclass(frozen=True, slots=True)
class CustomerUnmerge:
    """Whose merge to undo."""

    customer_id: str


@dataclass(frozen=True, slots=True)
class CustomerNoteText:
    """What a note on a customer says."""

    text: str


@routes.get("/customers", allow=Permission.CUSTOMER_READ, query=CustomersQuery)
def list_customers(request: Request, query: CustomersQuery) -> CustomerPage:
    """List customers, the newest first, or find some by address or words of their name."""
    app, actor = request.app, request.actor
    if query.q is not None:
        return customers.search(app, actor, query.q, query.limit, query.cursor)
    return customers.list_customers(
        app, actor, mailbox_id=query.mailbox_id, limit=query.limit, cursor=query.cursor
    )


@routes.get("/customers/{customer_id}", allow=Permission.CUSTOMER_READ)
def read_customer(request: Request) -> CustomerView:
    """Open a customer; the id of one who was merged opens the one who is left."""
    return customers.read(request.app, request.actor, request.path["customer_id"])


@routes.patch("/customers/{customer_id}", allow=Permission.CUSTOMER_WRITE, body=CustomerChange)
def change_customer(request: Request, body: CustomerChange) -> CustomerView:
    """Change what is known of a customer; `addresses` are all that there shall be."""
    customer_id, version = request.path["customer_id"], request.expected_version()
    return customer_changes.change(request.app, request.actor, customer_id, body, version)


@routes.get("/customers/{customer_id}/tickets", allow=Permission.CUSTOMER_READ, query=PageQuery)
def list_customer_tickets(request: Request, query: PageQuery) -> TicketPage:
    """List a customer's tickets that one may see, the newest mail first."""
    customer_id = request.path["customer_id"]
    return customers.list_tickets(
        request.app, request.actor, customer_id, query.limit, query.cursor
    )


@routes.get("/customers/{customer_id}/notes", allow=Permission.CUSTOMER_READ, query=PageQuery)
def list_customer_notes(request: Request, query: PageQuery) -> CustomerNotePage:
    """List the notes on a customer, the newest first."""
    customer_id = request.path["customer_id"]
    return customer_notes.list_notes(
        request.app, request.actor, customer_id, query.limit, query.cursor
    )


@routes.post(
    "/customers/{customer_id}/notes",
    allow=Permission.CUSTOMER_WRITE,
    body=CustomerNoteText,
    status=201,
)
def create_customer_note(request: Request, body: CustomerNoteText) -> CustomerNoteRow:
    """Write a note on a customer."""
    note_id, customer_id = request.new_id(ids.NOTE), request.path["customer_id"]
    return customer_notes.create(request.app, request.actor, note_id, customer_id, body.text)


@routes.post(
    "/customers/{customer_id}/merge",
    allow=Permission.CUSTOMER_WRITE,
    body=CustomerMerge,
    versioned=True,
)
def merge_customer(request: Request, body: CustomerMerge) -> CustomerView:
    """Merge a customer into another, who is returned."""
    customer_id, version = request.path["customer_id"], request.expected_version()
    return customer_merging.merge(
        request.app, request.actor, customer_id, body.into, version, body.into_version
    )


@routes.post(
    "/customers/{customer_id}/unmerge",
    allow=Permission.CUSTOMER_WRITE,
    body=CustomerUnmerge,
    versioned=True,
)
def unmerge_customer(request: Request, body: CustomerUnmerge) -> CustomerView:
    """Undo the merge of somebody into this customer."""
    customer_id, version = request.path["customer_id"], request.expected_version()
    return customer_merging.unmerge(
        request.app, request.actor, customer_id, body.customer_id, version
    )
