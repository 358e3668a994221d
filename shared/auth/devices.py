"""Known devices: a browser in which somebody has signed in wholly remembers that, for their account alone.

It grants nothing. It only takes them out of the account's own throttle, so that a stranger who keeps
guessing at an address cannot lock its owner out (OWASP ASVS 5.0 §6.1.1, "device cookies").
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

from shared.keys.contract import OTP_KEY, Keys

LIFETIME_SECONDS: Final = 180 * 24 * 3600
_NONCE_BYTES: Final = 16
_MAX_CHARACTERS: Final = 200


def new_cookie(keys: Keys, address_token: str) -> str:
    """Return a cookie that says that this account was signed in to here."""
    nonce = base64.urlsafe_b64encode(secrets.token_bytes(_NONCE_BYTES)).rstrip(b"=").decode()
    return f"{nonce}.{_mac(keys, address_token, nonce)}"


def recognise(keys: Keys, address_token: str, cookie: str) -> str | None:
    """Return the device's own id where the cookie is of this account, else None."""
    nonce, _, mac = cookie[:_MAX_CHARACTERS].partition(".")
    expected = _mac(keys, address_token, nonce)
    same = hmac.compare_digest(expected.encode(), mac.encode("utf-8", "surrogatepass"))
    return nonce if same else None


def _mac(keys: Keys, address_token: str, nonce: str) -> str:
    text = f"cmo1|device|{address_token}|{nonce}".encode("utf-8", "surrogatepass")
    return hmac.new(keys.primary(OTP_KEY).value, text, hashlib.sha256).hexdigest()
