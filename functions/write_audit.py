"""Pub/Sub function `write_audit`, subscribed to the topic `audit-recorded`.

Creates audit entries in a database of its own, which no other function may write.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import AuditRecorded
from shared.entry import subscriber
from shared.services import audit_log


# What was published before a restore has to be in the removal ledger before that is repeated.
@subscriber(AuditRecorded, also_before_ready=True)
def write_audit(app: App, event: AuditRecorded) -> None:
    """Create the entry, once."""
    audit_log.write(app, event.id, event.entry)
