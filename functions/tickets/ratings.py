"""Routes of `tickets`: what customers say of the help that they got."""

from __future__ import annotations

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.reports import satisfaction
from shared.services.reports.satisfaction import RatingView

routes = Routes("functions.tickets")


@routes.get("/{ticket_id}/rating", allow=Permission.TICKET_READ)
def read_rating(request: Request) -> RatingView:
    """Return what the customer said of a ticket, with their comment."""
    return satisfaction.read(request.app, request.actor, request.path["ticket_id"])
