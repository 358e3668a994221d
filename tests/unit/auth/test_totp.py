"""Codes of authenticator apps, against the vectors of the RFCs."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from shared.auth import totp

# The secret of RFC 4226 appendix D and RFC 6238 appendix B (SHA-1): the ASCII text 12345678901234567890.
SECRET = base64.b32encode(b"12345678901234567890").decode()

# RFC 4226 appendix D: HOTP values for counts 0 to 9.
RFC_4226 = [
    "755224",
    "287082",
    "359152",
    "969429",
    "338314",
    "254676",
    "287922",
    "162583",
    "399871",
    "520489",
]

# RFC 6238 appendix B, SHA-1: seconds since 1970, and the last six of its eight digits.
RFC_6238 = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


def at(seconds: int) -> datetime:
    """Return a moment."""
    return datetime.fromtimestamp(seconds, UTC)


def test_the_vectors_of_rfc_4226() -> None:
    """The code of each count is the RFC's."""
    assert [totp.code_at(SECRET, count) for count in range(10)] == RFC_4226


@pytest.mark.parametrize(("seconds", "code"), RFC_6238)
def test_the_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    """The code of each moment is the RFC's, and its step is found."""
    assert totp.matching_step(SECRET, code, at(seconds), 0) == seconds // 30


def test_one_step_before_and_after_is_accepted() -> None:
    """A clock half a minute wrong still shows a right code; one that is further off does not."""
    now = at(1_000_000_000)
    current = 1_000_000_000 // 30

    found = [
        totp.matching_step(SECRET, totp.code_at(SECRET, current + offset), now, 0)
        for offset in (-2, -1, 0, 1, 2)
    ]

    assert found == [None, current - 1, current, current + 1, None]


def test_a_step_counts_once() -> None:
    """A code up to the step that was used is not accepted again, a later one is."""
    now = at(1_000_000_000)
    current = 1_000_000_000 // 30

    assert totp.matching_step(SECRET, totp.code_at(SECRET, current), now, current) is None
    assert totp.matching_step(SECRET, totp.code_at(SECRET, current - 1), now, current) is None
    assert (
        totp.matching_step(SECRET, totp.code_at(SECRET, current + 1), now, current) == current + 1
    )


@pytest.mark.parametrize("code", ["", "28708", "2870822", "٢٨٧٠٨٢", "\ud800", "abcdef", "0" * 9000])
def test_what_is_no_code_is_refused(code: str) -> None:
    """Too short, too long, other digits, no text at all: refused, and nothing breaks."""
    assert totp.matching_step(SECRET, code, at(59), 0) is None


def test_blanks_are_passed_over() -> None:
    """Apps show codes in two groups, and people type them so."""
    assert totp.matching_step(SECRET, " 287 082 ", at(59), 0) == 1


def test_a_secret_has_160_bits() -> None:
    """RFC 4226 §4 recommends 160 bits; no two are the same."""
    secrets = {totp.new_secret() for _ in range(20)}

    assert len(secrets) == 20
    assert {len(base64.b32decode(secret)) for secret in secrets} == {20}


def test_the_address_names_organisation_and_account() -> None:
    """An app shows whose code it is; what is no letter is escaped."""
    uri = totp.provisioning_uri(SECRET, "agent@example.com", "Example Desk & Co")

    assert uri == (
        "otpauth://totp/Example%20Desk%20%26%20Co:agent%40example.com"
        f"?secret={SECRET}&issuer=Example%20Desk%20%26%20Co"
    )


def test_the_qr_code_is_an_image_without_script() -> None:
    """It is SVG of one path, which a page can show as an image."""
    image = totp.qr_code("otpauth://totp/x?secret=ABC")

    assert image.startswith("<svg ")
    assert "<path" in image
    assert "script" not in image
