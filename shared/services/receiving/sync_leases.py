"""The right to move a mailbox's cursor: one run at a time, by a lease with a fence in the `sync` document.

A lease ends by itself, so that a run which dies blocks nobody for long; the fence tells a run that was
overtaken that the cursor is not its own any more. Whoever finds the mailbox busy leaves the mark `dirty`,
and the holder goes round again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared import codec
from shared.app import App
from shared.domain.events import MailboxChanged
from shared.domain.mailboxes import LEASE, SYNC, Sync, busy_until
from shared.errors import Unavailable
from shared.services.mailboxes import mailbox_access
from shared.store.contract import Data, Document, Filter, Query, Transaction, Value


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to move one mailbox's cursor."""

    mailbox_id: str
    fence: int
    sync: Sync


@dataclass(frozen=True, slots=True)
class Busy:
    """Another run works on this mailbox, or Gmail asked us to leave it alone until then."""

    mailbox_id: str
    until: datetime


class LeaseLost(Exception):
    """Another run took over: what it lists is its work."""


def take(app: App, change: MailboxChanged, *, mark: bool = False) -> Lease | Busy | None:
    """Take the lease where there is work; None where there is none, or somebody is told of it already.

    `mark` says that an event for the time after is on the bus: a busy mailbox is marked dirty, once.
    """
    address = change.address
    token = mailbox_access.address_token(app, address) if address is not None else None
    now = app.clock.now()

    def work(tx: Transaction) -> Lease | Busy | None:
        found = _find(tx, change, token)
        if found is None:
            return None
        sync = codec.from_document(Sync, found.data)
        stale = change.history_id is not None and change.history_id <= sync.cursor
        if not sync.active or stale:
            return None
        until = busy_until(sync, now)
        if until is None:
            changes: Data = {
                "fence": sync.fence + 1,
                "lease_until": now + LEASE,
                "dirty": False,
                "retry_at": None,
                "pushed_at": now if change.history_id is not None else sync.pushed_at,
            }
            tx.update(SYNC, found.id, changes)
            return Lease(found.id, sync.fence + 1, sync)
        if sync.dirty:
            return None
        if not mark:
            return Busy(found.id, until)
        tx.update(SYNC, found.id, {"dirty": True})
        return None

    return app.store.transact(work)


def commit(app: App, lease: Lease, changes: Data, *, last: bool = False) -> tuple[Sync, bool]:
    """Write what a page moved; return the document as it is now, and whether the lease was given back.

    On the last page it is given back, unless a push came meanwhile, and an error before it is over.
    Raises LeaseLost where another run holds the mailbox now.
    """

    def work(tx: Transaction) -> tuple[Sync, bool]:
        found = tx.get(SYNC, lease.mailbox_id)
        sync = codec.from_document(Sync, found.data) if found else None
        if found is None or sync is None or sync.fence != lease.fence:
            raise LeaseLost
        more: dict[str, Value] = dict(changes)
        if last:
            more |= {"dirty": False} if sync.dirty else {"lease_until": None}
            more |= {"last_error": None}
        if more:
            tx.update(SYNC, lease.mailbox_id, more)
        return codec.from_document(Sync, {**found.data, **more}), last and not sync.dirty

    return app.store.transact(work)


def give_back(app: App, lease: Lease) -> None:
    """Give the lease back after a failure, if that can be done: else it ends by itself."""
    try:
        commit(app, lease, {"lease_until": None})
    except (LeaseLost, Unavailable):
        return


def _find(tx: Transaction, change: MailboxChanged, address_token: str | None) -> Document | None:
    if change.mailbox_id is not None:
        return tx.get(SYNC, change.mailbox_id)
    active = (Filter("address_token", "==", address_token), Filter("active", "==", True))
    page = tx.query(Query(SYNC, active, limit=1))
    return page.documents[0] if page.documents else None
