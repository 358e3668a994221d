"""Password hashes: bcrypt's public vectors, the keyed pre-hash, and hashes that PHP made."""

from __future__ import annotations

from pathlib import Path

import bcrypt
import pytest

from shared.auth import passwords
from shared.errors import Invalid
from shared.keys.contract import PASSWORD_PEPPER
from shared.keys.local import FileKeys
from tests.stopped_clock import StoppedClock

COST = 4

# Openwall's crypt_blowfish, wrapper.c; the same bytes under PHP's prefix.
VECTORS = [
    ("U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ("U*U*", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
    ("U*U*U", "$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
    ("", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
]


@pytest.fixture
def keys(tmp_path: Path) -> FileKeys:
    """Give the keys of a new home."""
    FileKeys.create(tmp_path / "keys.json")
    return FileKeys(tmp_path / "keys.json", StoppedClock())


@pytest.mark.parametrize(("password", "hashed"), VECTORS)
def test_the_public_vectors_of_bcrypt(keys: FileKeys, password: str, hashed: str) -> None:
    """A hash that PHP made verifies with its password and no other."""
    stored = passwords.imported(hashed)

    assert passwords.verify_password(keys, password, stored, COST)
    assert not passwords.verify_password(keys, password + "x", stored, COST)
    assert not passwords.is_current(keys, stored, COST)


def test_php_compares_72_bytes(keys: FileKeys) -> None:
    """What PHP cut when it hashed is cut the same way; a NUL, which PHP refuses, is refused."""
    hashed = bcrypt.hashpw(b"a" * 72, bcrypt.gensalt(COST)).decode().replace("$2b$", "$2y$")
    stored = passwords.imported(hashed)

    assert passwords.verify_password(keys, "a" * 80, stored, COST)
    assert not passwords.verify_password(keys, "a" * 71, stored, COST)
    assert not passwords.verify_password(keys, "a" * 72 + "\0", stored, COST)


@pytest.mark.parametrize(
    ("password", "other"),
    [
        ("a" * 72 + "b", "a" * 72 + "c"),
        ("🔑" * 64, "🔑" * 63 + "🗝"),
        ("before\0after", "before\0other"),
        ("", "\0"),
        (" blanks kept ", "blanks kept"),
        ("\ud800", "\udc00"),
    ],
)
def test_no_character_is_passed_over(keys: FileKeys, password: str, other: str) -> None:
    """Beyond 72 bytes, after a NUL, blanks and lone surrogates: every character counts."""
    stored = passwords.hash_password(keys, password, COST)

    assert passwords.verify_password(keys, password, stored, COST)
    assert not passwords.verify_password(keys, other, stored, COST)


def test_a_hash_needs_its_pepper(keys: FileKeys, tmp_path: Path) -> None:
    """Another installation's pepper does not verify it; after a rotation the old one still does."""
    stored = passwords.hash_password(keys, "right", COST)
    FileKeys.create(tmp_path / "other.json")
    elsewhere = FileKeys(tmp_path / "other.json", StoppedClock())

    assert not passwords.verify_password(elsewhere, "right", stored, COST)
    assert passwords.is_current(keys, stored, COST)
    keys.set_primary(keys.add_version(PASSWORD_PEPPER))
    assert passwords.verify_password(keys, "right", stored, COST)
    assert not passwords.is_current(keys, stored, COST)


def test_a_hash_of_another_cost_is_replaced(keys: FileKeys) -> None:
    """A stronger setting reaches everybody at their next sign-in."""
    stored = passwords.hash_password(keys, "right", COST)

    assert passwords.is_current(keys, stored, COST)
    assert not passwords.is_current(keys, stored, COST + 1)


def test_nobody_has_no_password(keys: FileKeys) -> None:
    """Against the dummy nothing verifies."""
    for password in ("", "right", "\0"):
        assert not passwords.verify_password(keys, password, None, COST)


def test_the_longest_password(keys: FileKeys) -> None:
    """1,024 characters are taken, one more is refused before any work."""
    stored = passwords.hash_password(keys, "🔑" * 1024, COST)

    assert passwords.verify_password(keys, "🔑" * 1024, stored, COST)
    with pytest.raises(Invalid, match=r"password\.too_long"):
        passwords.hash_password(keys, "x" * 1025, COST)
    with pytest.raises(Invalid, match=r"password\.too_long"):
        passwords.verify_password(keys, "x" * 1025, passwords.imported(VECTORS[0][1]), COST)


@pytest.mark.parametrize(
    "text",
    ["", "secret", "$2y$05$short", "$1$CCCCCCCC$E5YPO9kmyuRGyh0XouQYb4", VECTORS[0][1] + "x"],
)
def test_what_is_no_hash_of_php_is_not_imported(text: str) -> None:
    """A plain password or another scheme is refused at the import, not at the sign-in."""
    with pytest.raises(ValueError, match="bcrypt"):
        passwords.imported(text)
