"""What the local bus gives up on: when, for how long it is kept, and how it comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.bus.courier import Courier
from shared.bus.delivery import Retry
from shared.errors import NotFound
from tests.stopped_clock import StoppedClock
from tests.unit.bus.handler import ACK_DEADLINE_SECONDS, SIGNER, Handler, a_bus


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
