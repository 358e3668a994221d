"""Routes of `tickets`: one ticket, opened."""

from __future__ import annotations

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.tickets import ticketing
from shared.services.tickets.ticketing import TicketView

routes = Routes("functions.tickets")


@routes.get("/{ticket_id}", allow=Permission.TICKET_READ)
def read_ticket(request: Request) -> TicketView:
    """Open a ticket with its messages."""
    return ticketing.read_ticket(request.app, request.actor, request.path["ticket_id"])
