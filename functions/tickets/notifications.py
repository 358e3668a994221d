"""Routes of `tickets`: what one is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from shared import ids
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import PageQuery, Request
from shared.services.notifications import notification_inbox
from shared.services.notifications.notification_inbox import NotificationPage, Unread

routes = Routes("functions.tickets")


@dataclass(frozen=True, slots=True)
class Seen:
    """Which notifications were read; without `ids`, all."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {
        "ids": [ids.derived_id(ids.NOTIFICATION, "example")],
    }

    ids: tuple[str, ...] | None = None


@routes.get("/notifications", allow=Permission.ACCOUNT_SELF, query=PageQuery)
def list_notifications(request: Request, query: PageQuery) -> NotificationPage:
    """List what one was told, the newest first, and count what is unread."""
    return notification_inbox.list_notifications(
        request.app, request.actor, query.limit, query.cursor
    )


@routes.post("/notifications/read", allow=Permission.ACCOUNT_SELF, body=Seen)
def mark_notifications_read(request: Request, body: Seen) -> Unread:
    """Note that one has read these notifications, or all."""
    return notification_inbox.mark_read(request.app, request.actor, body.ids)
