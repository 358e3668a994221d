"""Times as text, and when the scheduler strikes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local import manifest, schedule
from shared import clock

MOMENTS = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9998, 1, 1))  # noqa: DTZ001


@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_a_time_comes_back_to_the_millisecond(moment: datetime, offset: int) -> None:
    """Whatever zone it came in, the text is UTC with milliseconds and Z."""
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))

    text = clock.to_text(aware)

    assert len(text) == len("2026-01-05T09:00:00.000Z")
    assert text.endswith("Z")
    assert timedelta(0) <= aware - clock.from_text(text) < timedelta(milliseconds=1)


@pytest.mark.parametrize("text", ["", "now", "2026-01-05", "2026-01-05T09:00:00", "09:00Z"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    """A time without its offset from UTC names no moment."""
    with pytest.raises(ValueError, match=r".*"):
        clock.from_text(text)


def test_the_system_clock_is_aware_and_never_goes_back() -> None:
    """`now` is in UTC; `monotonic` only grows."""
    system = clock.SystemClock()
    first = system.monotonic()

    assert system.now().tzinfo is UTC
    assert system.monotonic() >= first


@pytest.mark.parametrize(
    ("cron", "strikes", "silent"),
    [
        ("* * * * *", "2026-01-05T09:41", None),
        ("*/10 * * * *", "2026-01-05T09:40", "2026-01-05T09:41"),
        ("0 * * * *", "2026-01-05T09:00", "2026-01-05T09:10"),
        ("17 3 * * *", "2026-01-05T03:17", "2026-01-05T04:17"),
        ("0 0 1 * *", "2026-02-01T00:00", "2026-02-02T00:00"),
        ("0 0 * 2 *", "2026-02-02T00:00", "2026-03-02T00:00"),
        ("0 9 * * 1", "2026-01-05T09:00", "2026-01-06T09:00"),
        ("0 9 * * 0", "2026-01-04T09:00", "2026-01-05T09:00"),
    ],
)
def test_a_schedule_strikes_in_its_minutes(cron: str, strikes: str, silent: str | None) -> None:
    """Each of the five fields decides; Sunday is 0, as in cron."""
    assert schedule.strikes(cron, datetime.fromisoformat(strikes))
    assert silent is None or not schedule.strikes(cron, datetime.fromisoformat(silent))


@pytest.mark.parametrize("cron", ["", "* * * *", "a * * * *", "1-5 * * * *", "* * * * * *"])
def test_a_schedule_that_is_not_understood_is_an_error(cron: str) -> None:
    """A form that the manifest does not use must not be taken for never."""
    with pytest.raises(ValueError, match=r".*"):
        schedule.strikes(cron, datetime(2026, 1, 5, tzinfo=UTC))


def test_the_manifests_ticks_strike_as_often_as_promised() -> None:
    """In a day: deadlines each minute, polls each ten, watches once."""
    start = datetime(2026, 1, 5, tzinfo=UTC)
    rows = list(manifest.load().values())

    struck = [
        topic
        for minute in range(24 * 60)
        for topic in schedule.due(rows, start + timedelta(minutes=minute))
    ]

    assert struck.count("tick-deadlines") == 1440
    assert struck.count("tick-poll") == 144
    assert struck.count("tick-watches") == 1
