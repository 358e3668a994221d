"""Where a sealed member stands, which is what it is sealed for.

A sealed value names its place inside; whoever opens it forms the place from where it was read, so a value
that was moved to another document or member does not open.
"""

from __future__ import annotations


def place(collection: str, id: str, member: str = "sealed") -> str:
    """Return the place of one member of one document, such as ``tickets/t_.../sealed``."""
    return f"{collection}/{id}/{member}"
