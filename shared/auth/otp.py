"""One-time codes by e-mail: eight digits, ten minutes, five tries, once.

What is stored is an HMAC over the challenge's id and the code, under a key outside the database, so that
neither a stolen database nor another challenge's document tells a code. NIST SP 800-63B allows no e-mail
as a second channel for its levels: this is the promised minimum, and no level of assurance is claimed.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Final

from shared.keys.contract import OTP_KEY, Key, Keys

DIGITS: Final = 8  # 26.6 bits; OWASP ASVS 5.0 §6.5.4 asks for 20
LIFETIME: Final = timedelta(minutes=10)  # ASVS §6.5.5
MAX_TRIES: Final = 5
MAX_SENDINGS: Final = 3  # of one challenge; a code that is sent again replaces the one before


def new_code() -> str:
    """Return eight random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def seal_code(keys: Keys, challenge_id: str, code: str) -> tuple[str, str]:
    """Return (key id, HMAC in hex) to store for a code."""
    key = keys.primary(OTP_KEY)
    return key.id, _mac(key, challenge_id, code)


def matches(keys: Keys, key_id: str, expected: str, challenge_id: str, code: str) -> bool:
    """Say in constant time whether this is the code; blanks that people type are passed over.

    Raises NotFound("key.not_found") where the key of that time is gone.
    """
    plain = "".join(code.split())
    return hmac.compare_digest(expected, _mac(keys.by_id(key_id), challenge_id, plain))


def _mac(key: Key, challenge_id: str, code: str) -> str:
    text = f"cmo1|email_otp|{challenge_id}|{code}".encode("utf-8", "surrogatepass")
    return hmac.new(key.value, text, hashlib.sha256).hexdigest()
