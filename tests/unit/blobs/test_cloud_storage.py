"""How Cloud Storage is asked, and what its failures become."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from shared.blobs.cloud_storage import CHUNK_BYTES, CloudStorageBlobs
from shared.errors import NotFound, Unavailable
from tests.contract.cloud_storage_server import NO_BUCKET_METADATA, CloudStorageServer

# The library leaves the connections of downloads that it repeats to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


@pytest.fixture(autouse=True)
def _no_bucket_metadata(monkeypatch) -> None:
    """Spare the library's background look at the bucket, as deployments do."""
    monkeypatch.setenv(NO_BUCKET_METADATA, "1")


@pytest.fixture
def server() -> Iterator[CloudStorageServer]:
    """Serve an empty bucket."""
    server = CloudStorageServer()
    server.start()
    yield server
    server.close()
    gc.collect()


@pytest.fixture
def blobs(server) -> CloudStorageBlobs:
    """Be the product before it; it is patient for half a second."""
    return CloudStorageBlobs("desk-exports", client=server.client, retry_seconds=0.5)


def test_a_large_object_travels_in_chunks(blobs, server):
    """Neither writing nor reading ever asks for more than a chunk, nor for much less."""
    blobs.put("a", (bytes(100_000) for _ in range(100)))
    assert server.requests == ["POST upload", *["PUT upload"] * 3]
    assert server.largest == CHUNK_BYTES

    for size in (65536, 20_000_000, -1):
        server.requests.clear()
        with blobs.open("a") as stream:
            while stream.read(size):
                pass
        assert server.requests == ["GET storage", *["GET download"] * 3]


def test_a_short_outage_is_not_noticed(blobs, server):
    """With its precondition an upload may be repeated; so may reading and deleting."""
    server.failing = {
        "POST upload": (503, 1),
        "GET storage": (503, 1),
        "GET download": (503, 1),
        "DELETE storage": (503, 1),
    }

    blobs = CloudStorageBlobs("desk-exports", client=server.client, retry_seconds=20)
    blobs.put("a", [b"x"])
    with blobs.open("a") as stream:
        assert stream.read() == b"x"
    blobs.delete("a")

    assert server.objects == {}


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_lasting_failure_is_unavailable(blobs, server, status):
    """A missing grant too: an operator mends it, nothing is lost meanwhile."""
    server.objects["a"] = (1, b"x")
    lines = ("POST upload", "GET storage", "DELETE storage")
    server.failing = dict.fromkeys(lines, (status, 1000))

    for attempt in (
        lambda: blobs.put("b", [b"x"]),
        lambda: blobs.open("a"),
        lambda: blobs.delete("a"),
    ):
        with pytest.raises(Unavailable, match=r"^blobs\.unavailable$") as caught:
            attempt()
        assert caught.value.__cause__ is None

    assert list(server.objects) == ["a"]


@pytest.mark.parametrize("size", [10, CHUNK_BYTES + 1])
def test_an_upload_that_breaks_leaves_nothing(blobs, server, size):
    """Neither at once nor later, when memory is cleaned up, does half an object appear."""
    server.failing = {"PUT upload": (403, 1)}

    with pytest.raises(Unavailable):
        blobs.put("a", [bytes(size)])
    gc.collect()

    assert server.objects == {}
    blobs.put("a", [b"x"])


def test_what_arrives_damaged_does_not_stay(blobs, server):
    """Checksums of both sides are compared; a damaged object is removed."""
    server.corrupting = True

    with pytest.raises(Unavailable, match=r"^blobs\.unavailable$"):
        blobs.put("a", [b"content"])

    assert server.objects == {}


@pytest.mark.parametrize(
    "error", [OSError("disk"), ValueError("x"), Unavailable("gmail.unavailable")]
)
def test_an_error_of_the_content_passes_through(blobs, error):
    """It is not taken for a failure of Storage."""

    def failing() -> Iterator[bytes]:
        yield bytes(CHUNK_BYTES)
        raise error

    with pytest.raises(type(error)) as caught:
        blobs.put("a", failing())

    assert caught.value is error


def test_a_break_while_reading_is_unavailable(blobs, server):
    """A stream never ends early without a word."""
    blobs.put("a", [bytes(CHUNK_BYTES * 2)])

    with blobs.open("a") as stream:
        stream.read(10)
        server.failing = {"GET download": (403, 1000)}
        with pytest.raises(Unavailable, match=r"^blobs\.unavailable$"):
            stream.read()


def test_an_object_replaced_while_it_is_read_is_not_mixed(blobs):
    """The reader hears that what it read is gone."""
    blobs.put("a", [bytes(CHUNK_BYTES * 2)])

    with blobs.open("a") as stream:
        stream.read(10)
        blobs.delete("a")
        blobs.put("a", [b"1" * CHUNK_BYTES * 2])
        with pytest.raises(NotFound, match=r"^blob\.not_found$"):
            stream.read()


def test_a_bucket_that_is_not_there_is_unavailable():
    """Refused connections are an outage."""
    server = CloudStorageServer()
    server.start()
    server.close()
    blobs = CloudStorageBlobs("desk-exports", client=server.client, retry_seconds=0.1)

    with pytest.raises(Unavailable):
        blobs.open("a")
