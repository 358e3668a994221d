"""Reports on the mailboxes that somebody may see: volumes, times, and what customers say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from shared import codec
from shared.app import App
from shared.domain import mailboxes, reports, spreadsheet
from shared.domain.business_hours import is_time_zone
from shared.domain.messages import Direction
from shared.domain.reports import By, Fact, Period, Spread
from shared.domain.spreadsheet import Cell
from shared.errors import Invalid, NotFound
from shared.permissions import Actor, Permission, require, require_in, visible_mailboxes
from shared.services.accounts import colleagues
from shared.services.mailboxes import mailbox_access
from shared.services.reports.report_reading import Reading
from shared.store.contract import Query

Kind: TypeAlias = Literal["volumes", "times", "satisfaction"]
Mails: TypeAlias = tuple[int | None, int | None]

MEDIA_TYPE: Final = spreadsheet.MEDIA_TYPE
FILES: Final[Mapping[str, Kind]] = {
    "volumes.csv": "volumes",
    "times.csv": "times",
    "satisfaction.csv": "satisfaction",
}
_MAILBOXES: Final = 1_000
_DAYS_OF_MAILS: Final = 62  # each day is counted by itself
_EXAMPLE: Final = {"since": "2026-03-01", "until": "2026-03-31"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report is asked for; days are such as 2026-03-01, both included, in the time zone."""

    EXAMPLE: ClassVar[Mapping[str, object]] = _EXAMPLE

    since: str
    until: str
    by: By = "day"
    time_zone: str = "UTC"
    mailbox_id: str | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What a report is about: its period, and from how many tickets it was made."""

    EXAMPLE: ClassVar[Mapping[str, object]] = _EXAMPLE

    since: str
    until: str
    by: By
    time_zone: str
    tickets_read: int


@dataclass(frozen=True, slots=True)
class VolumesRow:
    """Tickets created, solved and reopened; unsolved now; mails in and out. None: not to be told by this key.

    `key` is a mailbox's or person's id, a tag, or a day; "" stands for no agent and for no tag.
    """

    key: str
    created: int
    solved: int
    reopened: int
    unsolved: int | None
    mails_in: int | None
    mails_out: int | None


@dataclass(frozen=True, slots=True)
class TimesRow:
    """How long first replies and solutions took, in seconds and in seconds of business time."""

    key: str
    first_reply: Spread
    solution: Spread


@dataclass(frozen=True, slots=True)
class SatisfactionRow:
    """What customers answered; `score` is how many percent of the answers are good."""

    key: str
    good: int
    bad: int
    score: float | None


@dataclass(frozen=True, slots=True)
class VolumesReport:
    """How much there was to do, and was done."""

    about: About
    rows: tuple[VolumesRow, ...]
    total: VolumesRow


@dataclass(frozen=True, slots=True)
class TimesReport:
    """How long customers waited."""

    about: About
    rows: tuple[TimesRow, ...]
    total: TimesRow


@dataclass(frozen=True, slots=True)
class SatisfactionReport:
    """What customers said of the help that they got."""

    about: About
    rows: tuple[SatisfactionRow, ...]
    total: SatisfactionRow


Report: TypeAlias = VolumesReport | TimesReport | SatisfactionReport


def volumes(app: App, actor: Actor, asked: Asked) -> VolumesReport:
    """Return how many tickets came and went, and how many mails.

    Raises Forbidden, NotFound("mailbox.not_found"), Invalid("report.period_invalid"),
    Invalid("report.time_zone_unknown") and Invalid("report.too_many_tickets"), which says what to narrow;
    so do the others.
    """
    reading, period = _begin(app, actor, asked)
    facts = reading.volumes()
    rows = tuple(
        _volumes(key, group, _mails(reading, period, asked.by, key), of_now=asked.by != "day")
        for key, group in _groups(reading, period, asked.by, facts).items()
    )
    total = _volumes("", facts, _counted(reading, period.begins, period.ends), of_now=True)
    return VolumesReport(_about(asked, reading), rows, total)


def times(app: App, actor: Actor, asked: Asked) -> TimesReport:
    """Return how long first replies and solutions took."""
    reading, period = _begin(app, actor, asked)
    facts = reading.times()
    groups = _groups(reading, period, asked.by, facts)
    rows = tuple(_times(key, group) for key, group in groups.items())
    return TimesReport(_about(asked, reading), rows, _times("", facts))


def satisfaction(app: App, actor: Actor, asked: Asked) -> SatisfactionReport:
    """Return what customers answered."""
    reading, period = _begin(app, actor, asked)
    facts = reading.ratings()
    groups = _groups(reading, period, asked.by, facts)
    rows = tuple(_satisfaction(key, group) for key, group in groups.items())
    return SatisfactionReport(_about(asked, reading), rows, _satisfaction("", facts))


def table(app: App, actor: Actor, kind: Kind, asked: Asked) -> bytes:
    """Return a report as CSV; people and mailboxes have their names beside their ids."""
    report = _REPORTS[kind](app, actor, asked)
    names = _names(app, asked.by, [row.key for row in report.rows])
    lines: list[list[Cell]] = [list(_flat(asked.by, report.total, names))]
    lines += [list(_flat(asked.by, row, names).values()) for row in report.rows]
    return spreadsheet.csv(lines)


_REPORTS: Final[Mapping[Kind, Callable[[App, Actor, Asked], Report]]] = {
    "volumes": volumes,
    "times": times,
    "satisfaction": satisfaction,
}


def _begin(app: App, actor: Actor, asked: Asked) -> tuple[Reading, Period]:
    require(actor, Permission.REPORT_READ)
    if asked.mailbox_id is not None:
        require_in(actor, Permission.REPORT_READ, asked.mailbox_id, "mailbox.not_found")
    if not is_time_zone(asked.time_zone):
        raise Invalid("report.time_zone_unknown")
    try:
        period = Period(_day(asked.since), _day(asked.until), ZoneInfo(asked.time_zone))
    except ValueError:
        raise Invalid("report.period_invalid", most_days=reports.MAX_DAYS) from None
    return Reading(app, _mailboxes(app, actor, asked.mailbox_id), period), period


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if day.isoformat() != text:  # ISO 8601 has more forms
        raise ValueError(text)
    return day


def _mailboxes(app: App, actor: Actor, mailbox_id: str | None) -> Sequence[str]:
    if mailbox_id is not None:
        return [mailbox_id]
    visible = visible_mailboxes(actor, Permission.REPORT_READ)
    if visible is None:
        page = app.store.query(Query(mailboxes.COLLECTION, limit=_MAILBOXES))
        return [document.id for document in page.documents]
    return sorted(visible)


def _groups(
    reading: Reading, period: Period, by: By, facts: Sequence[Fact]
) -> Mapping[str, Sequence[Fact]]:
    return reports.grouped(facts, by, period, reading.mailbox_ids if by == "mailbox" else ())


def _about(asked: Asked, reading: Reading) -> About:
    return About(asked.since, asked.until, asked.by, asked.time_zone, reading.read)


def _volumes(key: str, facts: Sequence[Fact], mails: Mails, *, of_now: bool) -> VolumesRow:
    return VolumesRow(
        key=key,
        created=reports.count(facts, "created"),
        solved=reports.count(facts, "solved"),
        reopened=reports.count(facts, "reopened"),
        unsolved=reports.count(facts, "unsolved") if of_now else None,
        mails_in=mails[0],
        mails_out=mails[1],
    )


def _times(key: str, facts: Sequence[Fact]) -> TimesRow:
    return TimesRow(key, reports.spread(facts, "first_reply"), reports.spread(facts, "solution"))


def _satisfaction(key: str, facts: Sequence[Fact]) -> SatisfactionRow:
    good, bad = reports.count(facts, "good"), reports.count(facts, "bad")
    return SatisfactionRow(key, good, bad, reports.share(good, bad))


def _mails(reading: Reading, period: Period, by: By, key: str) -> Mails:
    """Count the mails of a row; they belong to a mailbox and a day, to no agent and no tag."""
    if by == "mailbox":
        return _counted(reading.of(key), period.begins, period.ends)
    if by == "day" and len(period.days()) <= _DAYS_OF_MAILS:
        day = date.fromisoformat(key)
        end = period.begin_of(day + timedelta(days=1))
        return _counted(reading, period.begin_of(day), end)
    return None, None


def _counted(reading: Reading, since: datetime, until: datetime) -> Mails:
    return (
        reading.mails(Direction.IN, since, until),
        reading.mails(Direction.OUT, since, until),
    )


def _names(app: App, by: By, keys: Sequence[str]) -> Mapping[str, str] | None:
    """Return the names of people, or the addresses of mailboxes; None where keys say all."""
    if by == "agent":
        return colleagues.names(app, keys)
    if by == "mailbox":
        return {key: _address(app, key) for key in keys}
    return None


def _address(app: App, mailbox_id: str) -> str:
    try:
        return mailbox_access.known(app, mailbox_id).identity.address
    except NotFound:  # disconnected: its key is destroyed
        return ""


def _flat(by: By, row: object, names: Mapping[str, str] | None) -> dict[str, Cell]:
    """Return a row whose members have no members, such as `first_reply_median`, with its name."""
    members: dict[str, Any] = codec.to_json(row)
    key = members.pop("key")
    flat: dict[str, Cell] = {by: key} | ({} if names is None else {"name": names.get(key, "")})
    for name, value in members.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}_{member}": cell for member, cell in value.items()}
        else:
            flat[name] = value
    return flat
