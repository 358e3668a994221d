"""Objects in a bucket of Google Cloud Storage.

Create-only is the precondition ifGenerationMatch=0, which Storage checks when the upload ends
(https://cloud.google.com/storage/docs/request-preconditions); with it the library may repeat what it
sent. An object is read in ranges of its generation, so that it cannot change under the reader.

Deployments set DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA=1: else the library looks at the bucket in
a background thread, for traces that nobody collects and with a right that functions do not have.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Iterator
from typing import Any, Final

import requests
from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage import Blob, Client  # type: ignore[import-untyped]
from google.cloud.storage.exceptions import (  # type: ignore[import-untyped]
    DataCorruption,
    InvalidResponse,
)
from google.cloud.storage.retry import DEFAULT_RETRY  # type: ignore[import-untyped]

from shared.blobs.contract import AlreadyExists, check_name
from shared.errors import Forbidden, NotFound, Unavailable

TIMEOUT_SECONDS: Final = (5.0, 30.0)  # to connect, and between two bytes of an answer
RETRY_SECONDS: Final = 60.0
CHUNK_BYTES: Final = 4 * 1024 * 1024  # a multiple of 256 KiB, as Storage asks


class CloudStorageBlobs:
    """`Blobs` in one bucket. `client` is given where it is not the function's own identity."""

    def __init__(
        self,
        bucket: str,
        *,
        client: Client | None = None,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._bucket = (client or Client()).bucket(bucket)
        self._calls: dict[str, Any] = {
            "timeout": TIMEOUT_SECONDS,
            "retry": DEFAULT_RETRY.with_timeout(retry_seconds),
        }

    def put(self, name: str, content: Iterable[bytes]) -> None:
        """Write a new object in one resumable upload; one that is not ended leaves nothing.

        The library's own file object for writing will not do: when it is thrown away after a failure
        it ends the upload, and so makes half an object a whole one.
        """
        blob = self._blob(name)
        source = _Source(content)
        try:
            with _translated():
                blob.upload_from_file(
                    source, if_generation_match=0, checksum="crc32c", **self._calls
                )
        except Exception:
            if source.error is not None:
                raise source.error from None
            raise

    def open(self, name: str) -> io.BufferedIOBase:
        """Return a stream of the object's bytes; one request for what it is, then one for 4 MiB each."""
        blob = self._blob(name)
        with _translated():
            blob.reload(**self._calls)
        return io.BufferedReader(_Ranges(blob, self._calls), CHUNK_BYTES)

    def delete(self, name: str) -> None:
        """Remove an object."""
        blob = self._blob(name)
        with contextlib.suppress(NotFound), _translated():
            blob.delete(**self._calls)

    def names(self) -> Iterator[str]:
        """Yield the names of all objects, a request a thousand of them."""
        with _translated():
            listed = self._bucket.list_blobs(fields="items(name),nextPageToken", **self._calls)
            for blob in listed:
                yield blob.name

    def _blob(self, name: str) -> Blob:
        check_name(name)
        return self._bucket.blob(name, chunk_size=CHUNK_BYTES)


class _Source:
    """What the library takes for a file to upload: read forward, once.

    `error` is what the content itself raised, to be told from failures of Storage.
    """

    def __init__(self, content: Iterable[bytes]) -> None:
        self._pieces = iter(content)
        self._left = b""
        self._position = 0
        self.error: Exception | None = None

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer only at the end."""
        pieces, length = [self._left], len(self._left)
        try:
            while length < size and (piece := next(self._pieces, None)) is not None:
                pieces.append(piece)
                length += len(piece)
        except Exception as error:
            self.error = error
            raise
        data = b"".join(pieces)
        self._left = data[size:]
        self._position += min(size, length)
        return data[:size]

    def tell(self) -> int:
        """Return how many bytes were read."""
        return self._position


class _Ranges(io.RawIOBase):
    """An object, read in ranges of the generation that `blob` was when it was looked up."""

    def __init__(self, blob: Blob, calls: dict[str, Any]) -> None:
        self._blob = blob
        self._size: int = blob.size
        self._calls = calls
        self._position = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` with the next bytes, as far as there are any."""
        view = memoryview(buffer)
        data = self._next(len(view))
        view[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        """Return what is left; the inherited one would ask for 8 KiB at a time."""
        return b"".join(iter(lambda: self._next(CHUNK_BYTES), b""))

    def _next(self, size: int) -> bytes:
        end = min(self._position + min(size, CHUNK_BYTES), self._size)
        if self._position >= end:
            return b""
        with _translated():
            data: bytes = self._blob.download_as_bytes(
                start=self._position,
                end=end - 1,  # inclusive
                checksum=None,  # there is none of a range
                raw_download=True,
                **self._calls,
            )
        self._position += len(data)
        return data


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Raise what Storage's client raises as one of the contract's errors."""
    try:
        yield
    except (exceptions.GoogleAPICallError, InvalidResponse) as error:
        raise _error(error) from None
    except (
        DataCorruption,  # the library has removed what arrived damaged
        exceptions.GoogleAPIError,
        GoogleAuthError,
        requests.RequestException,
        OSError,
    ):
        raise Unavailable("blobs.unavailable") from None


def _error(error: exceptions.GoogleAPICallError | InvalidResponse) -> Exception:
    if isinstance(error, InvalidResponse):
        status, text = error.response.status_code, error.response.text
    else:
        status, text = error.code, str(error)
    if error.response is not None:
        error.response.close()  # the library leaves its connection to the garbage collector
    match status:
        case 404:
            return NotFound("blob.not_found")
        case 412:
            return AlreadyExists("blob.exists")
        case 403 if "retention" in text.lower():
            return Forbidden("blob.locked")
        case _:
            return Unavailable("blobs.unavailable")
