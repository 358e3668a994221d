"""Pub/Sub function `write_audit`, subscribed to the topic `audit-recorded`.

Creates audit entries in a database of its own, which no other function may write.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import AuditRecorded
from shared.entry import subscriber
from shared.services import audit_log


@subscriber(AuditRecorded)
def write_audit(app: App, event: AuditRecorded) -> None:
    """Create the entry, once."""
    audit_log.write(app, event.id, event.entry)
