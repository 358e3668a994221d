"""Passwords: bcrypt over a keyed pre-hash.

bcrypt reads 72 bytes and stops at NUL; the pre-hash (HMAC-SHA384 under a pepper that is not in the
database, base64) makes every password 64 safe bytes, so none is cut, and a stolen database alone cannot
be guessed against. OWASP Password Storage Cheat Sheet, "Pre-Hashing Passwords with bcrypt".

Hashes of a Laravel installation (`$2y$`) verify as PHP verifies them, and are replaced at the next sign-in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import threading
from dataclasses import dataclass
from typing import Final

from shared.errors import Invalid
from shared.keys.contract import PASSWORD_PEPPER, Keys

MAX_CHARACTERS: Final = 1024
_SCHEME: Final = "bcrypt-hmac-sha384"
_IMPORTED: Final = "bcrypt"  # without pre-hash or pepper
_PHP_BYTES: Final = 72  # what PHP's password_hash reads of a password
_PHP_HASH: Final = re.compile(r"\$2[aby]\$(?:0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}")

# A hash takes a whole core for 250 ms: more than two at once would only starve the instance.
_SLOTS = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """What is stored: the scheme, which pepper was used ("" for none), and bcrypt's own text."""

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


def imported(hash: str) -> PasswordHash:
    """Return what to store for a hash that PHP's password_hash made. Raises ValueError for any other."""
    if _PHP_HASH.fullmatch(hash) is None:
        raise ValueError("not a bcrypt hash of PHP")
    return PasswordHash(_IMPORTED, "", hash)


def verify_password(keys: Keys, password: str, stored: PasswordHash | None, cost: int) -> bool:
    """Say whether `password` is the stored one.

    Where nothing is stored (no such person) the same work is done against a dummy, so that the answer's
    time does not tell whether the person exists.
    """
    import bcrypt  # noqa: PLC0415

    if stored is None:
        given, expected = _prehash(password, keys.primary(PASSWORD_PEPPER).value), _dummy(cost)
    elif stored.scheme == _IMPORTED:
        given, expected = _as_php(password), stored.hash.encode()
    else:
        given = _prehash(password, keys.by_id(stored.pepper).value)
        expected = stored.hash.encode()
    with _SLOTS:
        matches = bcrypt.checkpw(given, expected)
    return matches and stored is not None and not (stored.scheme == _IMPORTED and "\0" in password)


def is_current(keys: Keys, stored: PasswordHash, cost: int) -> bool:
    """Say whether a hash is what `hash_password` would make now; if not, the next sign-in replaces it."""
    return (
        stored.scheme == _SCHEME
        and stored.pepper == keys.primary(PASSWORD_PEPPER).id
        and stored.hash.startswith(f"$2b${cost:02d}$")
    )


def _prehash(password: str, pepper: bytes) -> bytes:
    _refuse_too_long(password)
    digest = hmac.digest(pepper, password.encode("utf-8", "surrogatepass"), hashlib.sha384)
    return base64.b64encode(digest)


def _as_php(password: str) -> bytes:
    """Return the bytes that PHP 8.2 compares: the first 72. It refuses NUL, as `verify_password` does."""
    _refuse_too_long(password)
    return password.encode("utf-8", "surrogatepass")[:_PHP_BYTES]


def _refuse_too_long(password: str) -> None:
    if len(password) > MAX_CHARACTERS:
        raise Invalid("password.too_long", max_characters=MAX_CHARACTERS)


def _dummy(cost: int) -> bytes:
    """Return a well-formed hash of this cost that no password is known for."""
    return f"$2b${cost:02d}$".encode() + b"C6UzMDM.H6dfI/f/IKcEeO" + b"." * 31
