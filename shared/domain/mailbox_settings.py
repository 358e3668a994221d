"""How a mailbox is worked in: hours, promised times, acknowledgement, signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

COLLECTION: Final = "mailbox_settings"


@dataclass(frozen=True, slots=True)
class Targets:
    """The times that are promised for one priority, in business minutes; None promises nothing."""

    first_reply_minutes: int | None = None
    next_reply_minutes: int | None = None
    solve_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """The document of a mailbox's settings; its id is the mailbox's, and where there is none these count.

    `hours` holds for each weekday ("mon" to "sun") its intervals, such as "09:00-17:00"; `holidays` are
    dates, such as "2026-12-25"; both are in `time_zone`. `targets` are by priority. `sealed` is
    {"signature", "acknowledgement", "smtp", ...} under the mailbox's key, each member there or not.
    """

    time_zone: str = "UTC"  # an IANA name
    hours: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("09:00-17:00",))
    )
    holidays: tuple[str, ...] = ()
    targets: Mapping[str, Targets] = field(default_factory=dict)
    reopen_within_days: int = 30
    undo_seconds: int = 15
    acknowledge: bool = False
    satisfaction: bool = False
    sealed: str | None = None
    version: int = 0
    changed_by: str | None = None
    last_audit_id: str | None = None
