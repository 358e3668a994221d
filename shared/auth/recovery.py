"""Recovery codes: ten of 128 random bits each, every one good once.

They are long enough to be stored as plain SHA-256 (OWASP ASVS 5.0 §6.5.2 asks for a slow hash below 112
bits), and written in Crockford's base32, in groups that can be read aloud.
"""

from __future__ import annotations

import hashlib
from typing import Final

from shared import ids

COUNT: Final = 10
_GROUPS: Final = 13  # 26 characters in two halves
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")


def new_codes() -> tuple[str, ...]:
    """Return ten new codes, as they are shown once."""
    texts = (ids.random_id("").lstrip("_") for _ in range(COUNT))
    return tuple(f"{text[:_GROUPS]}-{text[_GROUPS:]}" for text in texts)


def code_hash(code: str) -> str:
    """Return what is stored of a code; any case, O for 0, I and L for 1, hyphens and blanks as typed."""
    plain = "".join(code.split()).replace("-", "").upper().translate(_LOOK_ALIKES)
    text = f"cmo1|recovery|{plain}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()
