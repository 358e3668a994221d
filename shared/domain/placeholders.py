"""Placeholders of saved replies: `{{customer.first_name|there}}` is a name, and what stands for none.

Rendering goes once over the text. What comes in for a placeholder is text and is never read again, so a
customer who calls themselves `{{agent.name}}` is greeted by exactly that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

NAMES: Final = frozenset(
    {
        "agent.name",
        "customer.first_name",
        "customer.name",
        "mailbox.address",
        "ticket.code",
        "ticket.subject",
    }
)

# Neither braces nor line breaks within: what looks otherwise is a text that happens to have braces.
_PLACEHOLDER: Final = re.compile(r"\{\{([^{}|\r\n]*)(?:\|([^{}\r\n]*))?\}\}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text with its placeholders filled; `missing` had neither a value nor a fallback."""

    text: str
    missing: tuple[str, ...]


def unknown(text: str) -> tuple[str, ...]:
    """Return the placeholders of a text that mean nothing, each once, in their order."""
    names = (found[1].strip() for found in _PLACEHOLDER.finditer(text))
    return tuple(dict.fromkeys(name for name in names if name not in NAMES))


def render(text: str, values: Mapping[str, str]) -> Rendered:
    """Return the text with its placeholders filled; a value of blanks alone is none.

    Values are put on one line. A placeholder that means nothing stays as it stands.
    """
    missing: dict[str, None] = {}

    def fill(found: re.Match[str]) -> str:
        name, fallback = found[1].strip(), found[2]
        if name not in NAMES:
            return found[0]
        value = " ".join(values.get(name, "").split())
        if value:
            return value
        if fallback is None:
            missing[name] = None
            return ""
        return fallback

    return Rendered(_PLACEHOLDER.sub(fill, text), tuple(missing))


def first_name(name: str) -> str:
    """Return by what somebody is greeted: of "Lind, Nora" and "Nora Lind" it is Nora.

    A name that is an address is none.
    """
    if "@" in name:
        return ""
    after_comma = name.partition(",")[2].split()
    words = after_comma or name.split()
    return words[0].strip(",") if words else ""
