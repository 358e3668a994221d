"""Checks the OpenID Connect tokens that Google signs: of Pub/Sub pushes, and of people who connect a mailbox.

An audience alone proves nothing, since any Google project may ask for a token with our audience: a push
is ours only when the token names our own push service account with a verified address
(https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions). Claims are checked against the
wall clock by PyJWT itself.

PyJWT and cryptography are imported at the first token, not when a function starts.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from shared.clock import Clock
from shared.errors import Unauthenticated, Unavailable

if TYPE_CHECKING:
    from jwt import PyJWK

GOOGLE_ISSUERS: Final = ("https://accounts.google.com", "accounts.google.com")
GOOGLE_JWKS: Final = "https://www.googleapis.com/oauth2/v3/certs"
PUSH_TOKEN_INVALID: Final = "push.token_invalid"  # noqa: S105  an error code

MAX_TOKEN_LENGTH: Final = 8192
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class KeySource(Protocol):
    """Knows the public keys of an issuer."""

    def find(self, key_id: str) -> PyJWK:
        """Return the key of this id. Raises UnknownKey; Unavailable where the keys cannot be had now."""
        ...


class UnknownKey(Exception):
    """The issuer has no key of this id."""


class TokenVerifier:
    """Verifies RS256 tokens of one issuer's keys; every fault is the same error, with the code given here."""

    def __init__(self, keys: KeySource, *, code: str = PUSH_TOKEN_INVALID) -> None:
        self._keys = keys
        self._code = code

    def verify(
        self,
        token: str,
        *,
        audience: str,
        issuer: tuple[str, ...] = GOOGLE_ISSUERS,
        leeway_seconds: int = 10,
    ) -> Mapping[str, object]:
        """Return the claims of a token that is signed, current, and meant for `audience`.

        RS256 is the only algorithm (RFC 8725 §3.1): `none`, and HMAC with the public key as its secret,
        are refused whatever the header says. `exp`, `iat`, `aud` and `iss` must be there; `aud` is one
        string. Raises Unauthenticated with this verifier's code; Unavailable("auth.keys_unavailable").
        """
        import jwt  # noqa: PLC0415  23 ms that a function pays only when a token comes

        if len(token) > MAX_TOKEN_LENGTH:
            raise Unauthenticated(self._code)
        try:
            key = self._keys.find(_key_id(jwt.get_unverified_header(token)))
            claims: dict[str, object] = jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                audience=audience,
                issuer=issuer,
                leeway=leeway_seconds,
                options={"require": ["exp", "iat", "aud", "iss"], "strict_aud": True},
            )
        except (jwt.PyJWTError, UnknownKey, ValueError, TypeError) as error:
            raise Unauthenticated(self._code) from error
        return claims

    def refuse(self) -> Unauthenticated:
        """Return the error of a token that is genuine but not acceptable here."""
        return Unauthenticated(self._code)


def verify_push(
    verifier: TokenVerifier, authorization: str | None, audience: str, service_account: str
) -> Mapping[str, object]:
    """Return the claims of a push from our own subscription.

    `authorization` is the header's value, or None where it is missing. Raises like `verify`, also where
    the token belongs to another account or its address is not verified.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise verifier.refuse()
    claims = verifier.verify(token, audience=audience)
    if claims.get("email") != service_account or claims.get("email_verified") is not True:
        raise verifier.refuse()
    return claims


class JwksUrl:
    """The key set behind a URL, kept for an hour and fetched by one thread at a time.

    An unknown key id fetches anew at most every 30 s, so that invented ids cannot make us flood the
    issuer. After a failed fetch nothing is fetched for 5 s: the callers of that time fail at once instead
    of each waiting for a time-out. Known keys serve through both.
    """

    _KEPT_SECONDS = 3600
    _BETWEEN_FETCHES_SECONDS = 30
    _REST_AFTER_FAILURE_SECONDS = 5

    def __init__(self, url: str, clock: Clock, *, timeout_seconds: float = 5) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise ValueError("keys are fetched over https, except from this machine")
        self._url = url
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._lock = threading.Lock()
        self._keys: Mapping[str, PyJWK] = {}
        self._kept_until = self._no_fetch_until = float("-inf")

    def find(self, key_id: str) -> PyJWK:
        """Return the key of this id; it is fetched only where it is not known."""
        key = self._known(key_id)
        if key is None:
            with self._lock:
                self._fetch()  # unless another thread just did
            key = self._known(key_id)
        if key is None:
            raise UnknownKey
        return key

    def _known(self, key_id: str) -> PyJWK | None:
        return self._keys.get(key_id) if self._clock.monotonic() < self._kept_until else None

    def _fetch(self) -> None:
        import jwt  # noqa: PLC0415

        now = self._clock.monotonic()
        if now < self._no_fetch_until:
            if now < self._kept_until:
                return
            raise Unavailable("auth.keys_unavailable")
        client = jwt.PyJWKClient(self._url, cache_jwk_set=False, timeout=self._timeout_seconds)
        try:
            keys = client.get_signing_keys()
        except (jwt.PyJWTError, ValueError, OSError) as error:
            self._no_fetch_until = now + self._REST_AFTER_FAILURE_SECONDS
            raise Unavailable("auth.keys_unavailable") from error
        self._keys = _by_id(keys)
        self._kept_until = now + self._KEPT_SECONDS
        self._no_fetch_until = now + self._BETWEEN_FETCHES_SECONDS


class JwksFile:
    """The key set in a file, as a developer's machine has it; read again for an unknown key id."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys: Mapping[str, PyJWK] = {}

    def find(self, key_id: str) -> PyJWK:
        """Return the key of this id."""
        if key_id not in self._keys:
            self._keys = self._read()
        try:
            return self._keys[key_id]
        except KeyError as error:
            raise UnknownKey from error

    def _read(self) -> Mapping[str, PyJWK]:
        import jwt  # noqa: PLC0415

        try:
            content = json.loads(self._path.read_bytes())
            key_set = jwt.PyJWKSet(content["keys"])
        except (OSError, ValueError, TypeError, KeyError, jwt.PyJWTError) as error:
            raise Unavailable("auth.keys_unavailable") from error
        return _by_id(key_set.keys)


def _by_id(keys: Iterable[PyJWK]) -> Mapping[str, PyJWK]:
    return {key.key_id: key for key in keys if key.key_id is not None}


def _key_id(header: Mapping[str, object]) -> str:
    key_id = header.get("kid")
    if not isinstance(key_id, str):
        raise UnknownKey
    return key_id
