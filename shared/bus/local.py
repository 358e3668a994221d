"""The embedded bus: a durable queue in a file, for a developer's machine and the tests.

It publishes; `courier.py` delivers. It keeps every promise of the contract, and with a chaos seed it is
meaner than Pub/Sub usually is: every event is delivered twice at least, and in another order.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from shared.bus import envelope
from shared.bus.contract import DeadLetter, Event
from shared.bus.queue import DeliveryQueue
from shared.clock import Clock

_POLL_SECONDS: Final = 0.01


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where the events of a topic go: a POST to `url`, signed for `audience`.

    A delivery that is not answered in `ack_deadline_seconds` is made again.
    """

    name: str
    function: str
    url: str
    audience: str
    ack_deadline_seconds: float


class LocalBus:
    """A bus of the topics that `subscriptions` names; a path of None keeps it in memory.

    Several processes may publish to one file; a topic's subscriptions are those that the publishing
    process names.
    """

    def __init__(
        self,
        path: Path | None,
        subscriptions: Mapping[str, Sequence[Subscription]],
        clock: Clock,
        *,
        chaos_seed: int | None = None,
    ) -> None:
        self._clock = clock
        self._topics = {topic: [s.name for s in each] for topic, each in subscriptions.items()}
        self.subscriptions = {s.name: s for each in subscriptions.values() for s in each}
        deadlines = {s.name: s.ack_deadline_seconds for s in self.subscriptions.values()}
        self.queue = DeliveryQueue(path, deadlines, clock, chaos_seed=chaos_seed)
        self._listeners: list[Callable[[], None]] = []

    def publish(self, topic: str, event: Event, not_before: datetime | None = None) -> None:
        """Make one event durable; see the contract. Raises ValueError for a topic that does not exist."""
        now = self._clock.now()
        due = max(now, not_before or now)
        self._put(topic, [envelope.encode(event, delay=due - now)], due)

    def publish_all(self, topic: str, events: Sequence[Event]) -> None:
        """Make all events durable, in one transaction."""
        self._put(topic, [envelope.encode(event) for event in events], self._clock.now())

    def pending(self) -> int:
        """Return how many deliveries are owed, those of a later time included."""
        return self.queue.pending()

    def next_turn(self) -> datetime | None:
        """Return when the next delivery is to be made or repeated, or None where none is owed."""
        return self.queue.next_turn()

    def settle(self, timeout_seconds: float) -> bool:
        """Wait until every event whose time has come is acknowledged or dead; return whether it is.

        Events of a later `not_before` are not waited for. Time passes here even where the clock stands.
        """
        for _ in range(max(1, round(timeout_seconds / _POLL_SECONDS))):
            if not self.queue.unsettled():
                return True
            time.sleep(_POLL_SECONDS)
        return not self.queue.unsettled()

    def dead_letters(self, limit: int = 100, subscription: str | None = None) -> list[DeadLetter]:
        """Return the oldest `limit` dead letters of the last 31 days, of one subscription if named."""
        return self.queue.dead_letters(limit, subscription)

    def replay(self, dead_letter_id: str) -> None:
        """Deliver a dead letter again, to its subscription. Raises NotFound("dead_letter.not_found")."""
        self.queue.replay(dead_letter_id)
        self._tell()

    @contextmanager
    def listening(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call `listener` after each publish of this process, in the publishing thread."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    def close(self) -> None:
        """Close the file; what is owed stays in it."""
        self.queue.close()

    def _put(self, topic: str, events: Sequence[bytes], due: datetime) -> None:
        if topic not in self._topics:
            raise ValueError(f"no topic is called {topic}")
        self.queue.put(self._topics[topic], events, due)
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
