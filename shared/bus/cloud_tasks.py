"""Later delivery: a Cloud Tasks task that publishes an event to Pub/Sub when its time has come.

The task calls Pub/Sub, not the function. So an event for later is delivered like any other: to every
subscription of its topic, with Pub/Sub's retries and dead letters, where Cloud Tasks would drop it after
its own last attempt. And it acts as the publishing function's own service account: a right to act as the
account that signs pushes would let any function that publishes call every other with a body of its choice.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from shared.bus.google_calls import retrying, translated

if TYPE_CHECKING:
    from google.cloud.tasks_v2 import CloudTasksClient, Task

PUBSUB: Final = "https://pubsub.googleapis.com"
SCOPE: Final = "https://www.googleapis.com/auth/pubsub"


class CloudTasks:
    """Keeps events in the queue `projects/P/locations/L/queues/Q` until they are to be published.

    `service_account` is whom the task acts as: it publishes to the topics, and the function may act as it.
    The queue's own retries have no limit of attempts. `client` and `pubsub` are for tests. Every call ends
    within `timeout_seconds`, retries included.
    """

    def __init__(
        self,
        queue: str,
        service_account: str,
        *,
        client: CloudTasksClient | None = None,
        pubsub: str = PUBSUB,
        timeout_seconds: float = 10,
    ) -> None:
        self._queue = queue
        self._service_account = service_account
        self._pubsub = pubsub
        self._timeout_seconds = timeout_seconds
        if client is not None:
            self._client = client

    def publish(self, topic_path: str, data: bytes, not_before: datetime) -> None:
        """Make durable that `data` is published to `projects/P/topics/T` at `not_before`, never earlier.

        Raises Unavailable("bus.unavailable"), after which the task may stand all the same.
        """
        with translated():
            self._client.create_task(
                parent=self._queue,
                task=self._task(topic_path, data, not_before),
                retry=retrying(self._timeout_seconds),
                timeout=self._timeout_seconds,
            )

    @cached_property
    def _client(self) -> CloudTasksClient:
        from google.cloud.tasks_v2 import CloudTasksClient  # noqa: PLC0415  few functions need it

        return CloudTasksClient()

    def _task(self, topic_path: str, data: bytes, not_before: datetime) -> Task:
        from google.cloud.tasks_v2 import HttpMethod, HttpRequest, OAuthToken, Task  # noqa: PLC0415

        message = {"data": base64.b64encode(data).decode()}
        return Task(
            schedule_time=not_before,
            http_request=HttpRequest(
                url=f"{self._pubsub}/v1/{topic_path}:publish",
                http_method=HttpMethod.POST,
                headers={"Content-Type": "application/json"},
                body=json.dumps({"messages": [message]}).encode(),
                oauth_token=OAuthToken(service_account_email=self._service_account, scope=SCOPE),
            ),
        )
