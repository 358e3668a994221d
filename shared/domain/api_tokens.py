"""Personal API tokens: by which a program does what one person lets it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

COLLECTION: Final = "api_tokens"
SEEN_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ApiToken:
    """The document of a token; its id is the SHA-256 of what the program shows.

    {"name"} is sealed under its person's key. It counts no more once the person's `session_epoch` has
    gone on: whatever ends all sessions ends the tokens too.
    """

    user_id: str
    epoch: int
    permissions: tuple[str, ...]
    sealed: str
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None = None  # written at most every hour
