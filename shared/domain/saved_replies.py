"""Saved replies: texts that are used again, shared in a mailbox or one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

COLLECTION: Final = "saved_replies"
USES: Final = "saved_reply_uses"

MAX_NAME: Final = 100  # characters
MAX_BYTES: Final = 32_768
MAX_OF_A_MAILBOX: Final = 300
MAX_OF_A_PERSON: Final = 200


@dataclass(frozen=True, slots=True)
class SavedReply:
    """The document of a saved reply: of a mailbox, or of one person.

    `sealed` is {"name", "text"} under the key of its mailbox or person.
    """

    mailbox_id: str | None
    user_id: str | None
    language: str
    sealed: str
    version: int = 1
    changed_by: str | None = None
    last_audit_id: str | None = None

    @property
    def owner(self) -> str:
        """Whose data key seals it."""
        return self.mailbox_id or self.user_id or ""


@dataclass(frozen=True, slots=True)
class Use:
    """The document of how often one person used one saved reply: no counter is shared."""

    saved_reply_id: str
    user_id: str
    count: int
