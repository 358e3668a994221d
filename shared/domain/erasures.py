"""Erasing what is held on somebody, or all of a mailbox: work that goes on by itself, in bounded steps.

Each step is one delivery of an event that names the erasure and the step, and is committed together with
the event of the next one: a step that is delivered twice, or died half-way, is done once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

COLLECTION: Final = "erasures"


class ErasureKind(StrEnum):
    """What is erased; `retention` is what a mailbox's own rules say is too old."""

    PERSON = "person"  # somebody who works here
    CUSTOMER = "customer"
    MAILBOX = "mailbox"
    RETENTION = "retention"


class ErasureState(StrEnum):
    """Where an erasure stands."""

    RUNNING = "running"
    HELD = "held"  # a legal hold came meanwhile; it goes on the night after that is lifted
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Erasure:
    """The document of an erasure.

    `step` is the one that is due; it never goes back, so that an event of an earlier run means nothing.
    What came in after `requested_at` is not touched.
    `phase`, `cursor` and `item` are the kind's own: where its work goes on, at which ticket. `restored_at`
    is when a restore asked for it again; `again` is set when it then goes through everything a second time.
    `counts` is what was erased, by what it was. `receipt` is the signed statement that it was done.
    """

    kind: ErasureKind
    target_id: str
    requested_at: datetime
    requested_by: str  # a pseudonym, or a function's name
    state: ErasureState = ErasureState.RUNNING
    step: int = 0
    phase: str = ""
    cursor: str | None = None
    item: str | None = None
    restored_at: datetime | None = None
    again: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    finished_at: datetime | None = None
    receipt: str | None = None
    last_audit_id: str | None = None

    @property
    def active(self) -> bool:
        """Whether there is more to do."""
        return self.state is ErasureState.RUNNING

    def at(self, phase: str, cursor: str | None = None) -> Erasure:
        """Return an erasure that goes on there."""
        return replace(self, phase=phase, cursor=cursor)

    def counting(self, **more: int) -> Erasure:
        """Return an erasure that has erased so much more."""
        names = {*self.counts, *more}
        total = {name: self.counts.get(name, 0) + more.get(name, 0) for name in names}
        return replace(self, counts=dict(sorted(total.items())))

    def held(self) -> Erasure:
        """Return an erasure that waits for a legal hold to be lifted."""
        return replace(self, state=ErasureState.HELD)

    def done(self, now: datetime, receipt: str | None = None) -> Erasure:
        """Return an erasure that is over."""
        return replace(self, state=ErasureState.DONE, finished_at=now, receipt=receipt)


def erasure_id(kind: ErasureKind, target_id: str) -> str:
    """Return the id of the one erasure that there is of something."""
    return f"{kind.value}.{target_id}"
