"""Routes of `tickets`: saved views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from shared import ids
from shared.domain.views import TicketFilter
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.finding import saved_views
from shared.services.finding.saved_views import ViewChange, ViewList, ViewRow

routes = Routes("functions.tickets")


@dataclass(frozen=True, slots=True)
class ViewsQuery:
    """Whether to count what each view finds: one read a view, and one more for each 1,000 counted."""

    counts: Literal["true", "false"] = "false"


@dataclass(frozen=True, slots=True)
class NewView:
    """A view to save; with `mailbox_id` it is for everybody in that mailbox."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {"name": "Printers", "mailbox_id": None}

    name: str
    filters: TicketFilter
    mailbox_id: str | None = None
    position: int = 0


@routes.get("/views", allow=Permission.TICKET_READ, query=ViewsQuery)
def list_views(request: Request, query: ViewsQuery) -> ViewList:
    """List one's views: built in, own, and shared in one's mailboxes."""
    return saved_views.list_views(request.app, request.actor, counts=query.counts == "true")


@routes.post("/views", allow=Permission.TICKET_READ, body=NewView, status=201)
def create_view(request: Request, body: NewView) -> ViewRow:
    """Save a view, for oneself or for the members of a mailbox."""
    return saved_views.create(
        request.app,
        request.actor,
        request.new_id(ids.VIEW),
        body.name,
        body.filters,
        mailbox_id=body.mailbox_id,
        position=body.position,
    )


@routes.patch("/views/{view_id}", allow=Permission.TICKET_READ, body=ViewChange)
def change_view(request: Request, body: ViewChange) -> ViewRow:
    """Change a view; If-Match names the version that the change was made against."""
    return saved_views.change(
        request.app,
        request.actor,
        request.path["view_id"],
        body,
        request.expected_version(),
    )


@routes.delete("/views/{view_id}", allow=Permission.TICKET_READ, versioned=True)
def delete_view(request: Request) -> None:
    """Delete a view; If-Match names the version that was seen."""
    saved_views.delete(
        request.app, request.actor, request.path["view_id"], request.expected_version()
    )
