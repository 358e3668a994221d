"""Notes: what those who work on a ticket write to each other. No customer ever gets one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

COLLECTION: Final = "notes"

MAX_BYTES: Final = 65_536
MAX_MENTIONS: Final = 20
CHANGED_WITHIN: Final = timedelta(hours=1)  # after that others have acted on it


@dataclass(frozen=True, slots=True)
class Note:
    """The document of a note. `sealed` is {"text"} under the mailbox's key, None once it was deleted.

    Who wrote it is a person (`author_id`), or a function with the rule or import that it acted for
    (`made_by`). An imported one has `written_at`, the time that it had elsewhere, and its author's name
    among what is sealed.
    """

    ticket_id: str
    mailbox_id: str
    author_id: str | None
    made_by: str | None
    created_at: datetime  # the store's time
    sealed: str | None
    mentions: tuple[str, ...] = ()
    imported: bool = False
    written_at: datetime | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    version: int = 1
    changed_by: str | None = None
    last_audit_id: str | None = None


def may_still_change(note: Note, now: datetime) -> bool:
    """Say whether a note is young enough for its author to change it."""
    return note.deleted_at is None and now - note.created_at < CHANGED_WITHIN
