"""HTTP function `content`, served at /api/content: bodies and attachments, read from Gmail.

Alone because it holds mailboxes' tokens. Mail is hostile: HTML leaves only sanitised, in a document
that may run nothing and load nothing but our own images, and only into a frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from shared.auth.browser import HEADERS
from shared.entry import Routes
from shared.errors import Forbidden
from shared.permissions import Permission
from shared.request import Request, Response
from shared.services import opening, reading, senders, ticket_search
from shared.services.opening import OpenedTicket
from shared.services.reading import BodyView
from shared.services.senders import SenderPage
from shared.services.ticket_search import SearchResult

routes = Routes(__name__)

_SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
_FRAME_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; "
    f"form-action 'none'; frame-ancestors 'self'; sandbox {_SANDBOX}"
)
_ATTACHMENT_POLICY = f"{HEADERS['Content-Security-Policy']}; sandbox"


@routes.get("/tickets/{ticket_id}", allow=Permission.CONTENT_READ)
def open_ticket(request: Request) -> OpenedTicket:
    """Open a ticket: messages with their texts, notes, replies on their way, what was changed."""
    return opening.open_ticket(request.app, request.actor, request.path["ticket_id"])


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


@routes.get("/messages/{message_id}", allow=Permission.CONTENT_READ)
def read_message(request: Request) -> BodyView:
    """Return the text of a message."""
    return reading.read_body(request.app, request.actor, request.path["message_id"])


@routes.get("/messages/{message_id}/frame", allow=Permission.CONTENT_READ)
def read_frame(request: Request) -> Response:
    """Return the HTML of a message, for a sandboxed frame and nothing else."""
    if request.header("Sec-Fetch-Dest") != "iframe":
        raise Forbidden("content.frame_only")
    html = reading.read_frame(request.app, request.actor, request.path["message_id"])
    return Response(
        html,
        content_type="text/html; charset=utf-8",
        headers=(("Content-Security-Policy", _FRAME_POLICY),),
    )


@routes.get("/mailboxes/{mailbox_id}/senders", allow=Permission.REPLY_SEND)
def list_senders(request: Request) -> SenderPage:
    """List the verified addresses that a mailbox may send from: only Gmail knows them."""
    return senders.list_senders(request.app, request.actor, request.path["mailbox_id"])


@routes.get("/attachments/{message_id}/{part}", allow=Permission.CONTENT_READ)
def read_attachment(request: Request) -> Response:
    """Return an attachment: raster images as such, everything else only to be saved."""
    file = reading.read_attachment(
        request.app, request.actor, request.path["message_id"], request.path["part"]
    )
    name = quote(file.name or "attachment", safe="")
    disposition = "inline" if file.inline_type else "attachment"
    return Response(
        file.data,
        content_type=file.inline_type or "application/octet-stream",
        headers=(
            ("Content-Disposition", f"{disposition}; filename*=UTF-8''{name}"),
            ("Content-Security-Policy", _ATTACHMENT_POLICY),
        ),
    )


content = routes.function()
