"""Routes of `content`: the addresses that a mailbox may send from."""

from __future__ import annotations

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.mailboxes import senders
from shared.services.mailboxes.senders import SenderPage

routes = Routes("functions.content")


@routes.get("/mailboxes/{mailbox_id}/senders", allow=Permission.REPLY_SEND)
def list_senders(request: Request) -> SenderPage:
    """List the verified addresses that a mailbox may send from: only Gmail knows them."""
    return senders.list_senders(request.app, request.actor, request.path["mailbox_id"])
