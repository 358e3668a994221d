"""Passwords: bcrypt over a keyed pre-hash.

bcrypt reads 72 bytes and stops at NUL; the pre-hash (HMAC-SHA384 under a pepper that is not in the
database, base64) makes every password 64 safe bytes, so none is cut, and a stolen database alone cannot
be guessed against. OWASP Password Storage Cheat Sheet, "Pre-Hashing Passwords with bcrypt".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from dataclasses import dataclass
from typing import Final

from shared.errors import Invalid
from shared.keys.contract import PASSWORD_PEPPER, Keys

MAX_CHARACTERS: Final = 1024
_SCHEME: Final = "bcrypt-hmac-sha384"

# A hash takes a whole core for 250 ms: more than two at once would only starve the instance.
_SLOTS = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """What is stored: the scheme, which pepper was used, and bcrypt's own text."""

    scheme: str
    pepper: str
    hash: str


def hash_password(keys: Keys, password: str, cost: int) -> PasswordHash:
    """Return what to store for `password`. Raises Invalid("password.too_long") over 1,024 characters."""
    import bcrypt  # noqa: PLC0415 - only sign-in needs it

    pepper = keys.primary(PASSWORD_PEPPER)
    with _SLOTS:
        hashed = bcrypt.hashpw(_prehash(password, pepper.value), bcrypt.gensalt(cost))
    return PasswordHash(_SCHEME, pepper.id, hashed.decode())


def verify_password(keys: Keys, password: str, stored: PasswordHash | None, cost: int) -> bool:
    """Say whether `password` is the stored one.

    Where nothing is stored (no such person) the same work is done against a dummy, so that the answer's
    time does not tell whether the person exists.
    """
    import bcrypt  # noqa: PLC0415

    if stored is None:
        pepper = keys.primary(PASSWORD_PEPPER).value
        expected = _dummy(cost)
    else:
        pepper = keys.by_id(stored.pepper).value
        expected = stored.hash.encode()
    with _SLOTS:
        matches = bcrypt.checkpw(_prehash(password, pepper), expected)
    return matches and stored is not None


def _prehash(password: str, pepper: bytes) -> bytes:
    if len(password) > MAX_CHARACTERS:
        raise Invalid("password.too_long", max_characters=MAX_CHARACTERS)
    digest = hmac.digest(pepper, password.encode("utf-8", "surrogatepass"), hashlib.sha384)
    return base64.b64encode(digest)


def _dummy(cost: int) -> bytes:
    """Return a well-formed hash of this cost that no password is known for."""
    return f"$2b${cost:02d}$".encode() + b"C6UzMDM.H6dfI/f/IKcEeO" + b"." * 31
