"""Blobs whose client is loaded late."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator

from shared.blobs.contract import Blobs


class BlobsAtFirstUse:
    """Blobs whose client is loaded when something is done with them: most functions only open seals."""

    def __init__(self, blobs: Callable[[], Blobs]) -> None:
        self._blobs = blobs

    def put(self, name: str, content: Iterable[bytes]) -> None:
        """Write an object."""
        self._blobs().put(name, content)

    def open(self, name: str) -> io.BufferedIOBase:
        """Read an object."""
        return self._blobs().open(name)

    def delete(self, name: str) -> None:
        """Remove an object."""
        self._blobs().delete(name)

    def names(self) -> Iterator[str]:
        """List the objects."""
        return self._blobs().names()
