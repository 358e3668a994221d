"""The bus on Google Cloud Pub/Sub; what is for later waits in Cloud Tasks, which then publishes it.

The generated client is used, not the batching one on top of it: a publish is then one call with one
deadline in the caller's thread. Nothing waits for company in a batch, and no background thread is left
to an instance that gets no processor between requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Final

from google.pubsub_v1 import PublisherClient, PubsubMessage

from shared.bus import envelope
from shared.bus.cloud_tasks import CloudTasks
from shared.bus.contract import Event
from shared.bus.google_calls import retrying, translated
from shared.clock import Clock

# 1,000 messages and 10 MB a call: https://cloud.google.com/pubsub/quotas#resource_limits
_MESSAGES_A_CALL: Final = 1000
_BYTES_A_CALL: Final = 9_000_000


class PubSubBus:
    """Publishes to the topics of one project; `later` keeps what has a `not_before`.

    `client` is for tests; without it one is built at the first publish, with the credentials of the
    function. Every call ends within `timeout_seconds`, retries included.
    """

    def __init__(
        self,
        project: str,
        later: CloudTasks,
        clock: Clock,
        *,
        client: PublisherClient | None = None,
        timeout_seconds: float = 10,
    ) -> None:
        self._project = project
        self._later = later
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        if client is not None:
            self._client = client

    def publish(self, topic: str, event: Event, not_before: datetime | None = None) -> None:
        """Make one event durable; see the contract."""
        now = self._clock.now()
        if not_before is None or not_before <= now:
            self._send(topic, [envelope.encode(event)])
        else:
            data = envelope.encode(event, delay=not_before - now)
            self._later.publish(self._path(topic), data, not_before)

    def publish_all(self, topic: str, events: Sequence[Event]) -> None:
        """Make all events durable, in as few calls as Pub/Sub allows."""
        for batch in _batches([envelope.encode(event) for event in events]):
            self._send(topic, batch)

    @cached_property
    def _client(self) -> PublisherClient:
        return PublisherClient()

    def _send(self, topic: str, events: Sequence[bytes]) -> None:
        with translated():
            self._client.publish(
                topic=self._path(topic),
                messages=[PubsubMessage(data=event) for event in events],
                retry=retrying(self._timeout_seconds),
                timeout=self._timeout_seconds,
            )

    def _path(self, topic: str) -> str:
        return f"projects/{self._project}/topics/{topic}"


def _batches(events: Sequence[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for event in events:
        if batch and (len(batch) == _MESSAGES_A_CALL or size + len(event) > _BYTES_A_CALL):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += len(event)
    if batch:
        yield batch
