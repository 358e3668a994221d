"""Requests of people about their data, and by when they must be answered."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

COLLECTION: Final = "privacy_requests"
MAX_TEXT: Final = 2_000  # characters
SOON: Final = timedelta(days=7)
# Before the day that an answer is owed by, those who manage privacy are told again.
REMINDED: Final = (timedelta(days=7), timedelta(days=1), timedelta(0))


class RequestKind(StrEnum):
    """What somebody wants done with their data; seeing and downloading it needs no asking."""

    CORRECTION = "correction"
    ERASURE = "erasure"


class RequestState(StrEnum):
    """Where a request stands."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PrivacyRequest:
    """The document of a request.

    `sealed` is {"text"} and `answer` {"text"}, under the person's key: what is wrong, and why it was
    refused. `remind_at` is when those who manage privacy are told that it waits, None when they are not any
    more. `asked_by` is a pseudonym where somebody of the staff wrote down what came by letter.
    """

    kind: RequestKind
    subject_id: str
    asked_at: datetime
    due_at: datetime
    sealed: str
    asked_by: str | None = None
    remind_at: datetime | None = None
    state: RequestState = RequestState.PENDING
    answer: str | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None
    version: int = 1
    last_audit_id: str | None = None


def due(asked_at: datetime) -> datetime:
    """Return by when an answer is owed: one month later, at the end of a shorter one (GDPR Art. 12(3))."""
    year, month = divmod(asked_at.year * 12 + asked_at.month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return asked_at.replace(year=year, month=month + 1, day=min(asked_at.day, last))


def reminder(due_at: datetime, after: datetime) -> datetime | None:
    """Return the next time after this one at which somebody is told that an answer is owed."""
    return next((due_at - early for early in REMINDED if due_at - early > after), None)


def runs_out(request: PrivacyRequest, now: datetime) -> bool:
    """Say whether a request that waits must be answered within a week, or is late."""
    return request.state is RequestState.PENDING and request.due_at - now <= SOON
