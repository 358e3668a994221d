"""The trace of reading: one audit event a person, ticket and session in ten minutes, before the content."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.outbox import Outbox
from shared.store.contract import Document, Transaction

AUDITED_EVERY: Final = timedelta(minutes=10)
_MARKS: Final = "throttle"  # short-lived marks share its clean-up


def record(app: App, actor: Actor, ticket_id: str, mailbox_id: str) -> None:
    """Record that a person reads a ticket's content; returns when that is committed."""
    now = app.clock.now()
    what = f"content.read|{actor.user_id}|{ticket_id}|{actor.session_id}"
    mark = hashlib.sha256(what.encode()).hexdigest()
    if _is_marked(app.store.get(_MARKS, mark), now):
        return

    def work(tx: Transaction, box: Outbox) -> None:
        if _is_marked(tx.get(_MARKS, mark), now):
            return
        tx.put(_MARKS, mark, {"kind": "content.read", "expires_at": now + AUDITED_EVERY})
        audit_log.record(
            app,
            box,
            Happened(
                Action.CONTENT_READ,
                audit_log.person(actor),
                Target("ticket", ticket_id, mailbox_id),
            ),
        )

    outbox.commit(app, work)


def _is_marked(found: Document | None, now: datetime) -> bool:
    """Say whether this reading is recorded already; an expired mark may still stand there."""
    if found is None:
        return False
    expires_at = found.data["expires_at"]
    return isinstance(expires_at, datetime) and expires_at > now
