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
- An event is a JSON object of at most 256 KiB; its members hold ids, never addresses or content.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

MAX_DELAY: Final = timedelta(days=30)
MAX_EVENT_BYTES: Final = 262_144
MAX_ATTEMPTS: Final = 100
ACKNOWLEDGED: Final = frozenset({102, 200, 201, 202, 204})

Event = Mapping[str, object]


class Bus(Protocol):
    """Publishes events; who receives them is said by functions/manifest.json."""

    def publish(self, topic: str, event: Event, not_before: datetime | None = None) -> None:
        """Make one event durable. Raises Unavailable("bus.unavailable"); ValueError beyond the limits."""
        ...

    def publish_all(self, topic: str, events: Sequence[Event]) -> None:
        """Make all events durable, as one wait; the order among them means nothing."""
        ...
