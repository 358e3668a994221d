"""How fast notices go by mail: one in five minutes about a ticket, twenty in an hour, to one person.

Both are remembered in `throttle`, where the time to live is, in documents of the one person: a mail that is
asked for again is not counted again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared import ids
from shared.auth import throttle
from shared.domain.notifications import MAIL_APART, Notification
from shared.store.contract import Data, Document, Reader, Transaction

MOST_AN_HOUR: Final = 20
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """What was mailed of late, as it was read. `free_at`: when the next mail may go, None for now."""

    free_at: datetime | None
    gap_id: str
    hour_id: str
    mailed: int
    hour_ends: datetime


def read(reader: Reader, id: str, notification: Notification, now: datetime) -> Pace:
    """Return how fast mail went to this person, for one more about this notification."""
    starts = now.replace(minute=0, second=0, microsecond=0)
    user_id = notification.user_id
    gap_id = _id("gap", user_id, notification.ticket_id)
    hour_id = _id("hour", user_id, starts.isoformat())
    gap, hour = reader.get_all([(throttle.COLLECTION, gap_id), (throttle.COLLECTION, hour_id)])
    mailed = _number(hour)
    free_at = None
    if gap is not None and gap.data["by"] != id:
        until = gap.data["until"]
        assert isinstance(until, datetime)
        free_at = until if until > now else None
    if mailed >= MOST_AN_HOUR and notification.mailings == 0:
        free_at = starts + _HOUR
    again = 1 if notification.mailings == 0 else 0
    return Pace(free_at, gap_id, hour_id, mailed + again, starts + _HOUR)


def write(tx: Transaction, id: str, pace: Pace, now: datetime) -> None:
    """Note that a mail goes now, for the notification `id`."""
    until = now + MAIL_APART
    gap: Data = {"kind": "notice", "by": id, "until": until, "expires_at": until}
    tx.put(throttle.COLLECTION, pace.gap_id, gap)
    hour: Data = {"kind": "notice", "count": pace.mailed, "expires_at": pace.hour_ends}
    tx.put(throttle.COLLECTION, pace.hour_id, hour)


def _id(kind: str, *parts: str) -> str:
    return ids.derived_id(ids.NOTIFICATION, f"notice {kind}", *parts)


def _number(hour: Document | None) -> int:
    count = 0 if hour is None else hour.data["count"]
    assert isinstance(count, int)
    return count
