"""Business hours: what is counted is the time that passes while the wall clock stands inside the hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.domain.business_hours import DAY_MINUTES, Opening, Schedule

# Zones with an hour of daylight saving in both hemispheres, half an hour of it, and none.
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Riyadh",
    "Africa/Cairo",
    "Australia/Lord_Howe",
)
WEEKDAYS = tuple(Opening(day, 9 * 60, 17 * 60) for day in range(5))
ALWAYS = tuple(Opening(day, 0, DAY_MINUTES) for day in range(7))


def utc(text: str) -> datetime:
    """Read 2026-03-27 16:00 as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def minutes(count: float) -> timedelta:
    """Return so many minutes."""
    return timedelta(minutes=count)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Draw any week of at least an hour, with or without openings over midnight, and some holidays."""
    openings = draw(
        st.lists(
            st.builds(
                Opening,
                st.integers(0, 6),
                st.integers(0, DAY_MINUTES - 1),
                st.integers(0, DAY_MINUTES),
            ),
            max_size=9,
        )
    )
    first = Opening(draw(st.integers(0, 6)), 8 * 60 + draw(st.integers(0, 180)), 13 * 60)
    holidays = draw(st.lists(st.dates(date(2025, 1, 1), date(2027, 12, 31)), max_size=12))
    return Schedule(draw(st.sampled_from(ZONES)), (first, *openings), tuple(holidays))


moments = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
# Around the changes of 2026 in the zones above.
near_changes = st.builds(
    lambda at, off: at + timedelta(seconds=off),
    st.sampled_from(
        [
            utc("2026-03-29 01:00"),  # Berlin forward
            utc("2026-10-25 01:00"),  # Berlin back
            utc("2026-03-08 07:00"),  # New York forward
            utc("2026-11-01 06:00"),  # New York back
            utc("2026-04-23 22:00"),  # Cairo forward, at midnight
            utc("2026-10-29 21:00"),  # Cairo back, at midnight
            utc("2026-04-04 15:00"),  # Lord Howe back, half an hour
            utc("2026-10-03 15:30"),  # Lord Howe forward
        ]
    ),
    st.integers(-200_000, 200_000),
)
starts = moments | near_changes
amounts = st.integers(1, 30_000)


@settings(max_examples=300, deadline=None)
@given(schedules(), starts, amounts)
def test_what_has_passed_at_the_due_moment_is_the_target(
    schedule: Schedule, start: datetime, target: int
) -> None:
    """From the start to the due moment exactly the target passes, and not yet a microsecond before."""
    due = schedule.after(start, minutes(target))

    assert due is not None
    assert schedule.between(start, due) == minutes(target)
    before = due - timedelta(microseconds=1)
    assert schedule.between(start, before) == minutes(target) - timedelta(microseconds=1)


@settings(max_examples=300, deadline=None)
@given(schedules(), starts, amounts)
def test_nothing_is_ever_due_outside_the_hours(
    schedule: Schedule, start: datetime, target: int
) -> None:
    """The microsecond before a due moment is open by the wall clock, and no holiday."""
    due = schedule.after(start, minutes(target))

    assert due is not None
    last = due - timedelta(microseconds=1)
    assert schedule.is_open(last)
    assert last.astimezone(ZoneInfo(schedule.time_zone)).date() not in schedule.holidays


@settings(max_examples=200, deadline=None)
@given(schedules(), starts, amounts, amounts)
def test_targets_add_up(schedule: Schedule, start: datetime, first: int, second: int) -> None:
    """Waiting for one target and then for another ends when waiting for both at once does."""
    halfway = schedule.after(start, minutes(first))

    assert halfway is not None
    assert schedule.after(halfway, minutes(second)) == schedule.after(
        start, minutes(first + second)
    )


@settings(max_examples=200, deadline=None)
@given(schedules(), st.tuples(starts, starts, starts))
def test_spans_add_up_and_are_never_longer_than_the_time(
    schedule: Schedule, three: tuple[datetime, datetime, datetime]
) -> None:
    """Open time from a to c is that from a to b and from b to c, and no more than passes at all."""
    a, b, c = sorted(three)

    assert schedule.between(a, c) == schedule.between(a, b) + schedule.between(b, c)
    assert timedelta(0) <= schedule.between(a, c) <= c - a
    assert schedule.between(c, a) == timedelta(0)


@settings(max_examples=200, deadline=None)
@given(schedules(), starts, st.integers(0, 500_000), amounts, st.integers(0, 2_000))
def test_who_starts_later_or_waits_longer_is_not_due_earlier(
    schedule: Schedule, start: datetime, later: int, target: int, longer: int
) -> None:
    """A due moment grows with the start and with the target."""
    due = schedule.after(start, minutes(target))
    due_of_later = schedule.after(start + timedelta(seconds=later), minutes(target))
    due_of_longer = schedule.after(start, minutes(target + longer))

    assert due is not None
    assert due_of_later is not None
    assert due_of_longer is not None
    assert due <= due_of_later
    assert due <= due_of_longer


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ZONES), starts, amounts)
@example("Europe/Berlin", utc("2026-03-29 00:30"), 60)
@example("Australia/Lord_Howe", utc("2026-10-03 15:20"), 60)
def test_a_week_without_pause_counts_every_minute(zone: str, start: datetime, target: int) -> None:
    """Open day and night, changes of the clock make no difference."""
    assert Schedule(zone, ALWAYS).after(start, minutes(target)) == start + minutes(target)


@pytest.mark.parametrize(
    ("zone", "opening", "start", "target", "due"),
    [
        # Friday afternoon to Monday, over Berlin's spring change: 09:00 is 07:00 UTC then.
        ("Europe/Berlin", None, "2026-03-27 15:30", 60, "2026-03-30 07:30"),
        # 02:00 to 03:00 does not happen on that Sunday, so it is due a week later.
        ("Europe/Berlin", Opening(6, 120, 180), "2026-03-28 12:00", 60, "2026-04-05 01:00"),
        # It happens twice on the Sunday of the autumn change.
        ("Europe/Berlin", Opening(6, 120, 180), "2026-10-24 12:00", 120, "2026-10-25 02:00"),
        # Half an hour is skipped: 01:30 to 03:00 is an hour long.
        ("Australia/Lord_Howe", Opening(6, 90, 180), "2026-10-03 12:00", 60, "2026-10-03 16:00"),
        # Cairo's clock goes from 24:00 to 01:00: that Friday has 23 hours, its first at 01:00.
        ("Africa/Cairo", Opening(4, 0, 120), "2026-04-23 12:00", 60, "2026-04-23 23:00"),
        ("America/New_York", None, "2026-11-01 12:00", 30, "2026-11-02 14:30"),
        ("Asia/Riyadh", None, "2026-03-29 05:59", 1, "2026-03-30 06:01"),
        # Over midnight: Friday 22:00 to Saturday 06:00.
        ("Asia/Riyadh", Opening(4, 22 * 60, 6 * 60), "2026-03-27 12:00", 300, "2026-03-28 00:00"),
    ],
)
def test_due_moments_known_by_hand(
    zone: str, opening: Opening | None, start: str, target: int, due: str
) -> None:
    """Due moments that somebody worked out with a calendar."""
    openings = WEEKDAYS if opening is None else (opening,)
    if zone == "Asia/Riyadh" and opening is None:
        openings = tuple(Opening(day, 9 * 60, 17 * 60) for day in (0, 1))

    assert Schedule(zone, openings).after(utc(start), minutes(target)) == utc(due)


def test_a_holiday_is_closed_all_day_and_the_night_before_ends_at_midnight() -> None:
    """A night shift into a holiday counts until midnight, and goes on after the holiday."""
    nights = tuple(Opening(day, 22 * 60, 6 * 60) for day in range(7))
    schedule = Schedule("Europe/Berlin", nights, (date(2026, 12, 25),))

    assert schedule.between(utc("2026-12-24 12:00"), utc("2026-12-25 12:00")) == minutes(120)
    assert schedule.after(utc("2026-12-24 12:00"), minutes(121)) == utc("2026-12-25 23:01")


def test_touching_and_overlapping_openings_count_once() -> None:
    """Two openings that share time are one."""
    shifts = (Opening(0, 540, 720), Opening(0, 720, 1020), Opening(0, 600, 660))
    schedule = Schedule("Asia/Riyadh", shifts)

    assert schedule.between(utc("2026-03-30 00:00"), utc("2026-03-31 00:00")) == minutes(480)


@pytest.mark.parametrize(
    ("zone", "openings", "named"),
    [
        ("Europe/Atlantis", WEEKDAYS, "time_zone"),
        ("../../etc/passwd", WEEKDAYS, "time_zone"),
        ("Europe", WEEKDAYS, "time_zone"),
        ("", WEEKDAYS, "time_zone"),
        ("Europe/Berlin", (), "hours"),
        ("Europe/Berlin", (Opening(0, 0, 59),), "hours"),
        ("Europe/Berlin", WEEKDAYS * 9, "hours"),
    ],
)
def test_a_week_that_makes_no_sense_is_refused(
    zone: str, openings: tuple[Opening, ...], named: str
) -> None:
    """An empty week, or a place that does not exist, is refused when it is set."""
    with pytest.raises(ValueError, match=named):
        Schedule(zone, openings)


@pytest.mark.parametrize("year", [1, 1969, 9989, 9999])
def test_years_far_away_end_the_search(year: int) -> None:
    """Where the calendar ends there is no due moment, and no endless search."""
    start = datetime(year, 12, 30, tzinfo=UTC)
    schedule = Schedule("Europe/Berlin", WEEKDAYS)

    due = schedule.after(start, minutes(60))

    assert due is None or due >= start
    assert schedule.after(utc("2026-01-01 00:00"), timedelta(days=4_000)) is None
