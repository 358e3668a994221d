"""What the courier of the local bus does beside the contract: order, waits, deadlines, envelope."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

import pytest

from shared.bus.courier import Courier
from shared.bus.envelope import Received
from tests.stopped_clock import StoppedClock
from tests.unit.bus.handler import ACK_DEADLINE_SECONDS, SIGNER, URL, Handler, a_bus


def test_a_round_delivers_in_the_order_of_publishing(clock: StoppedClock, handler: Handler) -> None:
    """Where nothing fails and nothing waits, tests can rely on the order."""
    bus = a_bus(clock)
    bus.publish_all("message-received", [{"n": n} for n in range(5)])

    made = Courier(bus, handler, SIGNER, clock).deliver_due()

    assert made == 5
    assert handler.numbers == [0, 1, 2, 3, 4]
    assert bus.pending() == 0


def test_a_round_leaves_what_its_handlers_publish_for_the_next(
    clock: StoppedClock, handler: Handler
) -> None:
    """A handler that always publishes makes rounds, not one round without an end."""
    bus = a_bus(clock)

    def publish_more(received: Received) -> int:
        bus.publish("message-received", {"n": received.event["n"]})
        return 204

    handler.answer = publish_more
    bus.publish("message-received", {"n": 0})
    courier = Courier(bus, handler, SIGNER, clock)

    assert [courier.deliver_due() for _ in range(3)] == [1, 1, 1]


def test_repetitions_come_after_10_seconds_doubling_to_600(
    clock: StoppedClock, handler: Handler
) -> None:
    """The waits between attempts are those of a Pub/Sub retry policy of 10 to 600 s."""
    bus = a_bus(clock)
    handler.answer = lambda _: 503
    bus.publish("message-received", {"n": 0})
    courier = Courier(bus, handler, SIGNER, clock)
    waits = []

    for _ in range(9):
        assert courier.deliver_due() == 1
        turn = bus.next_turn()
        assert turn is not None
        waits.append((turn - clock.now()).total_seconds())
        clock.advance(waits[-1] - 0.001)
        assert courier.deliver_due() == 0
        clock.advance(0.001)

    assert waits == [10, 20, 40, 80, 160, 320, 600, 600, 600]


def test_exactly_five_statuses_acknowledge(clock: StoppedClock, handler: Handler) -> None:
    """Every other status that HTTP can carry is a nack."""
    bus = a_bus(clock)
    handler.answer = lambda received: int(str(received.event["n"]))
    statuses = range(100, 600)
    bus.publish_all("message-received", [{"n": status} for status in statuses])
    courier = Courier(bus, handler, SIGNER, clock)

    courier.deliver_due()
    clock.advance(10)
    courier.deliver_due()

    repeated = set(handler.numbers[len(statuses) :])
    assert set(statuses) - repeated == {102, 200, 201, 202, 204}


def test_whatever_a_post_raises_is_no_answer(clock: StoppedClock, handler: Handler) -> None:
    """A refused connection, a time-out or a bug: the event comes again, and the others still come."""
    bus = a_bus(clock)

    def break_first(received: Received) -> int:
        if received.event["n"] == 0 and received.attempt == 1:
            raise ConnectionRefusedError
        return 204

    handler.answer = break_first
    bus.publish_all("message-received", [{"n": 0}, {"n": 1}])
    courier = Courier(bus, handler, SIGNER, clock)

    courier.deliver_due()
    clock.advance(10)
    courier.deliver_due()

    assert handler.numbers == [0, 1, 0]
    assert bus.pending() == 0


def test_not_before_is_kept_to_the_microsecond(clock: StoppedClock, handler: Handler) -> None:
    """An undo window is not cut short."""
    bus = a_bus(clock)
    bus.publish("message-received", {"n": 0}, clock.now() + timedelta(seconds=30))
    courier = Courier(bus, handler, SIGNER, clock)

    clock.advance(29.999999)
    early = courier.deliver_due()
    clock.advance(0.000001)
    in_time = courier.deliver_due()

    assert (early, in_time) == (0, 1)


def test_a_delivery_in_flight_is_not_made_by_a_second_courier(
    clock: StoppedClock, handler: Handler
) -> None:
    """While the ack deadline runs there is one delivery; when it has ended there may be another."""
    bus = a_bus(clock)
    second = Courier(bus, handler, SIGNER, clock)
    made_meanwhile = []

    def while_in_flight(received: Received) -> int:
        if received.attempt == 1:
            clock.advance(ACK_DEADLINE_SECONDS - 1)
            made_meanwhile.append(second.deliver_due())
            clock.advance(1)
            made_meanwhile.append(second.deliver_due())
        return 204

    handler.answer = while_in_flight
    bus.publish("message-received", {"n": 0})

    Courier(bus, handler, SIGNER, clock).deliver_due()

    assert made_meanwhile == [0, 1]
    assert bus.pending() == 0


def test_a_late_answer_does_not_touch_the_next_delivery(
    clock: StoppedClock, handler: Handler
) -> None:
    """What the first delivery answers after its deadline neither acknowledges nor repeats the second."""
    bus = a_bus(clock)
    second = Courier(bus, handler, SIGNER, clock)

    def late(received: Received) -> int:
        if received.attempt == 1:
            clock.advance(ACK_DEADLINE_SECONDS)
            second.deliver_due()
            return 204
        return 503

    handler.answer = late
    bus.publish("message-received", {"n": 0})

    Courier(bus, handler, SIGNER, clock).deliver_due()

    assert bus.pending() == 1
    turn = bus.next_turn()
    assert turn is not None
    assert turn - clock.now() == timedelta(seconds=20)


def test_a_push_carries_a_token_and_both_spellings(clock: StoppedClock) -> None:
    """The envelope is Google's, member by member."""
    posts = []

    def keep(url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, /) -> int:
        posts.append((url, headers, json.loads(body), timeout_seconds))
        return 204

    bus = a_bus(clock)
    bus.publish("message-received", {"n": 1})
    Courier(bus, keep, SIGNER, clock).deliver_due()

    [(url, headers, envelope, timeout_seconds)] = posts
    message_id = envelope["message"]["messageId"]
    assert url == URL
    assert headers["Authorization"] == f"Bearer {SIGNER.token('our-audience')}"
    assert headers["Content-Type"] == "application/json"
    assert timeout_seconds == ACK_DEADLINE_SECONDS
    assert message_id.isdigit()
    assert envelope == {
        "message": {
            "data": "eyJuIjoxfQ==",
            "messageId": message_id,
            "message_id": message_id,
            "publishTime": "2026-01-05T09:00:00.000Z",
            "publish_time": "2026-01-05T09:00:00.000Z",
            "attributes": {},
        },
        "subscription": "projects/local/subscriptions/create-ticket",
        "deliveryAttempt": 1,
    }


def test_a_topic_without_subscriptions_keeps_nothing(clock: StoppedClock) -> None:
    """Pub/Sub drops what nobody subscribed to, and so does the local bus."""
    bus = a_bus(clock)

    bus.publish("nobody-listens", {"n": 1})

    assert bus.pending() == 0


def test_an_unknown_topic_is_a_mistake_of_the_caller(clock: StoppedClock) -> None:
    """A topic that the manifest does not name fails on a laptop, before it can in the cloud."""
    with pytest.raises(ValueError, match="message-recieved"):
        a_bus(clock).publish("message-recieved", {})
