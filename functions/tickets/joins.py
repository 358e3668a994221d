"""Routes of `tickets`: making one ticket of two, two of one, and saying which belong together."""

from __future__ import annotations

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.tickets import (
    correcting,
    linking,
    merging,
    related_tickets,
    splitting,
    unmerging,
)
from shared.services.tickets.correcting import Belonging
from shared.services.tickets.linking import Linked
from shared.services.tickets.merging import Source
from shared.services.tickets.related_tickets import RelatedTickets
from shared.services.tickets.splitting import Chosen
from shared.services.tickets.ticket_rows import TicketRow, ticket_row
from shared.services.tickets.unmerging import Merged

routes = Routes("functions.tickets")


@routes.post("/{ticket_id}/merge", allow=Permission.TICKET_MERGE, body=Source, versioned=True)
def merge_tickets(request: Request, body: Source) -> TicketRow:
    """Merge another ticket into this one; If-Match names this one's version, the body the other's."""
    app, id = request.app, request.path["ticket_id"]
    left = merging.merge(app, request.actor, id, request.expected_version(), body)
    return ticket_row(app, id, left)


@routes.post(
    "/{ticket_id}/split", allow=Permission.TICKET_WRITE, body=Chosen, status=201, versioned=True
)
def split_ticket(request: Request, body: Chosen) -> TicketRow:
    """Make a ticket of its own of some messages of this one."""
    app, id = request.app, request.path["ticket_id"]
    made = splitting.split(app, request.actor, id, request.expected_version(), body)
    return ticket_row(app, *made)


@routes.patch("/{ticket_id}/messages/{message_id}", allow=Permission.TICKET_WRITE, body=Belonging)
def correct_message(request: Request, body: Belonging) -> TicketRow:
    """Put a message into the ticket that it belongs to; If-Match names the version of this one."""
    app, path = request.app, request.path
    version = request.expected_version()
    moved = correcting.correct(
        app, request.actor, path["ticket_id"], path["message_id"], body, version
    )
    return ticket_row(app, *moved)


@routes.post("/{ticket_id}/links", allow=Permission.TICKET_WRITE, body=Linked)
def link_tickets(request: Request, body: Linked) -> TicketRow:
    """Say that another ticket has to do with this one."""
    app, id = request.app, request.path["ticket_id"]
    return ticket_row(app, id, linking.link(app, request.actor, id, body.ticket_id))


@routes.delete("/{ticket_id}/links/{other_id}", allow=Permission.TICKET_WRITE)
def unlink_tickets(request: Request) -> None:
    """Say that another ticket has nothing to do with this one."""
    path = request.path
    linking.unlink(request.app, request.actor, path["ticket_id"], path["other_id"])


@routes.get("/{ticket_id}/related", allow=Permission.TICKET_READ)
def list_related(request: Request) -> RelatedTickets:
    """List what has to do with this ticket, and what may belong to it."""
    return related_tickets.related(request.app, request.actor, request.path["ticket_id"])


@routes.post("/{ticket_id}/unmerge", allow=Permission.TICKET_MERGE, body=Merged, versioned=True)
def unmerge_tickets(request: Request, body: Merged) -> TicketRow:
    """Take a ticket that was merged into this one out again; If-Match names this one's version."""
    app, id = request.app, request.path["ticket_id"]
    back = unmerging.unmerge(app, request.actor, id, request.expected_version(), body)
    return ticket_row(app, body.source_id, back)
