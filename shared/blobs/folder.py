"""Objects as files of one folder, for a developer's machine and the tests."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from shared.blobs.contract import AlreadyExists, check_name
from shared.errors import Forbidden, NotFound, Unavailable


class FolderBlobs:
    """`Blobs` in a folder, which is made (for this user alone) where it is missing."""

    def __init__(self, folder: Path, *, locked: bool = False) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._locked = locked

    def put(self, name: str, content: Iterable[bytes]) -> None:
        """Write a new object: a hidden file first, which gets its name when it is whole and durable."""
        path = self._path(name)
        if path.exists():  # spares reading the content; the link below is what decides
            raise AlreadyExists("blob.exists")
        handle, hidden = tempfile.mkstemp(dir=self._folder, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in content:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            os.link(hidden, path)
            self._sync()
        except FileExistsError:
            raise AlreadyExists("blob.exists") from None
        finally:
            Path(hidden).unlink()

    def open(self, name: str) -> io.BufferedIOBase:
        """Return a stream of the object's bytes."""
        try:
            return self._path(name).open("rb")
        except FileNotFoundError:
            raise NotFound("blob.not_found") from None
        except OSError:
            raise Unavailable("blobs.unavailable") from None

    def delete(self, name: str) -> None:
        """Remove an object."""
        path = self._path(name)
        if self._locked and path.exists():
            raise Forbidden("blob.locked")
        path.unlink(missing_ok=True)
        self._sync()

    def names(self) -> Iterator[str]:
        """Yield the names of all objects."""
        for path in self._folder.glob("[!.]*"):
            yield path.name.replace("~", "/")

    def _path(self, name: str) -> Path:
        check_name(name)
        return self._folder / name.replace("/", "~")  # no name holds a tilde

    def _sync(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
