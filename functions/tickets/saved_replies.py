"""Routes of `tickets`: replies that are used again."""

from __future__ import annotations

from dataclasses import dataclass

from shared import ids
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.replies import saved_replies, saved_reply_list, saved_reply_use
from shared.services.replies.saved_replies import NewSavedReply, SavedReplyChange, SavedReplyView
from shared.services.replies.saved_reply_list import SavedReplyPage
from shared.services.replies.saved_reply_use import RenderedReply

routes = Routes("functions.tickets")


@dataclass(frozen=True, slots=True)
class SavedReplyQuery:
    """Which saved replies to list: of a mailbox beside one's own, or of all; and how their name begins."""

    mailbox_id: str | None = None
    name: str = ""
    limit: int = 50
    cursor: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= 100:
            raise ValueError("limit")


@dataclass(frozen=True, slots=True)
class UseOnTicket:
    """The ticket for which a saved reply is filled."""

    ticket_id: str


@routes.get("/saved_replies", allow=Permission.REPLY_SEND, query=SavedReplyQuery)
def list_saved_replies(request: Request, query: SavedReplyQuery) -> SavedReplyPage:
    """List one's own saved replies and those of one's mailboxes, by name."""
    return saved_reply_list.list_saved_replies(
        request.app,
        request.actor,
        mailbox_id=query.mailbox_id,
        name=query.name,
        limit=query.limit,
        cursor=query.cursor,
    )


@routes.post("/saved_replies", allow=Permission.REPLY_SEND, body=NewSavedReply, status=201)
def create_saved_reply(request: Request, body: NewSavedReply) -> SavedReplyView:
    """Save a reply for oneself, or for everybody in a mailbox."""
    id = request.new_id(ids.SAVED_REPLY)
    return saved_replies.create(request.app, request.actor, id, body)


@routes.get("/saved_replies/{saved_reply_id}", allow=Permission.REPLY_SEND)
def read_saved_reply(request: Request) -> SavedReplyView:
    """Return a saved reply with its text, and how often it was used."""
    return saved_replies.read(request.app, request.actor, request.path["saved_reply_id"])


@routes.patch("/saved_replies/{saved_reply_id}", allow=Permission.REPLY_SEND, body=SavedReplyChange)
def change_saved_reply(request: Request, body: SavedReplyChange) -> SavedReplyView:
    """Change a saved reply; If-Match names the version that the change was made against."""
    id, version = request.path["saved_reply_id"], request.expected_version()
    return saved_replies.change(request.app, request.actor, id, body, version)


@routes.delete("/saved_replies/{saved_reply_id}", allow=Permission.REPLY_SEND, versioned=True)
def delete_saved_reply(request: Request) -> None:
    """Delete a saved reply; If-Match names the version that was seen."""
    id, version = request.path["saved_reply_id"], request.expected_version()
    saved_replies.delete(request.app, request.actor, id, version)


@routes.post(
    "/saved_replies/{saved_reply_id}/render", allow=Permission.REPLY_SEND, body=UseOnTicket
)
def render_saved_reply(request: Request, body: UseOnTicket) -> RenderedReply:
    """Fill a saved reply's placeholders for a ticket; nothing is sent."""
    id = request.path["saved_reply_id"]
    return saved_reply_use.render(request.app, request.actor, id, body.ticket_id)
