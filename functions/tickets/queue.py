"""Routes of `tickets`: the queue, one ticket, and changing it."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.tickets import TicketState
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services import ticketing
from shared.services.ticketing import TicketPage, TicketRow, TicketView

routes = Routes("functions.tickets")


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which tickets to list."""

    mailbox_id: str | None = None
    state: TicketState | None = None
    limit: int = 50
    cursor: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= 100:
            raise ValueError("limit")


@dataclass(frozen=True, slots=True)
class Change:
    """What to change of a ticket."""

    state: TicketState


@routes.get("/", allow=Permission.TICKET_READ, query=ListQuery)
def list_tickets(request: Request, query: ListQuery) -> TicketPage:
    """List tickets, the newest mail first."""
    return ticketing.list_tickets(
        request.app,
        request.actor,
        mailbox_id=query.mailbox_id,
        state=query.state,
        limit=query.limit,
        cursor=query.cursor,
    )


@routes.get("/{ticket_id}", allow=Permission.TICKET_READ)
def read_ticket(request: Request) -> TicketView:
    """Open a ticket with its messages."""
    return ticketing.read_ticket(request.app, request.actor, request.path["ticket_id"])


@routes.patch("/{ticket_id}", allow=Permission.TICKET_WRITE, body=Change)
def change_ticket(request: Request, body: Change) -> TicketRow:
    """Change a ticket; If-Match names the version that the change was made against."""
    return ticketing.change_state(
        request.app,
        request.actor,
        request.path["ticket_id"],
        body.state,
        request.expected_version(),
    )
