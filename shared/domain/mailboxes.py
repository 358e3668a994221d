"""A connected Gmail mailbox, and how far its history has been read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

COLLECTION: Final = "mailboxes"
SYNC: Final = "sync"
PARKED: Final = "parked"

LEASE: Final = timedelta(seconds=150)  # longer than gmail_push may run
WATCH_ALERT: Final = timedelta(hours=48)
ADVANCE_AFTER: Final = timedelta(days=1)  # how old a cursor grows before an empty listing moves it
BEHIND_AFTER: Final = timedelta(minutes=30)
SETTLED_AFTER: Final = timedelta(minutes=10)  # how long a head must have stood: Gmail lists late


class MailboxState(StrEnum):
    """Where a mailbox stands."""

    CONNECTING = "connecting"
    ACTIVE = "active"
    PAUSED = "paused"
    NEEDS_REAUTH = "needs_reauth"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The document of a mailbox. Its identity is sealed; `address_token` finds it by address.

    `credential` is the sealed refresh token and `credential_version` counts its replacements, so that
    whoever finds a token dead removes that one and no newer.
    """

    state: MailboxState
    address_token: str
    subject_token: str
    sealed: str  # {"address", "subject"} under the mailbox's key
    credential: str | None
    credential_version: int
    connected_by: str
    connected_at: datetime
    watch_expires_at: datetime | None = None
    grant_expires_at: datetime | None = None  # set where Google gives the grant for a time only
    last_error: str | None = None
    version: int = 1
    last_audit_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sync:
    """The document that holds a mailbox's cursor and its fenced lease, and what a poll needs.

    `cursor` is the last history record whose candidates are on the bus. Only the holder of `fence` moves
    it, and only forward.
    """

    mailbox_id: str
    address_token: str
    active: bool
    cursor: str
    cursor_at: datetime  # when the cursor was last known to be Gmail's head or moved to a record
    fence: int = 0
    lease_until: datetime | None = None
    dirty: bool = False
    retry_at: datetime | None = None  # Gmail asked us to wait until then
    seen_head: str | None = None  # a head that an empty listing showed, and when
    seen_head_at: datetime | None = None
    resync_anchor: str | None = None  # a resync under way: where the cursor goes at its end,
    resync_since: datetime | None = None  # from when it lists (None: everything),
    resync_page: str | None = None  # and the page it is at
    last_error: str | None = None
    pushed_at: datetime | None = None  # when Gmail last told us of something,
    missed_at: datetime | None = None  # and when a poll last found what it had not told


def push_is_silent(sync: Sync, now: datetime) -> bool:
    """Say whether polls find mail of which Gmail's pushes tell nothing.

    A poll may be a little faster than a push; so it counts when none has come ten minutes later.
    """
    if sync.missed_at is None or now - sync.missed_at < SETTLED_AFTER:
        return False
    return sync.pushed_at is None or sync.pushed_at < sync.missed_at


def cursor_is_behind(sync: Sync, now: datetime) -> bool:
    """Say whether there is news for half an hour that was not listed."""
    return sync.dirty and now - sync.cursor_at > BEHIND_AFTER


def busy_until(sync: Sync, now: datetime) -> datetime | None:
    """Return until when another run holds the mailbox or Gmail asked us to wait, None where neither."""
    until = max((moment for moment in (sync.lease_until, sync.retry_at) if moment), default=now)
    return until if until > now else None


def advance_is_due(sync: Sync, now: datetime) -> bool:
    """Say whether an empty listing should be used to keep the cursor from growing too old.

    Gmail keeps history for about a week. Jumping to the head at once could skip a record that Gmail
    lists late, never moving lets the cursor expire: so once a day a head is noted, and taken when it has
    stood for ten minutes.
    """
    return now - sync.cursor_at >= ADVANCE_AFTER
