"""Pub/Sub function `seal_audit`, subscribed to `audit-recorded` and ticked hourly: seals the audit log.

The only function that may use the key which signs the log's checkpoints.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import SealDue
from shared.entry import subscriber
from shared.services.audit import sealing


@subscriber(SealDue)
def seal_audit(app: App, event: SealDue) -> None:
    """Seal what has settled, at most once a minute; see to it that what has not will be."""
    if event.cause == "recorded":
        sealing.notice(app)
    elif event.cause == "woken":
        sealing.seal(app)
    else:
        sealing.beat(app)
