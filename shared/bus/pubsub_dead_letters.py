"""The dead letters of Pub/Sub: messages in the subscriptions `dead-<subscription>`, for 31 days.

Pub/Sub has no list: messages are pulled, looked at, and let go, so that they come again. A message that
somebody else looks at in this moment is missing from the list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Final

from google.api_core.exceptions import DeadlineExceeded
from google.pubsub_v1 import PublisherClient, PubsubMessage, ReceivedMessage, SubscriberClient

from shared.bus.contract import DeadLetter
from shared.bus.envelope import decode
from shared.bus.google_calls import retrying, translated
from shared.clock import from_text
from shared.errors import NotFound

# https://cloud.google.com/pubsub/docs/handling-failures#track_delivery_attempts
_ATTEMPTS: Final = "CloudPubSubDeadLetterSourceDeliveryCount"
_PUBLISHED: Final = "CloudPubSubDeadLetterSourceTopicPublishTime"
_MESSAGES_A_PULL: Final = 100
_MESSAGES_A_REPLAY: Final = 1000


def subscriptions(manifest: Path) -> dict[str, str]:
    """Return the topic of each push subscription by its name, as infra/pubsub.tf names them."""
    rows = json.loads(manifest.read_text("utf-8"))["functions"]
    return {
        f"{name.replace('_', '-')}.{topic}": topic
        for name, row in rows.items()
        for topic in row.get("topics", ())
    }


class PubSubDeadLetters:
    """The dead letters of one project; `topics` names the topic of each subscription that may have some.

    The clients are for tests. A pull waits at most `timeout_seconds` for a first message.
    """

    def __init__(
        self,
        project: str,
        topics: Mapping[str, str],
        *,
        subscriber: SubscriberClient | None = None,
        publisher: PublisherClient | None = None,
        timeout_seconds: float = 5,
    ) -> None:
        self._project = project
        self._topics = topics
        self._timeout_seconds = timeout_seconds
        if subscriber is not None:
            self._subscriber = subscriber
        if publisher is not None:
            self._publisher = publisher

    def dead_letters(self, limit: int = 100, subscription: str | None = None) -> list[DeadLetter]:
        """Return up to `limit` dead letters, subscription by subscription, or of one if named.

        All subscriptions are asked at once: one that has nothing answers when its time is over.
        """
        names = [name for name in self._topics if subscription in (None, name)]
        if not names:
            return []
        with ThreadPoolExecutor(max_workers=len(names)) as at_once:
            found = at_once.map(lambda name: self._of(name, limit), names)
            return [letter for letters in found for letter in letters][:limit]

    def replay(self, dead_letter_id: str) -> None:
        """Publish a dead letter to its topic again, and forget it.

        Every subscription of the topic gets it; handlers know what they have done. Looks at 1,000 messages
        at most. Raises NotFound("dead_letter.not_found").
        """
        subscription, _, message_id = dead_letter_id.partition("/")
        if subscription not in self._topics:
            raise NotFound("dead_letter.not_found")
        with self._held(subscription, _MESSAGES_A_REPLAY) as messages:
            for held in messages:
                if held.message.message_id == message_id:
                    self._publish(self._topics[subscription], held.message.data)
                    self._forget(subscription, held.ack_id)
                    return
        raise NotFound("dead_letter.not_found")

    def _of(self, subscription: str, limit: int) -> list[DeadLetter]:
        with self._held(subscription, limit) as messages:
            return [_dead_letter(subscription, held.message) for held in messages]

    @cached_property
    def _subscriber(self) -> SubscriberClient:
        return SubscriberClient()

    @cached_property
    def _publisher(self) -> PublisherClient:
        return PublisherClient()

    @contextmanager
    def _held(self, subscription: str, enough: int) -> Iterator[list[ReceivedMessage]]:
        """Yield the messages that are there, `enough` or a few more, and let go of them at the end."""
        messages: list[ReceivedMessage] = []
        try:
            while len(messages) < enough and (more := self._pull(subscription)):
                messages += more
            yield messages
        finally:
            if messages:
                with translated():
                    self._subscriber.modify_ack_deadline(
                        subscription=self._path(subscription),
                        ack_ids=[held.ack_id for held in messages],
                        ack_deadline_seconds=0,
                        timeout=self._timeout_seconds,
                    )

    def _pull(self, subscription: str) -> Sequence[ReceivedMessage]:
        with translated():
            try:
                answer = self._subscriber.pull(
                    subscription=self._path(subscription),
                    max_messages=_MESSAGES_A_PULL,
                    retry=None,
                    timeout=self._timeout_seconds,
                )
            except DeadlineExceeded:  # there is nothing to wait for
                return []
            return answer.received_messages

    def _publish(self, topic: str, data: bytes) -> None:
        with translated():
            self._publisher.publish(
                topic=f"projects/{self._project}/topics/{topic}",
                messages=[PubsubMessage(data=data)],
                retry=retrying(self._timeout_seconds),
                timeout=self._timeout_seconds,
            )

    def _forget(self, subscription: str, ack_id: str) -> None:
        with translated():
            self._subscriber.acknowledge(
                subscription=self._path(subscription),
                ack_ids=[ack_id],
                retry=retrying(self._timeout_seconds),
                timeout=self._timeout_seconds,
            )

    def _path(self, subscription: str) -> str:
        return f"projects/{self._project}/subscriptions/dead-{subscription}"


def _dead_letter(subscription: str, message: PubsubMessage) -> DeadLetter:
    attributes = message.attributes
    return DeadLetter(
        id=f"{subscription}/{message.message_id}",
        subscription=subscription,
        event=decode(message.data),
        published_at=from_text(attributes[_PUBLISHED]),
        attempts=int(attributes[_ATTEMPTS]),
    )
