"""Topics and subscriptions, made from functions/manifest.json as infra/pubsub.tf makes them.

But for two members that the emulator does not know: a retention of 31 days, and the token of a push.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from google.pubsub_v1 import (
    DeadLetterPolicy,
    PublisherClient,
    PushConfig,
    RetryPolicy,
    SubscriberClient,
    Subscription,
)

from local.manifest import FunctionRow
from shared.bus.contract import MAX_ATTEMPTS

_MINIMUM_BACKOFF: Final = timedelta(seconds=10)
_MAXIMUM_BACKOFF: Final = timedelta(seconds=600)


def make(
    publisher: PublisherClient,
    subscriber: SubscriberClient,
    project: str,
    functions: Iterable[FunctionRow],
    push_url: str,
) -> int:
    """Make what the functions publish to and are subscribed to; returns how many subscriptions push.

    Those of a function push to <push_url>/<function>.
    """
    rows = list(functions)
    topics = {topic for row in rows for topic in (*row.topics, *row.publishes)}
    for topic in sorted(topics):
        publisher.create_topic(name=_topic(project, topic))
    count = 0
    for row in rows:
        for name, topic in row.subscriptions.items():
            _keep_dead_letters(publisher, subscriber, project, name)
            subscriber.create_subscription(
                request=Subscription(
                    name=_subscription(project, name),
                    topic=_topic(project, topic),
                    ack_deadline_seconds=row.timeout + 30,
                    push_config=PushConfig(push_endpoint=f"{push_url}/{row.name}"),
                    retry_policy=RetryPolicy(
                        minimum_backoff=_MINIMUM_BACKOFF, maximum_backoff=_MAXIMUM_BACKOFF
                    ),
                    dead_letter_policy=DeadLetterPolicy(
                        dead_letter_topic=_topic(project, f"dead-{name}"),
                        max_delivery_attempts=MAX_ATTEMPTS,
                    ),
                )
            )
            count += 1
    return count


def _keep_dead_letters(
    publisher: PublisherClient, subscriber: SubscriberClient, project: str, name: str
) -> None:
    publisher.create_topic(name=_topic(project, f"dead-{name}"))
    subscriber.create_subscription(
        request=Subscription(
            name=_subscription(project, f"dead-{name}"),
            topic=_topic(project, f"dead-{name}"),
            ack_deadline_seconds=60,
        )
    )


def _topic(project: str, name: str) -> str:
    return f"projects/{project}/topics/{name}"


def _subscription(project: str, name: str) -> str:
    return f"projects/{project}/subscriptions/{name}"
