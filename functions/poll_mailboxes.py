"""Pub/Sub function `poll_mailboxes`, ticked every ten minutes.

Looks at every active mailbox, so that a push that Gmail lost costs minutes and no mail.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import Tick
from shared.entry import subscriber
from shared.services.receiving import history_sync


@subscriber(Tick)
def poll_mailboxes(app: App, event: Tick) -> None:
    """List the history of every active mailbox."""
    del event
    history_sync.poll(app)
