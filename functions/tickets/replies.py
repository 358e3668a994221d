"""Routes of `tickets`: replies, from the first draft until they are on their way."""

from __future__ import annotations

from dataclasses import dataclass

from shared import ids
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import PageQuery, Request
from shared.services.replies import reply_drafts, reply_queueing, reply_rows
from shared.services.replies.reply_drafts import Content, NewReply, Recipient
from shared.services.replies.reply_queueing import Decision, Queueing
from shared.services.replies.reply_rows import QueuedReply, ReplyPage, ReplyRow

routes = Routes("functions.tickets")

_SEND = Permission.REPLY_SEND
_ONE = "/{ticket_id}/replies/{reply_id}"


@dataclass(frozen=True, slots=True)
class Draft:
    """A new draft. What is left out is that of an answer: its recipients, its subject."""

    parent_message_id: str | None = None
    everybody: bool = False
    to: tuple[Recipient, ...] | None = None
    cc: tuple[Recipient, ...] | None = None
    bcc: tuple[Recipient, ...] | None = None
    sender: Recipient | None = None
    subject: str | None = None
    text: str | None = None
    html: str | None = None
    quotes: bool | None = None
    signs: bool | None = None
    upload_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a reply that may have been sent; `conversation` as for sending it once more."""

    decision: Decision
    conversation: int = 0
    anyway: bool = False


@routes.get("/{ticket_id}/replies", allow=_SEND, query=PageQuery)
def list_replies(request: Request, query: PageQuery) -> ReplyPage:
    """List the replies of a ticket that are neither sent nor thrown away, the newest first."""
    app, actor, ticket_id = request.app, request.actor, request.path["ticket_id"]
    return reply_rows.list_replies(app, actor, ticket_id, query.limit, query.cursor)


@routes.post("/{ticket_id}/replies", allow=_SEND, body=Draft, status=201)
def create_draft(request: Request, body: Draft) -> ReplyRow:
    """Begin a draft."""
    content = Content(
        body.to, body.cc, body.bcc, body.sender, body.subject, body.text, body.html,
        body.quotes, body.signs, body.upload_ids,
    )  # fmt: skip
    new = NewReply(body.parent_message_id, body.everybody, content)
    reply_id, ticket_id = request.new_id(ids.REPLY), request.path["ticket_id"]
    return reply_drafts.create(request.app, request.actor, reply_id, ticket_id, new)


@routes.get(_ONE, allow=_SEND)
def read_reply(request: Request) -> ReplyRow:
    """Return one reply."""
    return reply_rows.read_reply(request.app, request.actor, *_ids(request))


@routes.patch(_ONE, allow=_SEND, body=Content)
def change_draft(request: Request, body: Content) -> ReplyRow:
    """Save a draft; If-Match names the version that was changed."""
    version = request.expected_version()
    return reply_drafts.change(request.app, request.actor, *_ids(request), body, version)


@routes.delete(_ONE, allow=_SEND)
def discard_reply(request: Request) -> None:
    """Throw a reply away that was not sent."""
    reply_drafts.discard(request.app, request.actor, *_ids(request))


@routes.post(_ONE + "/queue", allow=_SEND, body=Queueing, versioned=True)
def queue_reply(request: Request, body: Queueing) -> QueuedReply:
    """Send a draft, after the time to undo or at a time of one's choice; If-Match names its version."""
    version = request.expected_version()
    return reply_queueing.queue(request.app, request.actor, *_ids(request), body, version)


@routes.post(_ONE + "/undo", allow=_SEND)
def undo_reply(request: Request) -> ReplyRow:
    """Make a draft again of a reply that was certainly not sent."""
    return reply_queueing.undo(request.app, request.actor, *_ids(request))


@routes.post(_ONE + "/retry", allow=_SEND, body=Queueing)
def retry_reply(request: Request, body: Queueing) -> QueuedReply:
    """Send a reply that failed, or that was held because somebody had written."""
    return reply_queueing.again(request.app, request.actor, *_ids(request), body)


@routes.post(_ONE + "/settle", allow=_SEND, body=Settlement)
def settle_reply(request: Request, body: Settlement) -> ReplyRow:
    """Say of a reply that may have been sent that it was, or send it once more."""
    how = Queueing(body.conversation, anyway=body.anyway, confirmed=True)
    return reply_queueing.settle(request.app, request.actor, *_ids(request), body.decision, how)


def _ids(request: Request) -> tuple[str, str]:
    return request.path["ticket_id"], request.path["reply_id"]
