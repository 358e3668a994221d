"""Routes of `admin`: by which server a mailbox's replies go out."""

from __future__ import annotations

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.mailboxes import mailbox_sending
from shared.services.mailboxes.mailbox_sending import SendingView
from shared.smtp.contract import SmtpServer

routes = Routes("functions.admin")

_SMALL = 16_384


@routes.get("/mailboxes/{mailbox_id}/smtp", allow=Permission.MAILBOX_CONNECT)
def read_sending(request: Request) -> SendingView:
    """Return the SMTP server that a mailbox sends by, without its password; null where Gmail sends."""
    return mailbox_sending.show(request.app, request.actor, request.path["mailbox_id"])


@routes.patch(
    "/mailboxes/{mailbox_id}/smtp",
    allow=Permission.MAILBOX_CONNECT,
    body=SmtpServer,
    max_body_bytes=_SMALL,
)
def change_sending(request: Request, body: SmtpServer) -> SendingView:
    """Let a mailbox send by a server that has let us in; If-Match names the version of its settings."""
    mailbox_id, version = request.path["mailbox_id"], request.expected_version()
    return mailbox_sending.use(request.app, request.actor, mailbox_id, body, version)


@routes.delete("/mailboxes/{mailbox_id}/smtp", allow=Permission.MAILBOX_CONNECT, versioned=True)
def delete_sending(request: Request) -> SendingView:
    """Let a mailbox send by Gmail again; If-Match names the version of its settings."""
    mailbox_id, version = request.path["mailbox_id"], request.expected_version()
    return mailbox_sending.use_gmail(request.app, request.actor, mailbox_id, version)
