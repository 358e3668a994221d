"""The trace of reading: one audit event a person, ticket and session in ten minutes, before the content."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final

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
    happened = Happened(
        Action.CONTENT_READ,
        audit_log.person(actor),
        Target("ticket", ticket_id, mailbox_id),
        **_purpose(actor, mailbox_id),
    )
    _once(app, actor, ticket_id, happened)


def record_glass(app: App, actor: Actor, place: str, ticket_id: str | None) -> None:
    """Record that a person asked for what they see by break-glass only; returns when that is committed.

    `place` is the route. A list is recorded with the mailbox that it may hold tickets of.
    """
    assert actor.glass is not None
    for mailbox_id in sorted(actor.glass.read):
        target = Target("ticket" if ticket_id else "mailbox", ticket_id or mailbox_id, mailbox_id)
        happened = Happened(
            Action.BREAK_GLASS_READ,
            audit_log.person(actor),
            target,
            changes=({"field": "route", "before": None, "after": place},),
            **_purpose(actor, mailbox_id),
        )
        _once(app, actor, f"{place}|{target.id}", happened)


def _purpose(actor: Actor, mailbox_id: str) -> dict[str, Any]:
    """Return what an entry says of a reading by break-glass."""
    grant = None if actor.glass is None else actor.glass.grants.get(mailbox_id)
    if grant is None or mailbox_id in actor.mailbox_ids:
        return {}
    return {"purpose": grant.id, "on_behalf_of": grant.consented_by}


def _once(app: App, actor: Actor, what: str, happened: Happened) -> None:
    """Commit an event, unless the same was recorded of this session in the last ten minutes."""
    now = app.clock.now()
    what = f"{happened.action}|{actor.user_id}|{what}|{actor.session_id}|{happened.purpose}"
    mark = hashlib.sha256(what.encode()).hexdigest()
    if _is_marked(app.store.get(_MARKS, mark), now):
        return

    def work(tx: Transaction, box: Outbox) -> None:
        if _is_marked(tx.get(_MARKS, mark), now):
            return
        tx.put(_MARKS, mark, {"kind": happened.action, "expires_at": now + AUDITED_EVERY})
        audit_log.record(app, box, happened)

    outbox.commit(app, work)


def _is_marked(found: Document | None, now: datetime) -> bool:
    """Say whether this reading is recorded already; an expired mark may still stand there."""
    if found is None:
        return False
    expires_at = found.data["expires_at"]
    return isinstance(expires_at, datetime) and expires_at > now
