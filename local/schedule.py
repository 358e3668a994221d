"""The scheduler: publishes to a function's own tick topic when its cron schedule strikes (UTC)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from local.manifest import FunctionRow


def due(functions: Iterable[FunctionRow], minute: datetime) -> list[str]:
    """Return the tick topics whose schedule strikes in this minute."""
    return [
        topic
        for row in functions
        if row.schedule is not None and strikes(row.schedule, minute)
        for topic in row.topics
        if topic.startswith("tick-")
    ]


def strikes(schedule: str, minute: datetime) -> bool:
    """Say whether a cron schedule of five fields strikes in this minute.

    Fields are `*`, `*/n` or a number, which is all that the manifest uses; ValueError for others.
    """
    day_of_week = minute.isoweekday() % 7
    now = (minute.minute, minute.hour, minute.day, minute.month, day_of_week)
    fields = schedule.split()
    if len(fields) != len(now):
        raise ValueError(f"not a schedule of five fields: {schedule}")
    return all(_matches(field, value) for field, value in zip(fields, now, strict=True))


def _matches(field: str, value: int) -> bool:
    if field == "*":
        return True
    if field.startswith("*/"):
        return value % int(field[2:]) == 0
    return int(field) == value
