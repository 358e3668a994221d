"""Mails that somebody is looking at, in memory for half a minute: a mail of ten pictures is read once.

Nothing is written anywhere, rights are asked before, and what is large is not kept.
"""

from __future__ import annotations

from typing import Final

from shared.app import App
from shared.domain.messages import Message
from shared.gmail.contract import RawMessage
from shared.keys.cache import Cache
from shared.services.reading import message_bodies

KEPT_SECONDS: Final = 30.0
MAX_BYTES: Final = 10_000_000
_MAILS: Final = 4


class RecentMail:
    """Gives a message as Gmail has it, or had it half a minute ago. Who asks at once shares one reading."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._mails: Cache[RawMessage] = Cache(
            app.clock, size=_MAILS, lifetime_seconds=lambda _: KEPT_SECONDS
        )

    def forget_expired(self) -> None:
        """Let go of mails whose half minute is over."""
        self._mails.forget_expired()

    def get(self, message_id: str, message: Message) -> RawMessage:
        """Return the mail. Raises what `message_bodies.fetch` raises."""
        raw = self._mails.get(message_id, lambda: message_bodies.fetch(self._app, message))
        if len(raw.raw) > MAX_BYTES:
            self._mails.discard(message_id)
        return raw
