"""Business hours: when a mailbox is served, and how much of that passes between two moments.

A schedule is open at a moment when the wall clock of its time zone stands inside one of the week's
openings and the wall's date is no holiday. That definition needs no special rules for daylight saving:
an hour that the clock skips is never shown, so it is not open; one that it shows twice is open twice.
What is counted is time that really passes while it is open.

Moments are UTC. Nothing here loops over minutes: the work is one step a day between the two moments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES: Final = 24 * 60
MIN_WEEK_MINUTES: Final = 60  # less makes every target end years away
MAX_OPENINGS: Final = 42
MAX_HOLIDAYS: Final = 200
HORIZON: Final = timedelta(days=3_660)

_SPAN: Final = re.compile(
    r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)"
)
_DAY: Final = timedelta(days=1)
_NOTHING: Final = timedelta(0)
# Time zones have no rules, and datetime no room, beyond these.
_FIRST: Final = datetime(1970, 1, 2, tzinfo=UTC)
_LAST: Final = datetime(9990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Opening:
    """From when to when it is open, in minutes after midnight of a weekday (0 is Monday).

    `until` is at most 1,440, midnight at the end of the day; one that is not after `since` is on the
    next day, so 22:00 to 06:00 is one opening. A holiday closes its own calendar day only.
    """

    weekday: int
    since: int
    until: int

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError("weekday")
        if not 0 <= self.since < DAY_MINUTES:
            raise ValueError("since")
        if not 0 <= self.until <= DAY_MINUTES:
            raise ValueError("until")


@dataclass(frozen=True)
class Schedule:
    """The business hours of one week in a time zone, and the days that are closed.

    Raises ValueError naming the member for a time zone that does not exist, for a week that is open less
    than an hour, and for more openings or holidays than make sense.
    """

    time_zone: str
    openings: tuple[Opening, ...]
    holidays: tuple[date, ...] = ()
    _week: tuple[tuple[tuple[timedelta, timedelta], ...], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not is_time_zone(self.time_zone):
            raise ValueError("time_zone")
        if len(self.openings) > MAX_OPENINGS:
            raise ValueError("hours")
        if len(self.holidays) > MAX_HOLIDAYS:
            raise ValueError("holidays")
        week = tuple(_merged(self.openings, weekday) for weekday in range(7))
        minutes = sum((until - since for day in week for since, until in day), _NOTHING)
        if minutes < timedelta(minutes=MIN_WEEK_MINUTES):
            raise ValueError("hours")
        object.__setattr__(self, "_week", week)

    def is_open(self, moment: datetime) -> bool:
        """Say whether it is open at this moment."""
        wall = moment.astimezone(self._zone)
        into_day = timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second)
        into_day += timedelta(microseconds=wall.microsecond)
        return any(since <= into_day < until for since, until in self._hours(wall.date()))

    def after(self, start: datetime, open_time: timedelta) -> datetime | None:
        """Return the first moment at which so much open time has passed since `start`.

        That moment is inside the hours or at their end. None where ten years do not hold so much.
        """
        left = open_time
        if left <= _NOTHING:
            return start
        for since, until in self._open(start, min(start, _LAST - HORIZON) + HORIZON):
            if until - since >= left:
                return since + left
            left -= until - since
        return None

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return how much open time passes from `start` to `end`; none where `end` is not later."""
        return sum((until - since for since, until in self._open(start, end)), _NOTHING)

    @cached_property
    def _zone(self) -> ZoneInfo:
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - loads sysconfig; a start does not need it

        return ZoneInfo(self.time_zone)

    @cached_property
    def _closed(self) -> frozenset[date]:
        return frozenset(self.holidays)

    def _hours(self, day: date) -> tuple[tuple[timedelta, timedelta], ...]:
        return () if day in self._closed else self._week[day.weekday()]

    def _open(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield when it is open from `start` to `end`, in order, as UTC."""
        for since, until, offset in self._even(max(start, _FIRST), min(end, _LAST)):
            wall, wall_end = (moment.replace(tzinfo=None) + offset for moment in (since, until))
            day = wall.replace(hour=0, minute=0, second=0, microsecond=0)
            while day < wall_end:
                for opens, closes in self._hours(day.date()):
                    first, last = max(day + opens, wall), min(day + closes, wall_end)
                    if first < last:
                        yield (
                            (first - offset).replace(tzinfo=UTC),
                            (last - offset).replace(tzinfo=UTC),
                        )
                day += _DAY

    def _even(
        self, start: datetime, end: datetime
    ) -> Iterator[tuple[datetime, datetime, timedelta]]:
        """Cut the time from `start` to `end` into pieces of a day at most with one offset each.

        No time zone changes its offset and takes it back within a day.
        """
        while start < end:
            until = min(start + _DAY, end)
            before, after = self._offset(start), self._offset(until)
            if before != after:
                until = self._change(start, until, before)
            yield start, until, before
            start = until

    def _change(self, start: datetime, end: datetime, before: timedelta) -> datetime:
        """Return the moment after `start` from which the offset is no longer `before`, to the second."""
        base = start.replace(microsecond=0)
        low, high = 0, (end - base) // timedelta(seconds=1) + 1
        while high - low > 1:
            middle = (low + high) // 2
            if self._offset(base + timedelta(seconds=middle)) == before:
                low = middle
            else:
                high = middle
        return min(base + timedelta(seconds=high), end)

    def _offset(self, moment: datetime) -> timedelta:
        return moment.astimezone(self._zone).utcoffset() or _NOTHING


def read_week(hours: Mapping[str, Sequence[str]]) -> tuple[Opening, ...]:
    """Return the openings of a week such as {"mon": ["09:00-12:00", "22:00-06:00"]}; 24:00 is an end.

    Raises ValueError("hours") for any other form.
    """
    openings = []
    for name, spans in hours.items():
        if name not in WEEKDAYS:
            raise ValueError("hours")
        for span in spans:
            read = _SPAN.fullmatch(span)
            if read is None:
                raise ValueError("hours")
            since = int(read[1]) * 60 + int(read[2])
            until = DAY_MINUTES if read[3] is None else int(read[3]) * 60 + int(read[4])
            openings.append(Opening(WEEKDAYS.index(name), since, until))
    return tuple(openings)


def is_time_zone(name: str) -> bool:
    """Say whether `name` is a time zone of the IANA database, such as Europe/Berlin."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    if not name.isascii() or len(name) > 60:
        return False
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # what zoneinfo raises for names that are none
        return False
    return True


def _merged(openings: tuple[Opening, ...], weekday: int) -> tuple[tuple[timedelta, timedelta], ...]:
    """Return when a weekday is open, as times after midnight: in order, without overlaps."""
    pieces = []
    for opening in openings:
        over_night = opening.until <= opening.since
        if opening.weekday == weekday:
            pieces.append((opening.since, DAY_MINUTES if over_night else opening.until))
        if over_night and (opening.weekday + 1) % 7 == weekday and opening.until:
            pieces.append((0, opening.until))
    merged: list[tuple[int, int]] = []
    for since, until in sorted(pieces):
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        else:
            merged.append((since, until))
    return tuple((timedelta(minutes=since), timedelta(minutes=until)) for since, until in merged)
