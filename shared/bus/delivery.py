"""What the local bus knows of one delivery: how it is taken, what became of it, when it is repeated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.bus.contract import MAX_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how far apart a delivery is repeated; Pub/Sub's values unless told otherwise."""

    minimum_seconds: float = 10
    maximum_seconds: float = 600
    attempts: int = MAX_ATTEMPTS

    def delay(self, attempt: int) -> timedelta:
        """Return the wait after the failed attempt of this number (1 for the first)."""
        doubled = self.minimum_seconds * 2 ** min(attempt - 1, 32)
        return timedelta(seconds=min(doubled, self.maximum_seconds))


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery that this process has taken on; `attempt` is 1 for the first, `data` the event's JSON."""

    row: int
    subscription: str
    message_id: str
    data: bytes
    published_at: datetime
    attempt: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a delivery."""

    delivery: Delivery
    acknowledged: bool
