"""Break-glass: reading a mailbox for a time, with a reason, without being its member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

COLLECTION: Final = "break_glass"

MAX_MINUTES: Final = 240
ASKED_FOR: Final = timedelta(hours=24)  # then nobody consents to it any more
SHORTEST_REASON: Final = 10
LONGEST_REASON: Final = 500


class State(StrEnum):
    """Where a break-glass stands. Nothing leaves the last four."""

    ASKED = "asked"
    OPEN = "open"
    EXPIRED = "expired"
    REFUSED = "refused"  # by another person, before it was open
    WITHDRAWN = "withdrawn"  # by who asked, before it was open
    ENDED = "ended"  # by somebody, before its time


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """The document of a break-glass. `sealed` is {"reason"} under the mailbox's key.

    While it is open, the reader's own document names it (`User.glass`), which is what every request asks.
    """

    mailbox_id: str
    user_id: str
    minutes: int
    asked_at: datetime
    sealed: str
    state: State = State.ASKED
    until: datetime | None = None
    opened_at: datetime | None = None
    consented_by: str | None = None  # id of a user
    ended_by: str | None = None
    ended_at: datetime | None = None
    last_audit_id: str | None = None

    def state_at(self, now: datetime) -> State:
        """Return the state as it is now: what has run out has no event of its own."""
        if self.state is State.OPEN and self.until is not None and self.until <= now:
            return State.EXPIRED
        if self.state is State.ASKED and self.asked_at + ASKED_FOR <= now:
            return State.EXPIRED
        return self.state
