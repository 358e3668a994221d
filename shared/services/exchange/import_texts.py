"""Texts of other helpdesks as they are kept here: without controls, in bounds, HTML as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from shared.domain import notes, tags, tickets
from shared.mail.addresses import strict_address
from shared.mail.html_text import html_to_text
from shared.services.exchange.import_formats import Entry

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ROOM: Final = 4096  # of a note, for the names of what was attached


def words(entry: Entry) -> str:
    """Return the text of a note: HTML as text, cut where it is too long, then what was attached."""
    text = html_to_text(entry.text) if entry.html else entry.text
    text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    cut = text.encode()[: notes.MAX_BYTES - _ROOM].decode("utf-8", "ignore")
    text = text if cut == text else f"{cut} […]"
    files = "".join(f"\n[{line(name, 255)}, {size} B]" for name, size in entry.files)
    return f"{text}\n{files.encode()[: _ROOM - 64].decode('utf-8', 'ignore')}".strip()


def line(text: str, most: int) -> str:
    """Return a text as one line of at most so many characters."""
    return " ".join(_CONTROLS.sub(" ", text).split())[:most]


def address(text: str) -> str:
    """Return a customer's address in lower case, "" where it is none."""
    return strict_address(text.strip()).lower()


def known_tags(texts: Sequence[str]) -> tuple[str, ...]:
    """Return those that may be tags here, as many as a ticket holds."""
    found = set()
    for text in texts:
        try:
            found.add(tags.tag(text))
        except ValueError:
            continue
    return tuple(sorted(found))[: tickets.MAX_TAGS]
