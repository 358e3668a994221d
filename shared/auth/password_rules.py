"""Which passwords are refused: short ones, common ones, ones that hold what everybody knows of the person.

No rules about kinds of characters, no forced change (NIST SP 800-63B-4 §3.1.1.2, ASVS 5.0 §6.2). The common
ones are the 30,000 of zxcvbn, which counted them in breaches.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Sequence
from typing import Final

from shared.auth.passwords import MAX_CHARACTERS
from shared.errors import Invalid

MIN_CHARACTERS: Final = 12
_MIN_CONTEXT: Final = 4  # shorter words stand in too many good passwords


def check(password: str, *, context: Sequence[str]) -> None:
    """Raise Invalid where `password` must not be used.

    `context` are words that an attacker would try first: the person's name and address, the
    organisation's name. Codes: password.too_short, .too_long, .too_common, .contains_context.
    """
    if len(password) < MIN_CHARACTERS:
        raise Invalid("password.too_short", min_characters=MIN_CHARACTERS)
    if len(password) > MAX_CHARACTERS:
        raise Invalid("password.too_long", max_characters=MAX_CHARACTERS)
    folded = _folded(password)
    if _core(folded) in _common() or len(set(folded)) < 4:
        raise Invalid("password.too_common")
    words = {word for text in context for word in _words(text)}
    rest = folded
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < MIN_CHARACTERS - 4 and rest != folded:
        raise Invalid("password.contains_context")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _core(folded: str) -> str:
    """Return a password without the digits and signs that people hang on a common one."""
    return folded.strip("0123456789!?.,;:-_#*+$&@ ")


def _words(text: str) -> set[str]:
    parts = "".join(c if c.isalnum() else " " for c in _folded(text)).split()
    return {part for part in parts if len(part) >= _MIN_CONTEXT}


@functools.cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - 50 ms, at a change of password

    return frozenset(FREQUENCY_LISTS["passwords"])
