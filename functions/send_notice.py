"""Pub/Sub function `send_notice`, subscribed to the topic `notice-due`.

Mails somebody that there is something for them on a ticket: which ticket and why, and nothing of it.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import NoticeDue
from shared.entry import subscriber
from shared.services.notifications import notice_mail


@subscriber(NoticeDue)
def send_notice(app: App, event: NoticeDue) -> None:
    """Send one mail for what one person is told of one ticket."""
    notice_mail.send(app, event.id)
