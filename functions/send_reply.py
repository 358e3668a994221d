"""Pub/Sub function `send_reply`, subscribed to the topic `reply-queued`.

Sends a reply at most once, and finds out what became of it where no answer says so.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import ReplyQueued
from shared.entry import subscriber
from shared.services.replies import sending


@subscriber(ReplyQueued)
def send_reply(app: App, event: ReplyQueued) -> None:
    """Do the reply's next step, unless it has moved on since."""
    sending.send(app, event)
