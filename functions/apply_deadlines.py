"""Pub/Sub function `apply_deadlines`, ticked every minute: what is due is done.

Publishes again what a dying instance left in the outbox; deletes uploads that no reply took.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import Tick
from shared.entry import subscriber
from shared.services import outbox, uploads


@subscriber(Tick)
def apply_deadlines(app: App, event: Tick) -> None:
    """Sweep the outbox and the uploads."""
    del event
    outbox.sweep(app)
    uploads.sweep(app)
