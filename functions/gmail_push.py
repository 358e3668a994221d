"""Pub/Sub function `gmail_push`, subscribed to the topic `gmail-push`.

Gmail says that a mailbox changed; this lists what, and publishes one event for each candidate message.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import MailboxChanged
from shared.entry import subscriber
from shared.services.receiving import history_sync


@subscriber(MailboxChanged)
def gmail_push(app: App, event: MailboxChanged) -> None:
    """List the mailbox's history from its cursor."""
    history_sync.notice(app, event)
