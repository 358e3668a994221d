"""Verifying Google's tokens: what is ours is let in, and every other token is one error."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from shared.auth.oidc import JwksFile, JwksUrl, KeySource, TokenVerifier, verify_push
from shared.bus.signer import PushSigner, new_private_key_pem
from shared.errors import Unauthenticated, Unavailable
from tests.stopped_clock import StoppedClock

AUDIENCE = "https://desk.example.com/push/gmail_push"
ACCOUNT = "push@desk.example.com"
KEY = new_private_key_pem()
OTHER_KEY = new_private_key_pem()
SIGNER = PushSigner(KEY, ACCOUNT)
MISSING = object()
NOW = int(time.time())


@pytest.fixture
def verifier(tmp_path: Path) -> TokenVerifier:
    """Give a verifier that knows one key."""
    return TokenVerifier(a_file_of(tmp_path, SIGNER))


def a_file_of(folder: Path, *signers: PushSigner) -> JwksFile:
    """Return the key set of these signers, in a file."""
    path = folder / "keys.json"
    path.write_bytes(a_key_set(*signers))
    return JwksFile(path)


def a_key_set(*signers: PushSigner) -> bytes:
    """Return the key set of these signers."""
    keys = [key for signer in signers for key in json.loads(signer.jwks_json())["keys"]]
    return json.dumps({"keys": keys}).encode()


def a_token(key: bytes = KEY, kid: object = SIGNER.key_id, **changes: object) -> str:
    """Return a push token with these claims changed, or MISSING."""
    now = int(time.time())
    claims: dict[str, object] = {
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "sub": "1",
        "email": ACCOUNT,
        "email_verified": True,
        "iat": now,
        "exp": now + 3600,
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not MISSING}
    headers = {} if kid is MISSING else {"kid": kid}
    return jwt.api_jws.encode(json.dumps(kept).encode(), key, "RS256", headers)


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


def test_a_key_of_unknown_id_is_looked_for_in_the_file_again(tmp_path: Path) -> None:
    """After the local desk has made a new key, a running function finds it."""
    keys = a_file_of(tmp_path, SIGNER)
    verifier = TokenVerifier(keys)
    verifier.verify(a_token(), audience=AUDIENCE)
    other = PushSigner(OTHER_KEY, ACCOUNT)

    (tmp_path / "keys.json").write_bytes(a_key_set(SIGNER, other))

    assert verifier.verify(other.token(AUDIENCE), audience=AUDIENCE)


@pytest.mark.parametrize("content", [None, b"", b"{}", b"[]", b'{"keys": []}', b'{"keys": [{}]}'])
def test_a_file_without_keys_is_not_the_senders_fault(
    tmp_path: Path, content: bytes | None
) -> None:
    """Where the keys cannot be read the push is to come again, so it is not called unauthenticated."""
    if content is not None:
        (tmp_path / "keys.json").write_bytes(content)

    with pytest.raises(Unavailable) as caught:
        TokenVerifier(JwksFile(tmp_path / "keys.json")).verify(a_token(), audience=AUDIENCE)

    assert caught.value.code == "auth.keys_unavailable"


class KeyServer:
    """Serves a key set over HTTP, counts the requests, and answers as it is told."""

    def __init__(self) -> None:
        self.requests = 0
        self.answer: Callable[[], tuple[int, bytes]] = lambda: (200, a_key_set(SIGNER))
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.requests += 1
                status, body = server.answer()
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/certs"

    def close(self) -> None:
        """Free the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def key_server() -> Iterator[KeyServer]:
    """Give a server of one key."""
    server = KeyServer()
    yield server
    server.close()


def test_keys_are_fetched_once_for_many_tokens(key_server: KeyServer) -> None:
    """Verifying costs no request, also when many tokens come at once to a cold instance."""
    verifier = TokenVerifier(JwksUrl(key_server.url, StoppedClock()))
    token = a_token()
    verified = []

    def verify() -> None:
        verified.append(verifier.verify(token, audience=AUDIENCE))

    threads = [threading.Thread(target=verify) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(verified) == 16
    assert key_server.requests == 1


def test_invented_key_ids_do_not_make_us_call_google(key_server: KeyServer) -> None:
    """A sender of forged tokens makes one request in half a minute, however many he sends."""
    clock = StoppedClock()
    verifier = TokenVerifier(JwksUrl(key_server.url, clock))
    verifier.verify(a_token(), audience=AUDIENCE)
    requests = []

    for _ in range(3):
        for n in range(10):
            with pytest.raises(Unauthenticated):
                verifier.verify(a_token(kid=f"invented-{n}"), audience=AUDIENCE)
        requests.append(key_server.requests)
        clock.advance(30)

    assert requests == [1, 2, 3]


def test_a_new_key_of_the_issuer_is_found(key_server: KeyServer) -> None:
    """When Google changes keys, the first token under the new one fetches it."""
    clock = StoppedClock()
    verifier = TokenVerifier(JwksUrl(key_server.url, clock))
    verifier.verify(a_token(), audience=AUDIENCE)
    other = PushSigner(OTHER_KEY, ACCOUNT)
    key_server.answer = lambda: (200, a_key_set(SIGNER, other))
    clock.advance(30)

    assert verifier.verify(other.token(AUDIENCE), audience=AUDIENCE)


def test_a_withdrawn_key_serves_for_an_hour_at_most(key_server: KeyServer) -> None:
    """A key that the issuer gave up is forgotten here too."""
    clock = StoppedClock()
    verifier = TokenVerifier(JwksUrl(key_server.url, clock))
    token = a_token()
    verifier.verify(token, audience=AUDIENCE)
    key_server.answer = lambda: (200, a_key_set(PushSigner(OTHER_KEY, ACCOUNT)))

    clock.advance(3599)
    assert verifier.verify(token, audience=AUDIENCE)
    clock.advance(1)
    with pytest.raises(Unauthenticated):
        verifier.verify(token, audience=AUDIENCE)


def test_known_keys_serve_while_the_issuer_is_down(key_server: KeyServer) -> None:
    """A forged key id during an outage of the issuer does not lock out the genuine pushes."""
    clock = StoppedClock()
    verifier = TokenVerifier(JwksUrl(key_server.url, clock))
    verifier.verify(a_token(), audience=AUDIENCE)
    key_server.answer = lambda: (503, b"")
    clock.advance(30)

    with pytest.raises(Unavailable):
        verifier.verify(a_token(kid="invented"), audience=AUDIENCE)

    assert verifier.verify(a_token(), audience=AUDIENCE)


@pytest.mark.parametrize(
    "answer",
    [
        (500, b""),
        (404, b""),
        (302, b""),
        (200, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"keys": []}'),
        (200, b'{"keys": [{"kty": "oct", "k": "AA"}]}'),
    ],
    ids=str,
)
def test_an_issuer_that_does_not_answer_well_is_unavailable(
    key_server: KeyServer, answer: tuple[int, bytes]
) -> None:
    """Google's trouble is not the sender's: the push comes again, and is not let in meanwhile."""
    key_server.answer = lambda: answer
    verifier = TokenVerifier(JwksUrl(key_server.url, StoppedClock()))

    with pytest.raises(Unavailable) as caught:
        verifier.verify(a_token(), audience=AUDIENCE)

    assert caught.value.code == "auth.keys_unavailable"


def test_a_failing_issuer_is_left_in_peace_for_five_seconds(key_server: KeyServer) -> None:
    """While the issuer is down, requests fail at once instead of each waiting for its time-out."""
    clock = StoppedClock()
    key_server.answer = lambda: (503, b"")
    verifier = TokenVerifier(JwksUrl(key_server.url, clock))
    token = a_token()

    for _ in range(5):
        with pytest.raises(Unavailable):
            verifier.verify(token, audience=AUDIENCE)
    while_down = key_server.requests
    key_server.answer = lambda: (200, a_key_set(SIGNER))
    clock.advance(5)

    assert verifier.verify(token, audience=AUDIENCE)
    assert while_down == 1


def test_keys_are_not_fetched_in_the_clear() -> None:
    """Whoever can change the keys on their way can forge every token."""
    with pytest.raises(ValueError, match="https"):
        JwksUrl("http://keys.example.com/certs", StoppedClock())


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
