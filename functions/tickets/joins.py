"""Routes of `tickets`: making one ticket of two, two of one, and saying which belong together."""

from __future__ import annotations

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services import merging
from shared.services.merging import Source
from shared.services.ticket_rows import TicketRow, ticket_row

routes = Routes("functions.tickets")


@routes.post("/{ticket_id}/merge", allow=Permission.TICKET_MERGE, body=Source, versioned=True)
def merge_tickets(request: Request, body: Source) -> TicketRow:
    """Merge another ticket into this one; If-Match names this one's version, the body the other's."""
    app, id = request.app, request.path["ticket_id"]
    left = merging.merge(app, request.actor, id, request.expected_version(), body)
    return ticket_row(app, id, left)
