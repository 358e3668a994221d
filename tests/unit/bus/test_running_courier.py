"""Couriers in threads and processes: one queue, many at work, nothing lost or doubled."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from shared.bus.courier import Courier
from shared.bus.envelope import read
from shared.bus.local import LocalBus
from shared.clock import SystemClock
from tests.stopped_clock import StoppedClock
from tests.unit.bus.handler import SIGNER, Handler, a_bus


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
