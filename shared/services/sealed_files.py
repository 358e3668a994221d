"""Files that are sealed under an owner's data key while they stand in the bucket of files.

An object is a header and a sealed stream. The header holds a key made for this object alone, sealed as
everything else is: under the owner's data key, for the object's own name. So an object that was renamed or
swapped does not open, and destroying the owner's key makes its files unreadable with all the rest.
See docs/decisions/0023-sealed-files.md.
"""

from __future__ import annotations

import base64
import hashlib
import io
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from shared.app import App
from shared.domain.places import place

_KEY_BYTES: Final = 32
_LENGTH_BYTES: Final = 2
_COLLECTION: Final = "files"  # the bucket, in the place that a header is sealed for


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What was stored: how many bytes, and the SHA-256 of them in hex. The hash tells of the content."""

    size: int
    sha256: str


class SealedFile:
    """A stored file, open: gives its bytes in chunks of 1 MiB at most, and closes itself at the end.

    Reading raises Unopenable where the object is not what was stored under its name; that its end is
    missing is known only there. Whoever stops earlier closes it.
    """

    def __init__(self, stream: io.BufferedIOBase, chunks: Iterator[bytes]) -> None:
        self._stream = stream
        self._chunks = chunks

    def __iter__(self) -> SealedFile:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._chunks)
        except BaseException:  # the end is one of them
            self.close()
            raise

    def close(self) -> None:
        """Let go of the stream."""
        self._stream.close()


def put(app: App, owner: str, name: str, content: Iterable[bytes]) -> StoredFile:
    """Store a new file of an owner ("mb_...", "u_...") under a name of ids; memory is bounded.

    What `content` raises while it is read passes through, and nothing is stored. Raises
    NotFound("key.not_found"), AlreadyExists("blob.exists"), Unavailable.
    """
    from shared.keys import streams  # noqa: PLC0415 - loads cryptography, which most requests do not need

    key = secrets.token_bytes(_KEY_BYTES)
    header = app.envelope.seal(
        owner, place(_COLLECTION, name), base64.b64encode(key).decode()
    ).encode()
    digest = hashlib.sha256()
    size = 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for piece in content:
            digest.update(piece)
            size += len(piece)
            yield piece

    def sealed() -> Iterator[bytes]:
        yield len(header).to_bytes(_LENGTH_BYTES, "big") + header
        yield from streams.seal(key, counted())

    app.files.put(name, sealed())
    return StoredFile(size, digest.hexdigest())


def read(app: App, owner: str, name: str) -> SealedFile:
    """Open a stored file.

    Raises NotFound("blob.not_found"), NotFound("key.not_found") where the owner's key was destroyed,
    Unopenable where the object is not this owner's or not of this name, Unavailable.
    """
    from shared.keys import streams  # noqa: PLC0415 - loads cryptography, which most requests do not need

    stream = app.files.open(name)
    try:
        length = int.from_bytes(stream.read(_LENGTH_BYTES), "big")
        header = stream.read(length).decode("latin-1")
        key = base64.b64decode(app.envelope.open(owner, place(_COLLECTION, name), header))
        return SealedFile(stream, streams.open_sealed(key, stream))
    except BaseException:
        stream.close()
        raise


def delete(app: App, name: str) -> None:
    """Remove a file; removing a missing one is no error. Raises Unavailable."""
    app.files.delete(name)
