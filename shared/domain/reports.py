"""Reports: what happened to tickets, counted and measured by mailbox, agent, tag or day.

Pure: a service reads tickets and gives what is to be counted; here it is put into rows. Of a ticket with
several tags each tag's row counts it, so that rows by tag add up to more than the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

By: TypeAlias = Literal["day", "mailbox", "agent", "tag"]
Event: TypeAlias = Literal[
    "created", "solved", "reopened", "unsolved", "first_reply", "solution", "good", "bad"
]

MAX_DAYS: Final = 366
_FIRST_YEAR, _LAST_YEAR = 1970, 9000  # beyond, calendars and time zones have no room
NOBODY: Final = ""  # the key of what has no agent or no tag


@dataclass(frozen=True, slots=True)
class Period:
    """Days in a time zone, the first and the last included."""

    first: date
    last: date
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if not _FIRST_YEAR <= self.first.year <= self.last.year <= _LAST_YEAR:
            raise ValueError("since")
        if self.last < self.first:
            raise ValueError("until")
        if (self.last - self.first).days >= MAX_DAYS:
            raise ValueError("since")

    @property
    def begins(self) -> datetime:
        """The moment at which the first day begins, in UTC."""
        return self.begin_of(self.first)

    @property
    def ends(self) -> datetime:
        """The moment at which the last day is over, in UTC."""
        return self.begin_of(self.last + timedelta(days=1))

    def begin_of(self, day: date) -> datetime:
        """Return the moment at which a day begins; where clocks skip midnight, that is when they do."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def day_of(self, moment: datetime) -> date:
        """Return the day on which a moment is."""
        return moment.astimezone(self.zone).date()

    def days(self) -> tuple[date, ...]:
        """Return all days."""
        number = (self.last - self.first).days + 1
        return tuple(self.first + timedelta(days=n) for n in range(number))


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to a ticket. Seconds are None where nothing is measured.

    `business_seconds` are those within the mailbox's hours.
    """

    event: Event
    at: datetime
    mailbox_id: str
    agent_id: str | None
    tags: tuple[str, ...]
    seconds: int | None = None
    business_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, in seconds: half of it at most `median`, nine of ten at most `p90`."""

    count: int
    median: int | None
    p90: int | None
    business_median: int | None
    business_p90: int | None


def grouped(
    facts: Iterable[Fact], by: By, period: Period, keys: Iterable[str] = ()
) -> dict[str, list[Fact]]:
    """Return the facts by the key of their row, in the order of the keys.

    Every day has a row, and each of `keys`, also where nothing happened.
    """
    groups: dict[str, list[Fact]] = {key: [] for key in keys}
    if by == "day":
        groups |= {day.isoformat(): [] for day in period.days()}
    for fact in facts:
        for key in _keys(fact, by, period):
            groups.setdefault(key, []).append(fact)
    return dict(sorted(groups.items()))


def count(facts: Iterable[Fact], event: Event) -> int:
    """Return how often something happened."""
    return sum(fact.event == event for fact in facts)


def spread(facts: Iterable[Fact], event: Event) -> Spread:
    """Return how long something took."""
    measured = [fact for fact in facts if fact.event == event]
    seconds = [fact.seconds for fact in measured if fact.seconds is not None]
    business = [fact.business_seconds for fact in measured if fact.business_seconds is not None]
    return Spread(
        count=len(seconds),
        median=percentile(seconds, 50),
        p90=percentile(seconds, 90),
        business_median=percentile(business, 50),
        business_p90=percentile(business, 90),
    )


def percentile(values: Sequence[int], percent: int) -> int | None:
    """Return the value below which so many percent lie, between neighbours by proportion; None of none.

    The inclusive method of statistics.quantiles, which spreadsheets call PERCENTILE.INC.
    """
    if not values:
        return None
    ordered = sorted(values)
    whole, part = divmod((len(ordered) - 1) * percent, 100)
    if part == 0:
        return ordered[whole]
    return round(ordered[whole] + (ordered[whole + 1] - ordered[whole]) * part / 100)


def share(part: int, rest: int) -> float | None:
    """Return how many percent `part` is of both together, with one decimal; None of nothing."""
    return round(100 * part / (part + rest), 1) if part + rest else None


def _keys(fact: Fact, by: By, period: Period) -> tuple[str, ...]:
    if by == "mailbox":
        return (fact.mailbox_id,)
    if by == "agent":
        return (fact.agent_id or NOBODY,)
    if by == "tag":
        return fact.tags or (NOBODY,)
    day = period.day_of(fact.at)
    return (day.isoformat(),) if period.first <= day <= period.last else ()
