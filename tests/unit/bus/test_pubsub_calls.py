"""How the bus calls Pub/Sub and Cloud Tasks: how often, how long, and what it makes of their errors."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta

import grpc
import pytest

from local.emulated.cloud_tasks import CloudTasksServer
from shared.bus.cloud_tasks import CloudTasks
from shared.bus.pubsub import PubSubBus
from shared.clock import SystemClock
from shared.errors import Unavailable
from tests.unit.bus.publisher_server import PublisherServer

QUEUE = "projects/desk/locations/europe-west1/queues/later"
SERVICE_ACCOUNT = "gmail-push@desk.example.com"
CLOCK = SystemClock()


@pytest.fixture
def pubsub() -> Iterator[PublisherServer]:
    """Give a Pub/Sub that counts calls."""
    server = PublisherServer()
    yield server
    server.close()


@pytest.fixture
def tasks() -> Iterator[CloudTasksServer]:
    """Give a Cloud Tasks with one queue."""
    server = CloudTasksServer(QUEUE, [SERVICE_ACCOUNT])
    yield server
    server.close()


@pytest.fixture
def bus(pubsub: PublisherServer, tasks: CloudTasksServer) -> PubSubBus:
    """Give a bus over both, with a short deadline."""
    later = CloudTasks(QUEUE, SERVICE_ACCOUNT, client=tasks.client, timeout_seconds=2)
    return PubSubBus("desk", later, CLOCK, client=pubsub.client, timeout_seconds=2)


def test_500_events_are_one_call(bus: PubSubBus, pubsub: PublisherServer) -> None:
    """A page of history waits once for Pub/Sub, not 500 times."""
    bus.publish_all("message-received", [{"n": n} for n in range(500)])

    assert [len(call.messages) for call in pubsub.calls] == [500]
    assert pubsub.calls[0].topic == "projects/desk/topics/message-received"


def test_no_call_is_beyond_what_pubsub_takes(bus: PubSubBus, pubsub: PublisherServer) -> None:
    """At most 1,000 messages and 10 MB a call (the server refuses more), and none is left out."""
    bus.publish_all("message-received", [{"n": n} for n in range(2001)])
    bus.publish_all("message-received", [{"n": n, "pad": "x" * 200_000} for n in range(100)])

    small = [call for call in pubsub.calls if len(call.messages[0].data) < 1000]
    large = [call for call in pubsub.calls if len(call.messages[0].data) > 1000]
    assert [len(call.messages) for call in small] == [1000, 1000, 1]
    assert sum(len(call.messages) for call in large) == 100
    assert len(large) > 1


def test_a_passing_failure_is_tried_again(bus: PubSubBus, pubsub: PublisherServer) -> None:
    """A hiccup of Pub/Sub is not the caller's business."""

    def fail_once(number: int, context: grpc.ServicerContext) -> None:
        if number == 1:
            context.abort(grpc.StatusCode.UNAVAILABLE, "a connection broke")

    pubsub.fail = fail_once

    bus.publish("message-received", {"n": 1})

    assert len(pubsub.calls) == 2


@pytest.mark.parametrize(
    "status",
    [
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.INVALID_ARGUMENT,
    ],
)
def test_a_refusal_is_unavailable_at_once(
    bus: PubSubBus, pubsub: PublisherServer, status: grpc.StatusCode
) -> None:
    """What only an operator can mend is not tried again here, but the event must not be dropped."""
    pubsub.fail = lambda _number, context: context.abort(status, "refused: projects/desk")

    with pytest.raises(Unavailable) as caught:
        bus.publish("message-received", {"n": 1})

    assert (caught.value.code, caught.value.params) == ("bus.unavailable", {})
    assert len(pubsub.calls) == 1


def test_a_pubsub_that_hangs_is_not_waited_for(bus: PubSubBus, pubsub: PublisherServer) -> None:
    """A publish ends by its deadline, also where no answer comes at all."""
    release = threading.Event()
    pubsub.fail = lambda _number, _context: (release.wait(60), None)[1]

    with pytest.raises(Unavailable):
        bus.publish("message-received", {"n": 1})
    release.set()

    assert len(pubsub.calls) <= 2  # of two seconds each


def test_a_batch_of_which_a_part_failed_is_unavailable(
    bus: PubSubBus, pubsub: PublisherServer
) -> None:
    """The caller publishes all of it again, so no part may be told as done."""

    def fail_second(number: int, context: grpc.ServicerContext) -> None:
        if number == 2:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "refused")

    pubsub.fail = fail_second

    with pytest.raises(Unavailable):
        bus.publish_all("message-received", [{"n": n} for n in range(1500)])


def test_an_event_for_later_is_a_task_that_publishes_it(
    bus: PubSubBus, pubsub: PublisherServer, tasks: CloudTasksServer
) -> None:
    """The task calls Google's Pub/Sub as the function's own account, at the named time."""
    later = CLOCK.now() + timedelta(days=3)

    bus.publish("reply-queued", {"n": 1}, later)

    [task] = tasks.tasks
    request = task.http_request
    assert pubsub.calls == []
    assert task.schedule_time == later
    assert request.url == (
        "https://pubsub.googleapis.com/v1/projects/desk/topics/reply-queued:publish"
    )
    assert json.loads(request.body) == {"messages": [{"data": "eyJuIjoxfQ=="}]}
    assert request.oauth_token.service_account_email == SERVICE_ACCOUNT
    assert request.oauth_token.scope == "https://www.googleapis.com/auth/pubsub"
    assert not request.oidc_token


def test_a_queue_that_is_not_there_is_unavailable(
    pubsub: PublisherServer, tasks: CloudTasksServer
) -> None:
    """A queue without traffic for 30 days may answer so for minutes; the event must be tried again."""
    later = CloudTasks(f"{QUEUE}-2", SERVICE_ACCOUNT, client=tasks.client, timeout_seconds=2)
    bus = PubSubBus("desk", later, CLOCK, client=pubsub.client)

    with pytest.raises(Unavailable) as caught:
        bus.publish("reply-queued", {"n": 1}, CLOCK.now() + timedelta(hours=1))

    assert caught.value.code == "bus.unavailable"
