"""What the product asks of a store of large objects: attachments on their way, exports, audit copies.

A `Blobs` is one bucket. Whoever stores something seals it first; here bytes are only kept.

Promises of every implementation
- An object is written whole or not at all, and never changes: `put` of a name that exists is refused,
  also against another `put` at the same time. When `put` returns, the object survives.
- When `put` raises Unavailable, the object is there whole or not at all, and the caller cannot know
  which: it puts again, and takes AlreadyExists for its own earlier success where it wrote the same.
- Where the content itself raises while it is read, nothing is written and the error passes through.
- Memory is bounded: neither `put` nor `open` holds more than a few MiB, however large the object.
- A name is 1 to 200 characters of A-Z a-z 0-9 . _ - in segments divided by "/"; a segment neither is
  empty nor begins with a dot. Anything else is a bug of the caller: ValueError. Names hold ids only,
  never addresses or file names: buckets show them in logs.
- A bucket may be locked (retention): then `delete` is Forbidden("blob.locked").
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from shared.errors import Conflict

_NAME: Final = re.compile(
    r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*", re.ASCII
)
_MAX_NAME: Final = 200


class AlreadyExists(Conflict):
    """A `put` met an object of that name."""


class Blobs(Protocol):
    """One bucket."""

    def put(self, name: str, content: Iterable[bytes]) -> None:
        """Write a new object. Raises AlreadyExists("blob.exists"), Unavailable("blobs.unavailable")."""
        ...

    def open(self, name: str) -> io.BufferedIOBase:
        """Return a stream of the object's bytes, which the caller closes.

        Raises NotFound("blob.not_found"), Unavailable("blobs.unavailable"); reading from the stream
        may raise Unavailable too.
        """
        ...

    def delete(self, name: str) -> None:
        """Remove an object; removing a missing one is no error. Raises Forbidden("blob.locked")."""
        ...

    def names(self) -> Iterator[str]:
        """Yield the names of all objects, in no particular order; for programs that people run.

        Raises Unavailable("blobs.unavailable"), also half-way.
        """
        ...


def check_name(name: str) -> None:
    """Raise ValueError where a name is none; see the module's promises."""
    if len(name) > _MAX_NAME or _NAME.fullmatch(name) is None:
        raise ValueError("not a name of an object")
