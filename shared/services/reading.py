"""Reading the content of mail: from the cache while it lasts, else from Gmail, never without a trace.

Whoever reads content leaves one audit event a person, ticket and session in ten minutes, committed
before the content is returned.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import messages
from shared.domain.messages import Message
from shared.domain.places import place
from shared.errors import Conflict, NotFound, ProductError, TooMany, Unavailable
from shared.gmail.contract import GmailError, Gone, NeedsReauth, RawMessage, Throttled
from shared.mail.parse import content, parse
from shared.mail.sanitize import sanitize, text_to_html
from shared.permissions import Actor, Permission, require_in
from shared.services import audit_log, mailbox_access, outbox
from shared.services.message_facts import CachedBody, body_fields, cached_body, fold, whole
from shared.services.outbox import Outbox
from shared.store.contract import Document, Transaction

AUDITED_EVERY: Final = timedelta(minutes=10)
RETRY_AFTER: Final = timedelta(seconds=60)
_MARKS: Final = "throttle"  # short-lived marks share its clean-up

# What a browser may show in place of saving it, by the bytes that it begins with. No SVG: it can run.
_RASTER: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


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


@dataclass(frozen=True, slots=True)
class File:
    """One attachment. `inline_type` is set only for raster images that may be shown."""

    name: str
    data: bytes
    inline_type: str | None


def read_body(app: App, actor: Actor, message_id: str) -> BodyView:
    """Return the text of a message."""
    message = _load(app, actor, message_id)
    body = _body(app, message_id, message)
    return BodyView(
        id=message_id,
        visible=body["visible"],
        quoted=body["quoted"],
        signature=body["signature"],
        text=body["text"],
        has_html=bool(body["html"]),
        frame_url=f"/api/content/messages/{message_id}/frame",
    )


def read_frame(app: App, actor: Actor, message_id: str) -> str:
    """Return a message as a safe HTML document for the frame; sanitised last, nothing edits it after."""
    message = _load(app, actor, message_id)
    body = _body(app, message_id, message)
    parts = {a.content_id: a.part for a in message.attachments if a.content_id}

    def cid_url(content_id: str) -> str | None:
        part = parts.get(content_id)
        return f"/api/content/attachments/{message_id}/{part}" if part else None

    html = body["html"]
    clean = sanitize(html, cid_url=cid_url).html if html else text_to_html(body["text"])
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        "<style>body{font:16px/1.5 system-ui,sans-serif;margin:8px;overflow-wrap:anywhere}"
        "img{max-width:100%;height:auto}.quoted>summary{cursor:pointer;color:#57606a}"
        ".host{color:#57606a}</style></head>"
        f'<body dir="auto">{clean}</body></html>'
    )


def read_attachment(app: App, actor: Actor, message_id: str, part: str) -> File:
    """Return the bytes of one attachment, read from Gmail."""
    message = _load(app, actor, message_id)
    numbers = [i for i, a in enumerate(message.attachments) if a.part == part]
    if not numbers:
        raise NotFound("attachment.not_found")
    data = content(_fetch(app, message).raw, part)
    if data is None:
        raise NotFound("attachment.not_found")
    fields = app.envelope.open(
        message.mailbox_id, place(messages.COLLECTION, message_id), message.sealed or ""
    )
    names = fields["names"]
    name = names[numbers[0]] if numbers[0] < len(names) else ""
    inline = next((kind for magic, kind in _RASTER if data.startswith(magic)), None)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        inline = "image/webp"
    return File(name, data, inline)


def _load(app: App, actor: Actor, message_id: str) -> Message:
    """Return the message if the actor may read it, the reading recorded."""
    found = app.store.get(messages.COLLECTION, message_id)
    if found is None or found.data["state"] != "stored":
        raise NotFound("message.not_found")
    message = codec.from_document(Message, found.data)
    require_in(actor, Permission.CONTENT_READ, message.mailbox_id, "message.not_found")
    _record(app, actor, message)
    return message


def _record(app: App, actor: Actor, message: Message) -> None:
    now = app.clock.now()
    what = f"content.read|{actor.user_id}|{message.ticket_id}|{actor.session_id}"
    mark = hashlib.sha256(what.encode()).hexdigest()
    if _is_marked(app.store.get(_MARKS, mark), now):
        return

    def work(tx: Transaction, box: Outbox) -> None:
        if _is_marked(tx.get(_MARKS, mark), now):
            return
        tx.put(_MARKS, mark, {"kind": "content.read", "expires_at": now + AUDITED_EVERY})
        audit_log.record(
            app,
            box,
            Happened(
                Action.CONTENT_READ,
                audit_log.person(actor),
                Target("ticket", message.ticket_id, message.mailbox_id),
            ),
        )

    outbox.commit(app, work)


def _is_marked(found: Document | None, now: datetime) -> bool:
    """Say whether this reading is recorded already; an expired mark may still stand there."""
    if found is None:
        return False
    expires_at = found.data["expires_at"]
    return isinstance(expires_at, datetime) and expires_at > now


def _body(app: App, message_id: str, message: Message) -> Mapping[str, Any]:
    cached = app.store.get(messages.BODIES, message_id)
    if cached is not None:
        body = codec.from_document(CachedBody, cached.data)
        if body.expires_at > app.clock.now():
            opened: Mapping[str, Any] = app.envelope.open(
                message.mailbox_id, place(messages.BODIES, message_id), body.sealed
            )
            return opened
    mail = parse(_fetch(app, message).raw)
    seen = fold(mail) or whole(mail)
    fresh = cached_body(app, message_id, message.mailbox_id, mail, seen)
    if fresh is not None:
        app.store.transact(lambda tx: tx.put(messages.BODIES, message_id, codec.to_document(fresh)))
    return body_fields(mail, seen)


def _fetch(app: App, message: Message) -> RawMessage:
    try:
        return app.mailboxes(message.mailbox_id).message(message.gmail_id)
    except GmailError as error:
        if isinstance(
            error, Throttled
        ):  # the mailbox's brake is shared with those who take mail in
            until = error.retry_at or app.clock.now() + RETRY_AFTER
            mailbox_access.brake(app, message.mailbox_id, until)
        raise _refusal(app, error) from error


def _refusal(app: App, error: GmailError) -> ProductError:
    if isinstance(error, Gone):
        return NotFound("content.gone_from_gmail")
    if isinstance(error, NeedsReauth):
        return Conflict("mailbox.needs_reauth")
    if isinstance(error, Throttled):
        wait = 60
        if error.retry_at is not None:
            wait = max(1, int((error.retry_at - app.clock.now()).total_seconds()))
        return TooMany("gmail.throttled", retry_after_seconds=wait)
    return Unavailable("gmail.unavailable", reason=error.reason)
