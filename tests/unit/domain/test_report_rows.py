"""Counting and measuring: against a reference, for nothing, one and many, in any time zone."""

from __future__ import annotations

import statistics
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import reports
from shared.domain.reports import By, Fact, Period

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Apia", "Asia/Beirut"]
)
FACTS = st.lists(
    st.builds(
        Fact,
        st.sampled_from(["created", "solved", "first_reply"]),
        st.integers(0, 730 * 86_400).map(lambda after: BEGIN + timedelta(seconds=after)),
        st.sampled_from(["mb_1", "mb_2"]),
        st.sampled_from([None, "u_1", "u_2"]),
        st.sets(st.sampled_from(["ink", "paper", "toner"])).map(lambda tags: tuple(sorted(tags))),
        st.integers(0, 10**7),
        st.none() | st.integers(0, 10**7),
    )
)
WHOLE = Period(date(2026, 1, 1), date(2026, 12, 31), BERLIN)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=2))
def test_percentiles_are_those_of_the_reference(values: list[int]) -> None:
    """Every tenth equals the inclusive quantiles of Python's statistics, to the rounded second."""
    tenths = statistics.quantiles(values, n=10, method="inclusive")

    for number, expected in enumerate(tenths, 1):
        assert reports.percentile(values, 10 * number) == pytest.approx(expected, abs=0.51)
    assert reports.percentile(values, 50) == pytest.approx(statistics.median(values), abs=0.51)
    assert reports.percentile(values, 100) == max(values)
    assert reports.percentile(values, 0) == min(values)


def test_percentiles_of_nothing_and_of_one() -> None:
    """Of nothing there is none; of one value it is that one."""
    assert reports.percentile([], 50) is None
    assert [reports.percentile([7], percent) for percent in (0, 50, 90, 100)] == [7] * 4
    assert reports.spread([], "first_reply") == reports.Spread(0, None, None, None, None)
    assert (reports.share(0, 0), reports.share(2, 1), reports.share(0, 3)) == (None, 66.7, 0.0)


@settings(deadline=None)
@given(FACTS, st.sampled_from(["mailbox", "agent"]))
def test_every_fact_is_in_one_row(facts: list[Fact], by: By) -> None:
    """By mailbox and by agent the rows add up to the whole."""
    groups = reports.grouped(facts, by, WHOLE)

    assert sum(len(group) for group in groups.values()) == len(facts)
    for event in ("created", "solved"):
        counted = sum(reports.count(group, event) for group in groups.values())
        assert counted == reports.count(facts, event)


@settings(deadline=None)
@given(FACTS)
def test_a_fact_is_in_the_row_of_each_of_its_tags(facts: list[Fact]) -> None:
    """What has no tag has a row too."""
    groups = reports.grouped(facts, "tag", WHOLE)

    assert sum(map(len, groups.values())) == sum(max(1, len(fact.tags)) for fact in facts)
    assert all(key in fact.tags for key, group in groups.items() if key for fact in group)


@settings(deadline=None)
@given(FACTS, ZONES, st.dates(date(2025, 6, 1), date(2026, 6, 1)), st.integers(0, 365))
def test_a_day_holds_what_happened_between_its_midnights(
    facts: list[Fact], zone: str, first: date, days: int
) -> None:
    """Each day has a row, also an empty one; nothing from outside the period is counted."""
    period = Period(first, first + timedelta(days=days), ZoneInfo(zone))

    groups = reports.grouped(facts, "day", period)

    assert list(groups) == [day.isoformat() for day in period.days()]
    inside = [fact for fact in facts if period.begins <= fact.at < period.ends]
    assert sum(map(len, groups.values())) == len(inside)
    for day in period.days()[:3]:
        end = period.begin_of(day + timedelta(days=1))
        expected = [fact for fact in facts if period.begin_of(day) <= fact.at < end]
        assert groups[day.isoformat()] == expected


def test_a_day_of_a_change_of_clocks_has_its_own_length() -> None:
    """23 hours in spring, 25 in autumn, and one whose midnight is skipped."""
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)

    for day, hours in ((spring, 23), (autumn, 25)):
        period = Period(day, day, BERLIN)
        assert period.ends - period.begins == timedelta(hours=hours)
    skipped = Period(date(2026, 3, 29), date(2026, 3, 29), ZoneInfo("Asia/Beirut"))
    assert skipped.ends - skipped.begins == timedelta(hours=23)
    assert skipped.day_of(skipped.begins) == skipped.first


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 1, 2), date(2026, 1, 1)),
        (date(2026, 1, 1), date(2027, 1, 2)),
    ],
)
def test_a_period_has_an_order_and_a_length(first: date, last: date) -> None:
    """It does not end before it begins, and is no longer than a leap year."""
    with pytest.raises(ValueError, match=r"since|until"):
        Period(first, last, BERLIN)
    assert len(Period(date(2024, 1, 1), date(2024, 12, 31), BERLIN).days()) == 366
