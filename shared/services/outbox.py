"""Changes and their events, committed together.

An event that must not be missing is written to `outbox` in the transaction that made the change, and
published after the commit. Publishing only after the commit loses the event when the instance dies in
between; publishing only before announces what may not happen. What was left behind is published again
by `sweep`, which apply_deadlines calls every minute; whoever consumes an event deletes its row.
An event for later stands there until its time, and the sweep leaves it alone till then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from shared import log
from shared.app import App
from shared.errors import Unavailable
from shared.store.contract import SERVER_TIME, Filter, Order, Query, Transaction

T = TypeVar("T")

COLLECTION: Final = "outbox"
SWEPT_AFTER: Final = timedelta(seconds=60)
_READS: Final = 30  # of what one transaction may find cold: the mailboxes of many tickets
_SWEEP_PAGE: Final = 100
_SWEEP_PAGES: Final = 10  # rows that nobody takes must not hide those behind them


class NotYetRead(Exception):
    """Raised in a transaction that needs what is read outside of it; `read` brings it into memory.

    A transaction may not read once it has written, nor ask the store itself. What is remembered in memory
    and happens to be cold there is read between two attempts.
    """

    def __init__(self, read: Callable[[], object]) -> None:
        super().__init__()
        self.read = read


@dataclass(slots=True)
class Outbox:
    """The events of one transaction; a fresh one for each attempt of it."""

    _tx: Transaction
    added: list[tuple[str, Mapping[str, Any], datetime | None]] = field(default_factory=list)

    def add(
        self, id: str, topic: str, event: Mapping[str, Any], not_before: datetime | None = None
    ) -> None:
        """Write an event's row; `id` is also known to whoever consumes it."""
        due_at = SERVER_TIME if not_before is None else not_before
        self._tx.create(COLLECTION, id, {"topic": topic, "event": dict(event), "due_at": due_at})
        self.added.append((topic, event, not_before))


def commit(app: App, work: Callable[[Transaction, Outbox], T]) -> T:
    """Run `work` in a transaction of app.store, then publish what it put into the outbox.

    A publish that fails is left to the sweep: the change is done and must not be reported as failed.
    """
    outboxes: list[Outbox] = []

    def attempt(tx: Transaction) -> T:
        outboxes.append(Outbox(tx))
        return work(tx, outboxes[-1])

    result = _transact(app, attempt)
    for topic, event, not_before in outboxes[-1].added:
        try:
            app.bus.publish(topic, event, not_before)
        except Unavailable as error:
            log.event("WARNING", "outbox.left_to_sweep", topic=topic, code=error.code)
    return result


def _transact(app: App, attempt: Callable[[Transaction], T]) -> T:
    for _ in range(_READS):
        try:
            return app.store.transact(attempt)
        except NotYetRead as missing:
            missing.read()
    return app.store.transact(attempt)


def sweep(app: App, *, older_than: timedelta = SWEPT_AFTER) -> int:
    """Publish again what has been due for a minute, the oldest first; returns how many."""
    before = app.clock.now() - older_than
    query = Query(
        COLLECTION,
        (Filter("due_at", "<", before),),
        (Order("due_at"),),
        limit=_SWEEP_PAGE,
    )
    published = 0
    for _ in range(_SWEEP_PAGES):
        page = app.store.query(query)
        for row in page.documents:
            topic, event = row.data["topic"], row.data["event"]
            if isinstance(topic, str) and isinstance(event, Mapping):
                app.bus.publish(topic, event)
                published += 1
        if page.next is None:
            break
        query = replace(query, cursor=page.next)
    return published
