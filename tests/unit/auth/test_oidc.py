"""Verifying Google's tokens: what is ours is let in, and every other token is one error."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from shared.auth.oidc import KeySource, TokenVerifier, verify_push
from shared.bus.signer import PushSigner
from shared.errors import Unauthenticated
from tests.unit.auth.tokens import (
    ACCOUNT,
    AUDIENCE,
    KEY,
    MISSING,
    OTHER_KEY,
    SIGNER,
    a_file_of,
    a_token,
)

NOW = int(time.time())


@pytest.fixture
def verifier(tmp_path: Path) -> TokenVerifier:
    """Give a verifier that knows one key."""
    return TokenVerifier(a_file_of(tmp_path, SIGNER))


def test_a_genuine_push_is_let_in(verifier: TokenVerifier) -> None:
    """The token that our own subscription sends opens our function."""
    claims = verify_push(verifier, f"Bearer {a_token()}", AUDIENCE, ACCOUNT)

    assert claims["email"] == ACCOUNT


def test_the_scheme_is_read_in_any_case(verifier: TokenVerifier) -> None:
    """RFC 9110 §11.1: the name of a scheme has no case."""
    assert verify_push(verifier, f"bearer {a_token()}", AUDIENCE, ACCOUNT)


def test_both_names_of_google_are_issuers(verifier: TokenVerifier) -> None:
    """Google signs under its name with and without https://."""
    claims = verifier.verify(a_token(iss="accounts.google.com"), audience=AUDIENCE)

    assert claims["iss"] == "accounts.google.com"


def test_another_issuer_is_accepted_only_where_it_is_named(verifier: TokenVerifier) -> None:
    """The caller says whom it trusts."""
    token = a_token(iss="https://issuer.example.com")

    claims = verifier.verify(token, audience=AUDIENCE, issuer=("https://issuer.example.com",))

    assert claims["iss"] == "https://issuer.example.com"
    with pytest.raises(Unauthenticated):
        verifier.verify(token, audience=AUDIENCE)


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic YTpi", "token"])
def test_a_push_without_a_bearer_token_is_refused(
    verifier: TokenVerifier, authorization: str | None
) -> None:
    """No header, or another scheme, is no proof."""
    refused(verifier, authorization)


WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "https://other.example.com/"},
    "a longer audience": {"aud": f"{AUDIENCE}/"},
    "two audiences": {"aud": [AUDIENCE, "https://other.example.com/"]},
    "no audience": {"aud": MISSING},
    "null audience": {"aud": None},
    "another issuer": {"iss": "https://accounts.google.com.example.com"},
    "no issuer": {"iss": MISSING},
    "a list of issuers": {"iss": ["https://accounts.google.com"]},
    "expired": {"exp": NOW - 11},
    "no end": {"exp": MISSING},
    "an end in words": {"exp": "soon"},
    "null end": {"exp": None},
    "no issue time": {"iat": MISSING},
    "issued tomorrow": {"iat": NOW + 86400},
    "valid from tomorrow": {"nbf": NOW + 86400},
    "another account": {"email": "push@other.example.com"},
    "the account in capitals": {"email": ACCOUNT.upper()},
    "no account": {"email": MISSING},
    "not verified": {"email_verified": False},
    "verified in words": {"email_verified": "true"},
    "verified as a number": {"email_verified": 1},
    "no word of verification": {"email_verified": MISSING},
}


@pytest.mark.parametrize("changes", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS.keys())
def test_a_push_with_a_wrong_claim_is_refused(
    verifier: TokenVerifier, changes: dict[str, Any]
) -> None:
    """Audience, issuer, times, account and its verification: each alone keeps a token out."""
    refused(verifier, f"Bearer {a_token(**changes)}")


def test_a_clock_may_be_off_by_the_leeway(verifier: TokenVerifier) -> None:
    """Ten seconds between two machines' clocks do not stop the mail."""
    now = int(time.time())

    assert verifier.verify(a_token(iat=now + 5, exp=now + 60), audience=AUDIENCE)
    assert verifier.verify(a_token(exp=now - 5), audience=AUDIENCE)


def test_a_token_of_another_key_is_refused(verifier: TokenVerifier) -> None:
    """Whoever signs under the name of our key, without having it, stays outside."""
    refused(verifier, f"Bearer {a_token(OTHER_KEY)}")
    refused(verifier, f"Bearer {a_token(OTHER_KEY, kid=PushSigner(OTHER_KEY, ACCOUNT).key_id)}")
    refused(verifier, f"Bearer {a_token(kid=MISSING)}")
    refused(verifier, f"Bearer {a_token(kid='')}")


def test_an_unsigned_token_is_refused(verifier: TokenVerifier) -> None:
    """`alg: none` is not an algorithm (RFC 8725 §3.1)."""
    _, claims, signature = a_token().split(".")
    for algorithm in ("none", "None", "NONE"):
        header = encoded({"alg": algorithm, "typ": "JWT", "kid": SIGNER.key_id})
        refused(verifier, f"Bearer {header}.{claims}.")
        refused(verifier, f"Bearer {header}.{claims}.{signature}")


@pytest.mark.parametrize("form", [PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1])
def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(
    verifier: TokenVerifier, form: PublicFormat
) -> None:
    """HS256 over the public key, which everybody knows, is the oldest trick (RFC 8725 §2.1)."""
    public = load_pem_private_key(KEY, None).public_key().public_bytes(Encoding.PEM, form)
    _, claims, _ = a_token().split(".")
    signed = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': SIGNER.key_id})}.{claims}"
    mac = hmac.new(public, signed.encode(), hashlib.sha256).digest()

    refused(verifier, f"Bearer {signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}")


def test_no_altered_token_is_accepted(verifier: TokenVerifier) -> None:
    """A flipped bit in any part of the token is noticed."""
    parts = a_token().split(".")
    for index, part in enumerate(parts):
        raw = bytearray(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        for position in range(0, len(raw), 7):
            altered = bytearray(raw)
            altered[position] ^= 1
            changed = base64.urlsafe_b64encode(altered).decode().rstrip("=")
            token = ".".join([*parts[:index], changed, *parts[index + 1 :]])
            refused(verifier, f"Bearer {token}")


@pytest.mark.parametrize(
    "token",
    [
        "a",
        "..",
        "a.b.c",
        "é.é.é",
        "\x00",
        "e30.e30.e30",
        "x" * 9000,
        "bnVsbA.bnVsbA.",
        "W10.W10.W10",
    ],
)
def test_garbage_is_refused(verifier: TokenVerifier, token: str) -> None:
    """Whatever stands after Bearer, the answer is the same error."""
    refused(verifier, f"Bearer {token}")


def test_an_overlong_token_is_refused_though_it_is_genuine(verifier: TokenVerifier) -> None:
    """Nobody makes us parse a megabyte."""
    refused(verifier, f"Bearer {a_token(padding='x' * 9000)}")


def test_the_errors_code_is_the_verifiers(tmp_path: Path) -> None:
    """The sign-in of a mailbox fails with a sentence of its own."""
    keys: KeySource = a_file_of(tmp_path, SIGNER)

    with pytest.raises(Unauthenticated) as caught:
        TokenVerifier(keys, code="oauth.token_invalid").verify("x", audience=AUDIENCE)

    assert caught.value.code == "oauth.token_invalid"


def refused(verifier: TokenVerifier, authorization: str | None) -> None:
    """Assert that nothing but the one error comes of it, and that it tells nothing."""
    with pytest.raises(Unauthenticated) as caught:
        verify_push(verifier, authorization, AUDIENCE, ACCOUNT)
    assert (caught.value.code, caught.value.params) == ("push.token_invalid", {})
    assert str(caught.value) == "push.token_invalid"


def encoded(member: Mapping[str, object]) -> str:
    """Return one part of a token."""
    return base64.urlsafe_b64encode(json.dumps(member).encode()).decode().rstrip("=")
