"""The tokens of the local bus are those that Pub/Sub would send."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from shared.bus.signer import PushSigner, new_private_key_pem
from tests.stopped_clock import StoppedClock

KEY = new_private_key_pem()


def test_a_token_says_what_googles_say() -> None:
    """Every claim that the receiver checks is there, and the key is named by its fingerprint."""
    clock = StoppedClock()
    signer = PushSigner(KEY, "push@example.com", clock)

    token = signer.token("https://desk.example.com/push")

    issued = int(datetime(2026, 1, 5, 9, tzinfo=UTC).timestamp())
    assert jwt.decode(token, options={"verify_signature": False}) == {
        "iss": "https://accounts.google.com",
        "aud": "https://desk.example.com/push",
        "azp": "push@example.com",
        "sub": "push@example.com",
        "email": "push@example.com",
        "email_verified": True,
        "iat": issued,
        "exp": issued + 3600,
    }
    public = load_pem_private_key(KEY, None).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert jwt.get_unverified_header(token) == {
        "alg": "RS256",
        "typ": "JWT",
        "kid": hashlib.sha256(der).hexdigest()[:16],
    }


def test_a_token_serves_until_five_minutes_before_its_end() -> None:
    """Signing costs a millisecond, so a token is used again; but never one that may expire on its way."""
    clock = StoppedClock()
    signer = PushSigner(KEY, "push@example.com", clock)
    first = signer.token("a")

    clock.advance(55 * 60 - 1)
    before = signer.token("a")
    clock.advance(1)
    afterwards = signer.token("a")

    assert before == first
    assert afterwards != first


def test_each_audience_has_a_token_of_its_own() -> None:
    """What one function is sent opens no other."""
    signer = PushSigner(KEY, "push@example.com")

    audiences = [
        jwt.decode(signer.token(a), options={"verify_signature": False})["aud"] for a in "ab"
    ]

    assert audiences == ["a", "b"]


def test_the_key_set_holds_no_private_part() -> None:
    """Whoever verifies gets the public key and no more."""
    key_set = json.loads(PushSigner(KEY, "push@example.com").jwks_json())

    [key] = key_set["keys"]

    assert key.keys() == {"kty", "key_ops", "n", "e", "kid", "use", "alg"}


def test_a_key_that_is_no_rsa_key_is_refused() -> None:
    """RS256 is what the receivers accept."""
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )

    with pytest.raises(TypeError, match="RSA"):
        PushSigner(pem, "push@example.com")
