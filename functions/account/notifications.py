"""Routes of `account`: of what one is told, and how."""

from __future__ import annotations

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.notifications import own_notifications
from shared.services.notifications.own_notifications import NotificationChange, NotificationChoices

routes = Routes("functions.account")


@routes.get("/notifications", allow=Permission.ACCOUNT_SELF)
def read_choices(request: Request) -> NotificationChoices:
    """Return of what one is told, and how."""
    return own_notifications.show(request.app, request.actor)


@routes.patch("/notifications", allow=Permission.ACCOUNT_SELF, body=NotificationChange)
def change_choices(request: Request, body: NotificationChange) -> NotificationChoices:
    """Choose of what one is told, and how; If-Match names the version that it was chosen against."""
    return own_notifications.change(request.app, request.actor, body, request.expected_version())
