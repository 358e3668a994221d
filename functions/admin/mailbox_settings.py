"""Routes of `admin`: how a mailbox is worked in."""

from __future__ import annotations

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.mailboxes import mailbox_settings
from shared.services.mailboxes.mailbox_settings import SettingsChange, SettingsView

routes = Routes("functions.admin")

_SMALL = 65_536


@routes.get("/mailboxes/{mailbox_id}/settings", allow=Permission.MAILBOX_READ)
def read_mailbox_settings(request: Request) -> SettingsView:
    """Return a mailbox's hours, promised times, what goes out by itself, and its texts."""
    return mailbox_settings.read(request.app, request.actor, request.path["mailbox_id"])


@routes.patch(
    "/mailboxes/{mailbox_id}/settings",
    allow=Permission.SETTINGS_MANAGE,
    body=SettingsChange,
    max_body_bytes=_SMALL,
)
def change_mailbox_settings(request: Request, body: SettingsChange) -> SettingsView:
    """Change a mailbox's settings; If-Match "0" where nobody has changed them before."""
    mailbox_id, version = request.path["mailbox_id"], request.expected_version()
    return mailbox_settings.change(request.app, request.actor, mailbox_id, body, version)
