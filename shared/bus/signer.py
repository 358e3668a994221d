"""Signs the pushes of the local bus, as Google signs those of Pub/Sub.

The token's members are those of https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions,
so that the code which verifies them is the same on a laptop and in the cloud.
"""

from __future__ import annotations

import functools
import hashlib
import json
from datetime import datetime, timedelta
from typing import Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm

from shared.clock import Clock, SystemClock

_LIFETIME: Final = timedelta(hours=1)
_SPARE: Final = timedelta(minutes=5)


class PushSigner:
    """Makes OIDC bearer tokens of one service account; a token serves its audience for most of an hour.

    `iat` and `exp` are wall-clock times, since the verifier compares them with the wall clock.
    """

    def __init__(
        self, private_key_pem: bytes, service_account: str, clock: Clock | None = None
    ) -> None:
        self._key = key = _read(private_key_pem)
        self._service_account = service_account
        self._clock = clock or SystemClock()
        self._tokens: dict[str, tuple[str, datetime]] = {}
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.key_id = hashlib.sha256(public).hexdigest()[:16]

    def token(self, audience: str) -> str:
        """Return a token for `audience` that is valid for at least five more minutes."""
        now = self._clock.now()
        token, expires = self._tokens.get(audience, ("", now))
        if now + _SPARE < expires:
            return token
        expires = now + _LIFETIME
        token = self._sign(audience, now, expires)
        self._tokens[audience] = (token, expires)
        return token

    def jwks(self) -> dict[str, object]:
        """Return the public key as a JSON Web Key Set (RFC 7517 §5), for whoever verifies."""
        key = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [key | {"kid": self.key_id, "use": "sig", "alg": "RS256"}]}

    def jwks_json(self) -> bytes:
        """Return `jwks()` as the bytes of a file or an answer."""
        return json.dumps(self.jwks()).encode()

    def _sign(self, audience: str, issued: datetime, expires: datetime) -> str:
        claims = {
            "iss": "https://accounts.google.com",
            "aud": audience,
            "azp": self._service_account,
            "sub": self._service_account,
            "email": self._service_account,
            "email_verified": True,
            "iat": int(issued.timestamp()),
            "exp": int(expires.timestamp()),
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self.key_id})


def new_private_key_pem() -> bytes:
    """Return a new RSA key of 2048 bits, as PKCS #8 PEM; it takes up to a second to find."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@functools.lru_cache(maxsize=4)
def _read(private_key_pem: bytes) -> rsa.RSAPrivateKey:
    """Return the key, whose primes are checked once: that takes 40 ms."""
    key = load_pem_private_key(private_key_pem, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("pushes are signed with RS256, which needs an RSA key")
    return key
