"""Routes of `tickets`: opening one by hand, changing one or many, following one."""

from __future__ import annotations

from shared import ids
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.accounts import teams
from shared.services.accounts.teams import TeamList
from shared.services.tickets import (
    bulk_changes,
    custom_fields,
    following,
    new_tickets,
    ticket_fields,
)
from shared.services.tickets.bulk_changes import BulkChange, BulkResult
from shared.services.tickets.custom_fields import FieldList
from shared.services.tickets.new_tickets import NewTicket
from shared.services.tickets.ticket_fields import Change
from shared.services.tickets.ticket_rows import TicketRow, ticket_row

routes = Routes("functions.tickets")


@routes.patch("/{ticket_id}", allow=Permission.TICKET_WRITE, body=Change)
def change_ticket(request: Request, body: Change) -> TicketRow:
    """Change a ticket; If-Match names the version that the change was made against."""
    app, actor, id = request.app, request.actor, request.path["ticket_id"]
    changed = ticket_fields.change(app, actor, id, body, request.expected_version())
    return ticket_row(app, id, changed)


@routes.post("/{ticket_id}/follow", allow=Permission.TICKET_READ)
def follow_ticket(request: Request) -> None:
    """Follow a ticket: hear of what happens to it."""
    following.follow(request.app, request.actor, request.path["ticket_id"])


@routes.delete("/{ticket_id}/follow", allow=Permission.TICKET_READ)
def unfollow_ticket(request: Request) -> None:
    """Follow a ticket no more."""
    following.unfollow(request.app, request.actor, request.path["ticket_id"])


@routes.get("/fields", allow=Permission.TICKET_READ)
def list_fields_of_tickets(request: Request) -> FieldList:
    """List the fields that the organisation adds to its tickets."""
    return custom_fields.list_fields(request.app)


@routes.get("/teams", allow=Permission.TICKET_READ)
def list_teams_of_desk(request: Request) -> TeamList:
    """List the teams to which tickets can be given."""
    return teams.list_teams(request.app)


@routes.post("/", allow=Permission.TICKET_WRITE, body=NewTicket, status=201)
def open_ticket_by_hand(request: Request, body: NewTicket) -> TicketRow:
    """Open a ticket for a customer who did not write."""
    app, id = request.app, request.new_id(ids.TICKET)
    return ticket_row(app, id, new_tickets.open_by_hand(app, request.actor, id, body))


@routes.post("/bulk", allow=Permission.TICKET_WRITE, body=BulkChange)
def change_many(request: Request, body: BulkChange) -> BulkResult:
    """Change many tickets in one way; each answer says what became of it."""
    return bulk_changes.change(request.app, request.actor, body)
