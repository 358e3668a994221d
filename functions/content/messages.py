"""Routes of `content`: tickets opened, and their messages, attachments and remote images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from shared.auth.browser import HEADERS
from shared.entry import Routes
from shared.errors import Forbidden
from shared.permissions import Permission
from shared.request import Request, Response
from shared.services.reading import opening, reading, remote_images
from shared.services.reading.opening import OpenedTicket
from shared.services.reading.reading import BodyView
from shared.services.reading.remote_images import ImageLink

routes = Routes("functions.content")

_SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
_FRAME_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; "
    f"form-action 'none'; frame-ancestors 'self'; sandbox {_SANDBOX}"
)
_KEPT_SECONDS = 86_400  # so that looking again does not tell the sender again
_ATTACHMENT_POLICY = f"{HEADERS['Content-Security-Policy']}; sandbox"


@routes.get("/tickets/{ticket_id}", allow=Permission.CONTENT_READ)
def open_ticket(request: Request) -> OpenedTicket:
    """Open a ticket: messages with their texts, notes, replies on their way, what was changed."""
    return opening.open_ticket(request.app, request.actor, request.path["ticket_id"])


@routes.get("/messages/{message_id}", allow=Permission.CONTENT_READ)
def read_message(request: Request) -> BodyView:
    """Return the text of a message."""
    return reading.read_body(request.app, request.actor, request.path["message_id"])


@dataclass(frozen=True, slots=True)
class FrameQuery:
    """How a message is framed: `images` 1 shows the remote ones, after a click of who reads."""

    images: Literal["0", "1"] = "0"


@routes.get("/messages/{message_id}/frame", allow=Permission.CONTENT_READ, query=FrameQuery)
def read_frame(request: Request, query: FrameQuery) -> Response:
    """Return the HTML of a message, for a sandboxed frame and nothing else."""
    if request.header("Sec-Fetch-Dest") != "iframe":
        raise Forbidden("content.frame_only")
    app, actor, message_id = request.app, request.actor, request.path["message_id"]
    shown = remote_images.addresses(app, actor, message_id) if query.images == "1" else None
    html = reading.read_frame(app, actor, message_id, shown)
    return Response(
        html,
        content_type="text/html; charset=utf-8",
        headers=(("Content-Security-Policy", _FRAME_POLICY),),
    )


@routes.get("/images/{message_id}", allow=Permission.CONTENT_READ, query=ImageLink)
def read_remote_image(request: Request, link: ImageLink) -> Response:
    """Return an image that a message points at, by an address that the frame was given."""
    image = remote_images.read(request.app, request.actor, request.path["message_id"], link)
    return Response(
        image.data,
        content_type=image.media_type,
        headers=(
            ("Cache-Control", f"private, max-age={_KEPT_SECONDS}, immutable"),
            ("Content-Disposition", "inline"),
            ("Content-Security-Policy", _ATTACHMENT_POLICY),
        ),
    )


@routes.get("/attachments/{message_id}/{part}", allow=Permission.CONTENT_READ)
def read_attachment(request: Request) -> Response:
    """Return an attachment: raster images as such, everything else only to be saved.

    A browser keeps an image and asks whether it still may show it; then Gmail is not read again. Parts of
    a file are not given: each would read the whole mail.
    """
    app, actor = request.app, request.actor
    message_id, part = request.path["message_id"], request.path["part"]
    tag = f'"{message_id}-{part}"'  # the part of a message never changes
    if request.header("If-None-Match") == tag:
        reading.load(app, actor, message_id)
        return Response(status=304, headers=_kept(tag))
    file = reading.read_attachment(app, actor, message_id, part)
    name = quote(file.name or "attachment", safe="")
    disposition = "inline" if file.inline_type else "attachment"
    return Response(
        file.data,
        content_type=file.inline_type or "application/octet-stream",
        headers=(
            ("Accept-Ranges", "none"),
            ("Content-Disposition", f"{disposition}; filename*=UTF-8''{name}"),
            ("Content-Security-Policy", _ATTACHMENT_POLICY),
            *(_kept(tag) if file.inline_type else ()),
        ),
    )


def _kept(tag: str) -> tuple[tuple[str, str], ...]:
    return ("ETag", tag), ("Cache-Control", "private, no-cache")
