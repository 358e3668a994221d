"""Routes of `tickets`: the tags that are in use."""

from __future__ import annotations

from dataclasses import dataclass

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.finding import known_tags
from shared.services.finding.known_tags import KnownTags

routes = Routes("functions.tickets")


@dataclass(frozen=True, slots=True)
class TagsQuery:
    """Of which mailbox; without one, of all that one may see."""

    mailbox_id: str | None = None


@routes.get("/tags", allow=Permission.TICKET_READ, query=TagsQuery)
def list_tags(request: Request, query: TagsQuery) -> KnownTags:
    """List the tags that are in use: those of the newest 300 tickets."""
    return known_tags.of_mailboxes(request.app, request.actor, query.mailbox_id)
