"""A local bus with a chaos seed: meaner than Pub/Sub usually is, within every promise."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from shared.bus.courier import Courier
from tests.stopped_clock import StoppedClock
from tests.unit.bus.handler import SIGNER, Handler, a_bus


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
