"""What the product asks of a message bus.

Promises of every implementation
- When `publish` or `publish_all` returns, every event is durable and will be delivered at least once to
  every subscription of the topic: perhaps twice, perhaps out of order, until a delivery is acknowledged.
- `publish_all` returns when all are durable. When it raises Unavailable, any part of them may be: the
  caller publishes all again, and handlers are idempotent.
- `not_before` (at most 30 days ahead) is kept to the second, never early; late by the queue's load.
- An event is delivered as the HTTP POST of a Pub/Sub push (JSON envelope, OIDC bearer token). Exactly
  the statuses 102, 200, 201, 202, 204 acknowledge; any other, or no answer in the subscription's ack
  deadline, is delivered again with exponential back-off of 10 to 600 s, and after 100 attempts kept as
  a dead letter of `dead-<subscription>` for 31 days. (https://cloud.google.com/pubsub/docs/push)
- An event is a JSON object of at most 256 KiB, of at most 64 KiB with `not_before`; its members hold ids,
  never addresses or content.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

MAX_DELAY: Final = timedelta(days=30)
MAX_EVENT_BYTES: Final = 262_144
MAX_LATER_EVENT_BYTES: Final = 65_536
MAX_ATTEMPTS: Final = 100
ACKNOWLEDGED: Final = frozenset({102, 200, 201, 202, 204})
DEAD_LETTERS_KEPT: Final = timedelta(days=31)

Event = Mapping[str, object]


class Bus(Protocol):
    """Publishes events; who receives them is said by functions/manifest.json."""

    def publish(self, topic: str, event: Event, not_before: datetime | None = None) -> None:
        """Make one event durable. Raises Unavailable("bus.unavailable"); ValueError beyond the limits."""
        ...

    def publish_all(self, topic: str, events: Sequence[Event]) -> None:
        """Make all events durable, as one wait; the order among them means nothing."""
        ...


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery to `subscription` that was given up after `attempts` attempts."""

    id: str
    subscription: str
    event: Event
    published_at: datetime
    attempts: int


class DeadLetters(Protocol):
    """Shows what could not be delivered, and delivers it again when an operator asks."""

    def dead_letters(
        self, limit: int = 100, subscription: str | None = None
    ) -> Sequence[DeadLetter]:
        """Return up to `limit` dead letters of the last 31 days, of one subscription if named.

        Raises Unavailable("bus.unavailable").
        """
        ...

    def replay(self, dead_letter_id: str) -> None:
        """Deliver a dead letter again, perhaps to every subscription of its topic.

        Raises NotFound("dead_letter.not_found"); Unavailable, after which it may be delivered and stay.
        """
        ...
