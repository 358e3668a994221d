"""What the local bus and its courier do beside the contract: times, order, chaos, and who delivers."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from shared.bus.courier import Courier
from shared.bus.delivery import Retry
from shared.bus.envelope import Received, read
from shared.bus.local import LocalBus, Subscription
from shared.bus.signer import PushSigner, new_private_key_pem
from shared.clock import Clock, SystemClock
from shared.errors import NotFound
from tests.stopped_clock import StoppedClock

URL = "http://127.0.0.1/push/create_ticket"
ACK_DEADLINE_SECONDS = 60
SUBSCRIPTIONS: Mapping[str, Sequence[Subscription]] = {
    "message-received": [
        Subscription("create-ticket", "create_ticket", URL, "our-audience", ACK_DEADLINE_SECONDS)
    ],
    "nobody-listens": [],
}
SIGNER = PushSigner(new_private_key_pem(), "push@example.com")


class Handler:
    """Remembers what is posted to it, and answers as it is told."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answer: Callable[[Received], int] = lambda _: 204

    def __call__(
        self, _url: str, _headers: Mapping[str, str], body: bytes, _timeout_seconds: float, /
    ) -> int:
        """Take one push."""
        received = read(body)
        self.received.append(received)
        return self.answer(received)

    @property
    def numbers(self) -> list[object]:
        """The member `n` of each event, in the order of their coming."""
        return [received.event["n"] for received in self.received]


@pytest.fixture
def clock() -> StoppedClock:
    """Give a clock that stands."""
    return StoppedClock()


@pytest.fixture
def handler() -> Handler:
    """Give a handler that acknowledges everything."""
    return Handler()


def a_bus(clock: Clock, *, chaos_seed: int | None = None, path: Path | None = None) -> LocalBus:
    """Return a bus in memory, or in a file."""
    return LocalBus(path, SUBSCRIPTIONS, clock, chaos_seed=chaos_seed)


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


def test_the_hundredth_attempt_is_the_last(clock: StoppedClock, handler: Handler) -> None:
    """After 100 attempts the event is a dead letter, with all that an operator needs."""
    bus = a_bus(clock)
    handler.answer = lambda _: 500
    published_at = clock.now()
    bus.publish("message-received", {"n": 7})
    courier = Courier(bus, handler, SIGNER, clock)

    for _ in range(150):
        courier.deliver_due()
        clock.advance(600)

    assert [received.attempt for received in handler.received] == list(range(1, 101))
    [dead] = bus.dead_letters()
    assert (dead.subscription, dead.event, dead.attempts) == ("create-ticket", {"n": 7}, 100)
    assert dead.published_at == published_at
    assert bus.pending() == 0


def test_a_dead_letter_is_kept_for_31_days(clock: StoppedClock, handler: Handler) -> None:
    """On day 31 it can be replayed, afterwards it is gone."""
    bus = a_bus(clock)
    handler.answer = lambda _: 500
    courier = Courier(bus, handler, SIGNER, clock, Retry(attempts=1))
    bus.publish("message-received", {"n": 1})
    courier.deliver_due()

    clock.advance(timedelta(days=31).total_seconds())
    on_day_31 = bus.dead_letters()
    clock.advance(1)
    afterwards = bus.dead_letters()

    assert [dead.event for dead in on_day_31] == [{"n": 1}]
    assert afterwards == []
    with pytest.raises(NotFound):
        bus.replay(on_day_31[0].id)


def test_a_replayed_dead_letter_has_all_its_attempts_again(
    clock: StoppedClock, handler: Handler
) -> None:
    """An operator who replays gives the event a new life, not one last try."""
    bus = a_bus(clock)
    handler.answer = lambda _: 500
    courier = Courier(bus, handler, SIGNER, clock, Retry(attempts=2))
    bus.publish("message-received", {"n": 1})
    for _ in range(3):
        courier.deliver_due()
        clock.advance(600)

    bus.replay(bus.dead_letters()[0].id)
    for _ in range(3):
        courier.deliver_due()
        clock.advance(600)

    assert [received.attempt for received in handler.received] == [1, 2, 1, 2]
    assert len(bus.dead_letters()) == 1


def test_dead_letters_are_listed_up_to_a_limit(clock: StoppedClock, handler: Handler) -> None:
    """A page of dead letters is the oldest ones."""
    bus = a_bus(clock)
    handler.answer = lambda _: 500
    bus.publish_all("message-received", [{"n": n} for n in range(5)])
    Courier(bus, handler, SIGNER, clock, Retry(attempts=1)).deliver_due()

    assert [dead.event["n"] for dead in bus.dead_letters(2)] == [0, 1]


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


def test_an_attempt_that_was_never_answered_counts(clock: StoppedClock, handler: Handler) -> None:
    """An event that kills its handler every time becomes a dead letter too."""
    bus = a_bus(clock)
    retry = Retry(attempts=3)
    bus.publish("message-received", {"n": 0})

    for _ in range(3):  # taken, and then the process died
        assert len(bus.queue.exchange([], 10, retry)) == 1
        clock.advance(ACK_DEADLINE_SECONDS)

    assert Courier(bus, handler, SIGNER, clock, retry).deliver_due() == 0
    assert [dead.attempts for dead in bus.dead_letters()] == [3]


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


def test_chaos_delivers_everything_twice_and_in_another_order(
    clock: StoppedClock, handler: Handler
) -> None:
    """With a chaos seed no handler can rely on once, or on first come."""
    bus = a_bus(clock, chaos_seed=1)
    courier = Courier(bus, handler, SIGNER, clock)
    bus.publish_all("message-received", [{"n": n} for n in range(50)])

    while courier.deliver_due():
        pass

    assert Counter(handler.numbers) == dict.fromkeys(range(50), 2)
    assert list(dict.fromkeys(handler.numbers)) != list(range(50))


def test_chaos_does_not_come_early(clock: StoppedClock, handler: Handler) -> None:
    """Shuffling never breaks a promise: also then `not_before` is kept."""
    bus = a_bus(clock, chaos_seed=1)
    later = clock.now() + timedelta(milliseconds=100)
    for _ in range(50):
        bus.publish("message-received", {"n": "later"}, later)
        bus.publish("message-received", {"n": "now"})

    made = Courier(bus, handler, SIGNER, clock).deliver_due()

    assert made == 50
    assert set(handler.numbers) == {"now"}


def test_the_same_seed_makes_the_same_chaos(clock: StoppedClock) -> None:
    """A failure under chaos can be had again."""
    orders = []
    for _ in range(2):
        handler = Handler()
        bus = a_bus(clock, chaos_seed=42)
        bus.publish_all("message-received", [{"n": n} for n in range(20)])
        courier = Courier(bus, handler, SIGNER, clock)
        while courier.deliver_due():
            pass
        orders.append(handler.numbers)

    assert orders[0] == orders[1]


def test_a_topic_without_subscriptions_keeps_nothing(clock: StoppedClock) -> None:
    """Pub/Sub drops what nobody subscribed to, and so does the local bus."""
    bus = a_bus(clock)

    bus.publish("nobody-listens", {"n": 1})

    assert bus.pending() == 0


def test_an_unknown_topic_is_a_mistake_of_the_caller(clock: StoppedClock) -> None:
    """A topic that the manifest does not name fails on a laptop, before it can in the cloud."""
    with pytest.raises(ValueError, match="message-recieved"):
        a_bus(clock).publish("message-recieved", {})


def test_a_queue_outlives_its_bus(clock: StoppedClock, handler: Handler, tmp_path: Path) -> None:
    """What was owed when the desk stopped is delivered when it runs again."""
    bus = a_bus(clock, path=tmp_path / "bus.sqlite")
    bus.publish("message-received", {"n": 1})
    bus.publish("message-received", {"n": 2}, clock.now() + timedelta(hours=1))
    bus.close()

    bus = a_bus(clock, path=tmp_path / "bus.sqlite")
    courier = Courier(bus, handler, SIGNER, clock)
    courier.deliver_due()
    clock.advance(3600)
    courier.deliver_due()

    assert handler.numbers == [1, 2]
    assert (tmp_path / "bus.sqlite").stat().st_mode & 0o077 == 0


def test_a_subscription_that_is_not_served_here_waits(
    clock: StoppedClock, handler: Handler, tmp_path: Path
) -> None:
    """A process that serves some subscriptions neither takes nor loses the events of others."""
    path = tmp_path / "bus.sqlite"
    everything = a_bus(clock, path=path)
    nothing = LocalBus(path, {}, clock)
    everything.publish("message-received", {"n": 1})

    made = Courier(nothing, handler, SIGNER, clock).deliver_due()

    assert (made, nothing.pending(), everything.pending()) == (0, 0, 1)


@pytest.mark.parametrize("workers", [1, 4])
def test_running_delivers_everything_that_many_threads_publish(
    handler: Handler, workers: int
) -> None:
    """Under load nothing is lost, and where nothing fails nothing comes twice."""
    bus = a_bus(SystemClock())
    stop = threading.Event()
    courier = Courier(bus, handler, SIGNER, SystemClock())
    running = threading.Thread(target=courier.run, args=(stop, workers))
    running.start()

    def publish(start: int) -> None:
        for n in range(start, start + 100):
            bus.publish("message-received", {"n": n})

    publishers = [threading.Thread(target=publish, args=(start,)) for start in range(0, 800, 100)]
    for publisher in publishers:
        publisher.start()
    for publisher in publishers:
        publisher.join()
    settled = bus.settle(30)
    stop.set()
    running.join()

    assert settled
    assert Counter(handler.numbers) == dict.fromkeys(range(800), 1)


def test_running_never_makes_two_deliveries_of_one_message_at_once() -> None:
    """Also under chaos, and with several couriers, a message is in one place at a time."""
    bus = a_bus(SystemClock(), chaos_seed=3)
    stop = threading.Event()
    lock = threading.Lock()
    in_flight: Counter[str] = Counter()
    most = []

    def post(_url: str, _headers: Mapping[str, str], body: bytes, _timeout: float, /) -> int:
        message_id = read(body).message_id
        with lock:
            in_flight[message_id] += 1
            most.append(in_flight[message_id])
        threading.Event().wait(0.001)
        with lock:
            in_flight[message_id] -= 1
        return 204

    couriers = [
        threading.Thread(target=Courier(bus, post, SIGNER, SystemClock()).run, args=(stop,))
        for _ in range(3)
    ]
    for courier in couriers:
        courier.start()
    bus.publish_all("message-received", [{"n": n} for n in range(200)])
    settled = bus.settle(30)
    stop.set()
    for courier in couriers:
        courier.join()

    assert settled
    assert len(most) == 400
    assert max(most) == 1


def test_several_desks_share_one_queue(handler: Handler, tmp_path: Path) -> None:
    """Buses that know of each other only through the file lose and double nothing."""
    buses = [a_bus(SystemClock(), path=tmp_path / "bus.sqlite") for _ in range(3)]
    stop = threading.Event()
    couriers = [
        threading.Thread(target=Courier(bus, handler, SIGNER, SystemClock()).run, args=(stop,))
        for bus in buses
    ]

    def publish(bus: LocalBus, start: int) -> None:
        for n in range(start, start + 100):
            bus.publish("message-received", {"n": n})

    publishers = [
        threading.Thread(target=publish, args=(bus, 100 * index)) for index, bus in enumerate(buses)
    ]
    for thread in [*couriers, *publishers]:
        thread.start()
    for publisher in publishers:
        publisher.join()
    settled = buses[0].settle(30)
    stop.set()
    for courier in couriers:
        courier.join()

    assert settled
    assert Counter(handler.numbers) == dict.fromkeys(range(300), 1)


def test_settling_does_not_wait_for_what_is_for_later(clock: StoppedClock) -> None:
    """A reply in its undo window does not hold up who waits for the rest."""
    bus = a_bus(clock)
    bus.publish("message-received", {"n": 1}, clock.now() + timedelta(seconds=1))

    assert bus.settle(5)
    assert bus.pending() == 1


def test_settling_ends_when_the_time_is_up(clock: StoppedClock) -> None:
    """Where nobody delivers, whoever waits is told that it is not done."""
    bus = a_bus(clock)
    bus.publish("message-received", {"n": 1})

    assert not bus.settle(0.05)
