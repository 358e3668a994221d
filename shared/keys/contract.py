"""What the product asks of a holder of keys and secrets.

A secret has a name (such as ``app-key``) and numbered versions; one of them is primary. A key id is
``<name>/<version>``, such as ``app-key/3``, and stands beside whatever that key has sealed, so that an
older version is found again.

Promises of every implementation
- A version never changes. A new primary is seen by every instance within 5 minutes (plus jitter).
- Values are cached in memory for 5 minutes with jitter, one caller at a time asks (single flight), an
  unknown version forces at most one refresh in 30 s, and when the holder cannot be reached after that
  time the answer is Unavailable("keys.unavailable"): it fails closed, it never serves a stale key for ever.
- Values never reach a log, an exception or a `repr`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

CACHE_SECONDS: Final = 300.0
REFRESH_SECONDS: Final = 30.0
KEY_BYTES: Final = 32

APP_KEY: Final = "app-key"  # wraps data keys: 32 bytes
PASSWORD_PEPPER: Final = "password-pepper"  # noqa: S105 - a name; 32 bytes, keys the pre-hash
INDEX_KEY: Final = "index-key"  # the organisation's equality tokens: 32 bytes
OTP_KEY: Final = "otp-key"  # the codes sent by e-mail, and known devices: 32 bytes
TOKEN_KEY: Final = "token-key"  # noqa: S105 - a name; signs reply tokens and content URLs: 32 bytes
STATEMENT_KEY: Final = "statement-key"  # signs receipts and statements: an Ed25519 seed of 32 bytes
AUDIT_SIGNING_KEY: Final = "audit-signing-key"  # signs the audit log's checkpoints: a seed likewise
WITNESS_KEY: Final = "witness-key"  # cosigns checkpoints that it found consistent: a seed likewise
OAUTH_CLIENT: Final = "oauth-client-secret"  # Google's client secret, text


@dataclass(frozen=True, slots=True)
class Key:
    """One version of a secret; `value` is bytes and hidden from repr."""

    id: str
    value: bytes = field(repr=False)


class Keys(Protocol):
    """Gives the versions of named secrets."""

    def primary(self, name: str) -> Key:
        """Return the version that seals new things. Raises Unavailable("keys.unavailable")."""
        ...

    def by_id(self, key_id: str) -> Key:
        """Return one version. Raises NotFound("key.not_found") where there is none (any more)."""
        ...


@dataclass(frozen=True, slots=True)
class VersionState:
    """One version of a secret as its administrator sees it; without its value."""

    id: str
    state: Literal["enabled", "disabled", "destroyed"]
    primary: bool


class KeyAdministration(Protocol):
    """Changes secrets; for an operator's commands, no function holds it.

    Every method is idempotent but `add_version`, and raises NotFound("key.not_found") for a version or secret
    that there is not, Conflict("key.primary") where the primary version would be lost,
    Unavailable("keys.unavailable").
    """

    def versions(self, name: str) -> tuple[VersionState, ...]:
        """Return the versions of a secret, the oldest first, those that are destroyed among them or not."""
        ...

    def add_version(self, name: str, value: bytes | None = None) -> str:
        """Add an enabled version, 32 random bytes unless a value is given; return its id.

        It is not primary. Where the answer is lost it may have been added: `versions` shows it.
        """
        ...

    def set_primary(self, key_id: str) -> None:
        """Let an enabled version seal new things. Raises Conflict("key.disabled") for another."""
        ...

    def disable_version(self, key_id: str) -> None:
        """Let a version open nothing any more, until it is enabled again."""
        ...

    def enable_version(self, key_id: str) -> None:
        """Let a disabled version open again. Raises Conflict("key.destroyed")."""
        ...

    def destroy_version(self, key_id: str) -> None:
        """Destroy a version for ever."""
        ...
