"""Routes of `tickets`: one ticket, and changing it."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.tickets import TicketState
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services import ticketing
from shared.services.ticket_rows import TicketRow
from shared.services.ticketing import TicketView

routes = Routes("functions.tickets")


@dataclass(frozen=True, slots=True)
class Change:
    """What to change of a ticket."""

    state: TicketState


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
