"""Tokens such as Google signs, genuine and not, and the key sets that verify them."""

from __future__ import annotations

import json
import time
from pathlib import Path

import jwt

from shared.auth.oidc import JwksFile
from shared.bus.signer import PushSigner, new_private_key_pem

AUDIENCE = "https://desk.example.com/push/gmail_push"
ACCOUNT = "push@desk.example.com"
KEY = new_private_key_pem()
OTHER_KEY = new_private_key_pem()
SIGNER = PushSigner(KEY, ACCOUNT)
MISSING = object()


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
