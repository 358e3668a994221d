"""Throttling by slots: exact, without a document that everybody writes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.auth import throttle
from shared.errors import TooMany
from tests.desk import DeskUnderTest
from tests.stopped_clock import StoppedClock


def _claim(desk: DeskUnderTest, subject: str = "nora") -> bool:
    try:
        throttle.claim(
            desk.files["(default)"],
            desk.clock,
            kind="t",
            subject=subject,
            slots=5,
            window_seconds=60,
        )
    except TooMany:
        return False
    return True


def test_exactly_the_slots_of_a_window_succeed_under_parallel_tries(desk: DeskUnderTest) -> None:
    """Of fifty attempts at once, five succeed: no more, no fewer."""
    with ThreadPoolExecutor(10) as pool:
        taken = list(pool.map(lambda _: _claim(desk), range(50)))

    assert taken.count(True) == 5


def test_a_window_ends_by_itself_and_subjects_are_apart(desk: DeskUnderTest) -> None:
    """Nobody is locked out for good, nor by what others do."""
    assert [_claim(desk) for _ in range(6)] == [True] * 5 + [False]
    assert _claim(desk, "another")

    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(60)

    assert _claim(desk)


def test_the_subject_is_readable_nowhere(desk: DeskUnderTest) -> None:
    """Ids are hashes: the throttle keeps no list of who was tried."""
    _claim(desk, "nora@customers.example.net")

    [row] = desk.documents(throttle.COLLECTION).items()
    assert "nora" not in repr(row)
    assert (
        pytest.approx(float(row[1]["expires_at"].timestamp()), abs=121)
        == desk.clock.now().timestamp()
    )
