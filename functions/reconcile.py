"""Pub/Sub function `reconcile`, ticked hourly, and subscribed to its own topic `reconcile-due`.

Compares each mailbox's Gmail with what is stored, in bounded steps, asks for what is missing by the
ordinary way, and states the outcome under signature.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import ReconcileDue
from shared.entry import subscriber
from shared.services.reconciling import reconciliation


@subscriber(ReconcileDue)
def reconcile(app: App, event: ReconcileDue) -> None:
    """Begin what is due at a tick; do the step that any other event names."""
    if event.mailbox_id is None:
        reconciliation.tick(app)
    else:
        reconciliation.step(app, event.mailbox_id, event.step)
