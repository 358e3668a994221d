"""Texts that people write: what may stand in one, and how line ends are kept."""

from __future__ import annotations

import re
from typing import Final

# C0 and C1 controls but tab and line feed; joiners and marks of direction are part of languages.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def text(given: str, most_bytes: int) -> str:
    """Return a text with its lines ended as Unix does and without blanks around it.

    Raises ValueError for an empty one, for control characters, for half of a surrogate pair, and for more
    than `most_bytes` of UTF-8.
    """
    kept = given.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not kept or _CONTROLS.search(kept) or len(kept.encode()) > most_bytes:
        raise ValueError("text")
    return kept


def line(given: str, most_characters: int) -> str:
    """Return a name or title of one line without blanks around it. Raises ValueError where it is none."""
    kept = text(given, 4 * most_characters)
    if "\n" in kept or len(kept) > most_characters:
        raise ValueError("line")
    return kept
