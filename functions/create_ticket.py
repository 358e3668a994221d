"""Pub/Sub function `create_ticket`, subscribed to the topic `message-received`.

Fetches one message from Gmail and makes it part of a ticket, exactly once.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import MessageReceived
from shared.entry import subscriber
from shared.services.receiving import incoming_mail


@subscriber(MessageReceived)
def create_ticket(app: App, event: MessageReceived) -> None:
    """Record one Gmail message."""
    incoming_mail.take_in(app, event)
