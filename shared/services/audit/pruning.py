"""Pruning: whole bundles of the log whose last entry is older than the log is kept go, the oldest first.

Their entries and the hashes of their leaves are deleted; the tiles above them stay, so that every later root
still follows and every later entry is still proved (C2SP tlog-tiles, "Pruning"). First the head says that
they are no more part of what is shown, then they are deleted: a run that dies in between is finished by the
next. Only what was copied and told to the witness goes. The copies stay as long as their bucket says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, cast

from shared import codec
from shared.app import App
from shared.audit import entry as entries
from shared.audit.tree import WIDTH
from shared.errors import Unavailable
from shared.services.audit import sealed_log
from shared.services.audit.sealed_log import Head
from shared.store.contract import Transaction

BUNDLES_A_RUN: Final = 8  # 2,048 entries an hour at least, more than a small desk has in a day


def prune(app: App, head: Head) -> Head:
    """Prune what is too old under the sealer's lease; return the head as it is then. Mostly no read.

    Raises Unavailable("audit.sealing") where the lease was lost meanwhile.
    """
    too_old = app.clock.now() - timedelta(days=app.settings.audit_retention_days)
    for _ in range(BUNDLES_A_RUN):
        if head.forgotten_index == head.minimum_index:
            head = _dated(app, head)
            if head.oldest_until is None or head.oldest_until >= too_old:
                return head
            head = _hide(app, head)
        head = _forget(app, head)
    return head


def _dated(app: App, head: Head) -> Head:
    """Return the head with when the oldest bundle ended, once that is whole and out of the house."""
    whole = head.minimum_index + WIDTH <= min(head.told_size, head.size - 1)
    if head.oldest_until is not None or not whole:
        return head
    found = app.audit.get(*sealed_log.tile_key(0, head.minimum_index // WIDTH))
    if found is None:
        return head  # sealing tells of a tree that differs; nothing is deleted beside it
    return replace(head, oldest_until=cast("datetime", found.data["until"]))


def _hide(app: App, head: Head) -> Head:
    hidden = replace(head, minimum_index=head.minimum_index + WIDTH, oldest_until=None)
    return _written(app, head, hidden)


def _forget(app: App, head: Head) -> Head:
    """Delete the entries of the oldest bundle that is hidden, and the bundle."""
    key = sealed_log.tile_key(0, head.forgotten_index // WIDTH)
    found = app.audit.get(*key)
    ids = () if found is None else cast("Sequence[str]", found.data["ids"])
    doomed = [key, *((entries.COLLECTION, id) for id in ids)]
    after = replace(head, forgotten_index=head.forgotten_index + WIDTH)
    return _written(app, head, after, doomed)


def _written(app: App, before: Head, after: Head, doomed: Sequence[tuple[str, str]] = ()) -> Head:
    def work(tx: Transaction) -> None:
        current = sealed_log.read_head(tx)
        if current.fence != before.fence:
            raise Unavailable("audit.sealing")
        for collection, id in doomed:
            tx.delete(collection, id)
        tx.put(sealed_log.LOG, sealed_log.HEAD, codec.to_document(after))

    app.audit.transact(work)
    return after
