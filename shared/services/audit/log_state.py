"""How the audit log stands: what was signed last, whether the witness agrees, whether an hour is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final, cast

from shared.app import App
from shared.audit import entry as entries
from shared.audit.events import Action
from shared.services.audit import sealed_log, witnessing
from shared.store.contract import Filter, Order, Query

OVERDUE: Final = timedelta(minutes=70)  # the hour strikes, is recorded, settles and is sealed


@dataclass(frozen=True, slots=True)
class LogState:
    """The state of the log.

    `witness` is "agrees" where it cosigned this very tree, "behind" where it has yet to see it, "ahead" where
    it has seen a larger one (the log was rolled back), "contradicts" where it saw another tree of this size,
    "none" before it has seen any. `gap` says that the last heartbeat is older than it may be.
    """

    EXAMPLE: ClassVar[dict[str, object]] = {"size": 1200, "copied": 1200, "witness": "agrees"}

    size: int
    sealed_at: datetime | None
    checkpoint: str | None
    copied: int
    minimum_index: int
    witness: str
    witnessed: int
    witnessed_at: datetime | None
    heartbeat_at: datetime | None
    gap: bool
    keys: tuple[str, ...]
    actions: tuple[str, ...]  # that the log knows, to search by


def read(app: App) -> LogState:
    """Return how the log stands. Four reads."""
    head = sealed_log.read_head(app.audit)
    memory = witnessing.read_memory(app.witness)
    beat = _last_beat(app)
    return LogState(
        size=head.size,
        sealed_at=head.sealed_at,
        checkpoint=sealed_log.read_checkpoint(app.audit, head.size) if head.size else None,
        copied=head.told_size,
        minimum_index=head.minimum_index,
        witness=_witness(head, memory),
        witnessed=memory.size if memory else 0,
        witnessed_at=memory.at if memory else None,
        heartbeat_at=beat,
        gap=head.size > 0 and (beat is None or app.clock.now() - beat > OVERDUE),
        keys=(*head.keys, *((memory.witness_key,) if memory else ())),
        actions=tuple(sorted(action.value for action in Action)),
    )


def _witness(head: sealed_log.Head, memory: witnessing.Memory | None) -> str:
    if memory is None:
        return "none"
    if memory.size == head.size:
        return "agrees" if memory.root == head.root else "contradicts"
    return "behind" if memory.size < head.size else "ahead"


def _last_beat(app: App) -> datetime | None:
    beats = (Filter("action", "==", Action.LOG_HEARTBEAT.value),)
    query = Query(entries.COLLECTION, beats, (Order("time", descending=True),), limit=1)
    found = app.audit.query(query).documents
    return cast("datetime", found[0].data["time"]) if found else None
