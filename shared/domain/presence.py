"""Who has a ticket open, or is typing an answer to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

COLLECTION: Final = "presence"

BEAT: Final = timedelta(seconds=10)  # a page says that it is there as often, and no more is written
LIFETIME: Final = timedelta(seconds=25)  # after its last beat a page counts as closed


@dataclass(frozen=True, slots=True)
class Presence:
    """The document of one person at one ticket; nobody else writes it."""

    ticket_id: str
    mailbox_id: str
    user_id: str
    typing: bool
    since: datetime
    seen_at: datetime
    expires_at: datetime


def is_there(presence: Presence, now: datetime) -> bool:
    """Say whether somebody still has the ticket open."""
    return now - presence.seen_at < LIFETIME


def beaten(before: Presence | None, after: Presence) -> Presence | None:
    """Return what to write of a beat, None where what is known says enough.

    A new page, one that begins or ends typing, and every ten seconds.
    """
    if before is None or not is_there(before, after.seen_at):
        return after
    if before.typing is after.typing and after.seen_at - before.seen_at < BEAT:
        return None
    return Presence(
        after.ticket_id,
        after.mailbox_id,
        after.user_id,
        after.typing,
        before.since,
        after.seen_at,
        after.expires_at,
    )
