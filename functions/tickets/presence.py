"""Routes of `tickets`: who else is there."""

from __future__ import annotations

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.tickets import presence
from shared.services.tickets.presence import Others, Typing

routes = Routes("functions.tickets")


@routes.get("/presence", allow=Permission.TICKET_READ)
def list_presence(request: Request) -> Others:
    """List who else has a ticket of one's mailboxes open."""
    return presence.others(request.app, request.actor)


@routes.post("/{ticket_id}/presence", allow=Permission.TICKET_READ, body=Typing)
def be_there(request: Request, body: Typing) -> Others:
    """Say that one has this ticket open, and hear who else has; a page does so every ten seconds."""
    app, actor, id = request.app, request.actor, request.path["ticket_id"]
    return presence.be_there(app, actor, id, typing=body.typing)


@routes.delete("/{ticket_id}/presence", allow=Permission.TICKET_READ)
def leave(request: Request) -> None:
    """Say that one has closed this ticket."""
    presence.leave(request.app, request.actor, request.path["ticket_id"])
