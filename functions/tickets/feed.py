"""Routes of `tickets`: the feed of their changes, which every page that is open asks for again and again."""

from __future__ import annotations

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import PageQuery, Request
from shared.services.finding import ticket_feed
from shared.services.finding.ticket_feed import FeedPage

routes = Routes("functions.tickets")


@routes.get("/feed", allow=Permission.TICKET_READ, query=PageQuery)
def read_feed(request: Request, query: PageQuery) -> FeedPage:
    """Tell what changed since the cursor; without one, give the first cursor."""
    return ticket_feed.read(request.app, request.actor, query.cursor, query.limit)
