"""Pub/Sub function `renew_watches`, ticked daily: Gmail ends a watch after seven days."""

from __future__ import annotations

from shared.app import App
from shared.domain.events import Tick
from shared.entry import subscriber
from shared.services.mailboxes import watching


@subscriber(Tick)
def renew_watches(app: App, event: Tick) -> None:
    """Renew the watch of every active mailbox."""
    del event
    watching.renew_watches(app)
