"""Routes of `content`: tickets are found, also by what their mail says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.finding import ticket_search
from shared.services.finding.ticket_search import SearchResult

routes = Routes("functions.content")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What to look for: words, or with `advanced` a query in Gmail's language; `mailbox_id` with commas."""

    q: str = ""
    mailbox_id: str | None = None
    advanced: Literal["true", "false"] = "false"
    limit: int = ticket_search.MOST

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= ticket_search.MOST:
            raise ValueError("limit")


@routes.get("/search", allow=Permission.SEARCH_USE, query=SearchQuery)
def search(request: Request, query: SearchQuery) -> SearchResult:
    """Find tickets by code, by subject and customer, and by what their mail says."""
    return ticket_search.search(
        request.app,
        request.actor,
        query.q,
        mailbox_ids=query.mailbox_id.split(",") if query.mailbox_id else (),
        advanced=query.advanced == "true",
        limit=query.limit,
    )
