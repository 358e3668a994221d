"""One-time codes by e-mail and recovery codes: their form, and what is stored of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.auth import otp, recovery
from shared.keys.contract import OTP_KEY
from shared.keys.local import FileKeys
from tests.stopped_clock import StoppedClock


@pytest.fixture
def keys(tmp_path: Path) -> FileKeys:
    """Give the keys of a new home."""
    FileKeys.create(tmp_path / "keys.json")
    return FileKeys(tmp_path / "keys.json", StoppedClock())


def test_a_code_has_eight_digits() -> None:
    """Leading zeros stay, and codes differ."""
    codes = {otp.new_code() for _ in range(1000)}

    assert {len(code) for code in codes} == {8}
    assert all(code.isascii() and code.isdigit() for code in codes)
    assert len(codes) > 990


def test_only_the_code_of_this_challenge_matches(keys: FileKeys) -> None:
    """Another code, and the same code in another challenge, do not."""
    key_id, stored = otp.seal_code(keys, "challenge one", "12345678")

    assert otp.matches(keys, key_id, stored, "challenge one", "12345678")
    assert otp.matches(keys, key_id, stored, "challenge one", " 1234 5678\n")
    assert not otp.matches(keys, key_id, stored, "challenge one", "12345679")
    assert not otp.matches(keys, key_id, stored, "challenge one", "")
    assert not otp.matches(keys, key_id, stored, "challenge one", "\ud800")
    assert not otp.matches(keys, key_id, stored, "challenge two", "12345678")


def test_a_code_under_way_survives_a_new_key(keys: FileKeys) -> None:
    """What was sealed under the key before is proved with that key."""
    key_id, stored = otp.seal_code(keys, "c", "12345678")
    keys.set_primary(keys.add_version(OTP_KEY))

    assert otp.matches(keys, key_id, stored, "c", "12345678")
    assert otp.seal_code(keys, "c", "12345678") != (key_id, stored)


def test_ten_recovery_codes_of_128_bits() -> None:
    """Each is 26 base32 characters in two groups, and all differ."""
    codes = recovery.new_codes()

    assert len(set(codes)) == 10
    assert {len(code) for code in codes} == {27}
    assert {code[13] for code in codes} == {"-"}


def test_a_recovery_code_is_read_as_people_write_it() -> None:
    """Lower case, blanks, no hyphen, and look-alike letters are the same code; another letter is not."""
    expected = recovery.code_hash("0123456789ABC-DEFGHJKMNPQRS")

    assert recovery.code_hash("0123456789abcdefghjkmnpqrs") == expected
    assert recovery.code_hash(" o1234 56789abc - defghjkmnpqrs ") == expected
    assert recovery.code_hash("OI23456789ABC-DEFGHJKMNPQRS") == expected
    assert recovery.code_hash("0123456789ABC-DEFGHJKMNPQRT") != expected
    assert recovery.code_hash("\ud800") != expected
