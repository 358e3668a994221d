"""Access tokens, in memory only: one for each mailbox, renewed a few minutes before it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from shared.clock import Clock
from shared.gmail.contract import OAuth, Tokens
from shared.keys.cache import Cache

EARLY_SECONDS: Final = 225.0  # as google-auth does: longer than any call lasts
_JUST_REFRESHED_SECONDS: Final = 10.0
_MAILBOXES: Final = 1024


class AccessTokens:
    """The access tokens of all mailboxes that this process works on. Thread-safe.

    However many callers ask at once, one of them refreshes a mailbox's token and the others take the
    same token or the same error.
    """

    def __init__(self, oauth: OAuth, clock: Clock) -> None:
        self._oauth = oauth
        self._tokens: Cache[Tokens] = Cache(
            clock,
            size=_MAILBOXES,
            lifetime_seconds=lambda tokens: (
                (tokens.expires_at - clock.now()).total_seconds() - EARLY_SECONDS
            ),
        )

    def get(self, mailbox_id: str, refresh_token: Callable[[], str], *, force: bool = False) -> str:
        """Return an access token; `refresh_token` is called only where a new one is needed.

        `force` says that Gmail refused the last one: it is replaced, unless somebody did so in the last
        10 seconds. Raises what OAuth.refresh raises, and what `refresh_token` raises.
        """
        tokens = self._tokens.get(
            mailbox_id,
            lambda: self._oauth.refresh(refresh_token()),
            max_age_seconds=_JUST_REFRESHED_SECONDS if force else None,
        )
        return tokens.access_token

    def forget_expired(self) -> None:
        """Let go of tokens that are used no more."""
        self._tokens.forget_expired()

    def discard(self, mailbox_id: str) -> None:
        """Forget a mailbox's token: it was disconnected, or connected anew."""
        self._tokens.discard(mailbox_id)
