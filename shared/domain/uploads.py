"""A file that an agent uploaded, to be sent with a reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

COLLECTION: Final = "uploads"

# All files of one mail. In base64 they are 24.7 MB, which leaves a mail room for its text under the 25 MB
# that Gmail and most servers take (https://support.google.com/mail/answer/6584).
MAX_BYTES: Final = 18_000_000
MAX_FILES: Final = 50  # of one mail
MAX_WAITING: Final = 200  # of one person
LIFETIME: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Upload:
    """The document of an upload, which is deleted when its reply was sent.

    `object` is the file's name in the bucket, another one at each attempt; `ready` says that it is there.
    `sealed` is {"name", "sha256"} under the mailbox's key. `expires_at` is None while the upload belongs
    to a reply. There is no TTL on it: who deletes the document must delete the object first.
    """

    mailbox_id: str
    ticket_id: str
    user_id: str
    created_at: datetime
    media_type: str
    object: str
    expires_at: datetime | None
    ready: bool = False
    size: int = 0
    reply_id: str | None = None
    sealed: str | None = None
