"""Pub/Sub function `apply_deadlines`, ticked every minute: what is due is done.

Publishes again what a dying instance left in the outbox.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import Tick
from shared.entry import subscriber
from shared.services import outbox


@subscriber(Tick)
def apply_deadlines(app: App, event: Tick) -> None:
    """Sweep the outbox."""
    del event
    outbox.sweep(app)
