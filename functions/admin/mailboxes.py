"""Routes of `admin`: mailboxes and their health."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import PageQuery, Request, Response
from shared.services.disconnecting import disconnects
from shared.services.disconnecting.disconnects import DisconnectView
from shared.services.mailboxes import mailboxes, pausing
from shared.services.mailboxes.mailboxes import MailboxPage, MailboxRow

routes = Routes("functions.admin")


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a mailbox: `paused` stops its mail and destroys nothing, `active` goes on."""

    state: Literal["active", "paused"]


@routes.get("/mailboxes", allow=Permission.MAILBOX_READ, query=PageQuery)
def list_mailboxes(request: Request, query: PageQuery) -> MailboxPage:
    """List the mailboxes that one may see, with their health."""
    return mailboxes.list_mailboxes(request.app, request.actor, query.limit, query.cursor)


@routes.get("/mailboxes/{mailbox_id}", allow=Permission.MAILBOX_READ)
def read_mailbox(request: Request) -> MailboxRow:
    """Return one mailbox with its health."""
    return mailboxes.read_mailbox(request.app, request.actor, request.path["mailbox_id"])


@routes.patch("/mailboxes/{mailbox_id}", allow=Permission.MAILBOX_CONNECT, body=Change)
def change_mailbox(request: Request, body: Change) -> MailboxRow:
    """Pause a mailbox or let it go on; If-Match names the version that the change was made against."""
    mailbox_id = request.path["mailbox_id"]
    version = request.expected_version()
    pausing.change_state(request.app, request.actor, mailbox_id, body.state, version)
    return mailboxes.read_mailbox(request.app, request.actor, mailbox_id)


@routes.get("/mailboxes/{mailbox_id}/disconnect", allow=Permission.ACCOUNT_SELF)
def read_disconnect(request: Request) -> DisconnectView:
    """Return what disconnecting a mailbox would destroy, or how far that is.

    For administrators, and for whoever connected the mailbox; `oauth` is asked to do it.
    """
    return disconnects.read(request.app, request.actor, request.path["mailbox_id"])


@routes.get("/mailboxes/{mailbox_id}/receipt", allow=Permission.ACCOUNT_SELF)
def download_receipt(request: Request) -> Response:
    """Download the signed receipt of a disconnect, which can be verified without the desk."""
    mailbox_id = request.path["mailbox_id"]
    text = disconnects.receipt(request.app, request.actor, mailbox_id)
    name = f"receipt-{mailbox_id}.txt"
    return Response(
        text,
        content_type="text/plain; charset=utf-8",
        headers=(("Content-Disposition", f'attachment; filename="{name}"'),),
    )
