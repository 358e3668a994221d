"""How lists of words are written in this package."""

from __future__ import annotations


def listed(block: str) -> tuple[str, ...]:
    """Return the phrases of a block: "|" and line ends part them, a final "_" is a space."""
    found = (phrase.strip() for line in block.splitlines() for phrase in line.split("|"))
    return tuple(f"{p[:-1]} " if p.endswith("_") else p for p in found if p)
