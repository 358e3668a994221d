"""Reading the content of mail: from the cache while it lasts, else from Gmail, never without a trace.

Whoever reads content leaves one audit event a person, ticket and session in ten minutes, committed
before the content is returned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared import codec
from shared.app import App
from shared.domain import messages
from shared.domain.messages import Message
from shared.domain.places import place
from shared.errors import NotFound
from shared.mail.parse import content
from shared.mail.raster import asks_for_remote_images, raster_type
from shared.mail.sanitize import sanitize, text_to_html
from shared.permissions import Actor, Permission, require_in
from shared.services.reading import message_bodies, reading_record


@dataclass(frozen=True, slots=True)
class BodyView:
    """A message's text: what is new in it, what it quotes, its signature, and the whole."""

    id: str
    visible: str
    quoted: str
    signature: str
    text: str
    has_html: bool
    frame_url: str
    remote_images: bool  # it points at images elsewhere: with `?images=1` the frame shows them


@dataclass(frozen=True, slots=True)
class File:
    """One attachment. `inline_type` is set only for raster images that may be shown."""

    name: str
    data: bytes
    inline_type: str | None


def read_body(app: App, actor: Actor, message_id: str) -> BodyView:
    """Return the text of a message."""
    message = load(app, actor, message_id)
    return body_view(message_id, message_bodies.read(app, message_id, message))


def body_view(message_id: str, body: Mapping[str, Any]) -> BodyView:
    """Return a body, as it stands in the cache, as people read it."""
    return BodyView(
        id=message_id,
        visible=body["visible"],
        quoted=body["quoted"],
        signature=body["signature"],
        text=body["text"],
        has_html=bool(body["html"]),
        frame_url=f"/api/content/messages/{message_id}/frame",
        remote_images=asks_for_remote_images(body["html"]),
    )


def read_frame(
    app: App,
    actor: Actor,
    message_id: str,
    image_url: Callable[[str], str | None] | None = None,
) -> str:
    """Return a message as a safe HTML document for the frame; sanitised last, nothing edits it after.

    `image_url` gives our address of a remote image; without it there are none.
    """
    message = load(app, actor, message_id)
    body = message_bodies.read(app, message_id, message)
    parts = {a.content_id: a.part for a in message.attachments if a.content_id}

    def cid_url(content_id: str) -> str | None:
        part = parts.get(content_id)
        return f"/api/content/attachments/{message_id}/{part}" if part else None

    html = body["html"]
    safe = sanitize(html, cid_url=cid_url, image_url=image_url).html
    clean = safe if html else text_to_html(body["text"])
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        "<style>body{font:16px/1.5 system-ui,sans-serif;margin:8px;overflow-wrap:anywhere}"
        "img{max-width:100%;height:auto}.quoted>summary{cursor:pointer;color:#57606a}"
        ".host{color:#57606a}</style></head>"
        f'<body dir="auto">{clean}</body></html>'
    )


def read_attachment(app: App, actor: Actor, message_id: str, part: str) -> File:
    """Return the bytes of one attachment, read from Gmail."""
    message = load(app, actor, message_id)
    numbers = [i for i, a in enumerate(message.attachments) if a.part == part]
    if not numbers:
        raise NotFound("attachment.not_found")
    data = content(app.recent_mail.get(message_id, message).raw, part)
    if data is None:
        raise NotFound("attachment.not_found")
    fields = app.envelope.open(
        message.mailbox_id, place(messages.COLLECTION, message_id), message.sealed or ""
    )
    names = fields["names"]
    name = names[numbers[0]] if numbers[0] < len(names) else ""
    return File(name, data, raster_type(data))


def load(app: App, actor: Actor, message_id: str) -> Message:
    """Return the message if the actor may read it, the reading recorded.

    Raises NotFound("message.not_found"), Forbidden("permission.missing").
    """
    found = app.store.get(messages.COLLECTION, message_id)
    if found is None or found.data["state"] != "stored":
        raise NotFound("message.not_found")
    message = codec.from_document(Message, found.data)
    require_in(actor, Permission.CONTENT_READ, message.mailbox_id, "message.not_found")
    reading_record.record(app, actor, message.ticket_id, message.mailbox_id)
    return message
