"""Google's signing key: it signs id tokens and the OIDC tokens of Pub/Sub pushes alike."""

import datetime as dt
import functools
import hashlib
import json
from typing import Any

import jwt
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from jwt.algorithms import RSAAlgorithm

ISSUER = "https://accounts.google.com"


class SigningKey:
    """An RSA private key with the forms in which its public half is published.

    Raises ValueError for anything but an RSA private key in PEM.
    """

    def __init__(self, pem: bytes) -> None:
        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, RSAPrivateKey):
            raise ValueError("push_key is no RSA private key in PEM")  # noqa: TRY004 (a bad value)
        public = key.public_key()
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.kid = hashlib.sha256(der).hexdigest()[:16]
        self._key = key
        self._certificate = _self_signed(key)
        self._jwk = json.loads(RSAAlgorithm.to_jwk(public))

    def sign(self, claims: dict[str, Any]) -> str:
        """Return an RS256 JWT that names this key."""
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self.kid})

    def certificates(self) -> dict[str, str]:
        """Return {kid: X.509 PEM}, as https://www.googleapis.com/oauth2/v1/certs does."""
        return {self.kid: self._certificate}

    def jwks(self) -> dict[str, Any]:
        """Return a JWK set, as https://www.googleapis.com/oauth2/v3/certs does."""
        public = {"n": self._jwk["n"], "e": self._jwk["e"], "kty": "RSA"}
        return {"keys": [{**public, "alg": "RS256", "use": "sig", "kid": self.kid}]}


def _self_signed(key: RSAPrivateKey) -> str:
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon.system.gserviceaccount.com")]
    )
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.PEM).decode()


signing_key = functools.lru_cache(maxsize=4)(SigningKey)  # reading and certifying takes 60 ms
