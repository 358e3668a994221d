"""Tags: free words on tickets, in one spelling."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

MAX_TAG: Final = 40


def tag(text: str) -> str:
    """Return a tag as it is stored: NFC, lower case, single spaces.

    Raises ValueError where nothing is left, where it is longer than 40 characters, or where it holds a
    comma, which separates tags wherever several are written, or what cannot be seen.
    """
    word = unicodedata.normalize("NFC", " ".join(text.split()).lower())
    if not 1 <= len(word) <= MAX_TAG or "," in word or not word.isprintable():
        raise ValueError("tag")
    return word


def tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Return tags as a ticket holds them: each once, sorted. Raises ValueError where one is none."""
    return tuple(sorted({tag(text) for text in texts}))
