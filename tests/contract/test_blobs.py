"""The contract of Blobs, over a folder and over Cloud Storage."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from shared.blobs.cloud_storage import CloudStorageBlobs
from shared.blobs.contract import AlreadyExists, Blobs
from shared.blobs.folder import FolderBlobs
from shared.errors import Forbidden, NotFound
from tests.contract.cloud_storage_server import NO_BUCKET_METADATA, CloudStorageServer

NAME = "exports/e_01/archive.zip"


@dataclass
class Bucket:
    """A bucket; `names` lists what is in it, `lock` begins its retention."""

    blobs: Blobs
    names: Callable[[], list[str]]
    lock: Callable[[], Blobs]


@pytest.fixture(params=["folder", "cloud_storage"])
def bucket(request, tmp_path, monkeypatch) -> Iterator[Bucket]:
    """Be an empty bucket."""
    monkeypatch.setenv(NO_BUCKET_METADATA, "1")
    if request.param == "folder":
        folder = tmp_path / "blobs"
        yield Bucket(
            FolderBlobs(folder),
            lambda: sorted(path.name.replace("~", "/") for path in folder.iterdir()),
            lambda: FolderBlobs(folder, locked=True),
        )
        return
    server = CloudStorageServer()
    server.start()
    blobs = CloudStorageBlobs("desk-exports", client=server.client)

    def lock() -> Blobs:
        server.locked = True
        return blobs

    yield Bucket(blobs, lambda: sorted(server.objects), lock)
    server.close()


@pytest.fixture
def blobs(bucket) -> Blobs:
    """Be the product before the bucket."""
    return bucket.blobs


def content(blobs: Blobs, name: str = NAME) -> bytes:
    """Read an object whole."""
    with blobs.open(name) as stream:
        return stream.read()


@pytest.mark.parametrize("size", [0, 1, 1000, 4 * 2**20 - 1, 4 * 2**20, 4 * 2**20 + 1, 9_000_000])
def test_what_was_put_is_read(blobs, size):
    """Any bytes, none at all, and more than one chunk of them."""
    data = random.Random(size).randbytes(size)
    pieces = (data[at : at + 100_000] for at in range(0, size, 100_000))

    blobs.put(NAME, pieces)

    assert content(blobs) == data


def test_an_object_is_read_in_pieces(blobs):
    """A stream gives what is asked for, then nothing; afterwards it is closed."""
    blobs.put(NAME, [b"abc" * 1000])

    with blobs.open(NAME) as stream:
        assert stream.read(4) == b"abca"
        assert len(stream.read()) == 2996
        assert stream.read(1) == b""
    assert stream.closed


def test_an_object_is_never_replaced(blobs):
    """The second put is refused, and the first content stands."""
    blobs.put(NAME, [b"first"])

    with pytest.raises(AlreadyExists, match=r"^blob\.exists$"):
        blobs.put(NAME, [b"second"])

    assert content(blobs) == b"first"


def test_of_many_puts_at_once_one_wins(blobs, bucket):
    """Whatever the timing, one content stands whole."""

    def put(number: int) -> bool:
        try:
            blobs.put(NAME, [b"%d" % number] * 50_000)
        except AlreadyExists:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(put, range(8)))

    assert sum(won) == 1
    assert content(blobs) == b"%d" % won.index(True) * 50_000
    assert bucket.names() == [NAME]


def test_the_objects_are_listed(blobs):
    """All of them, over several pages, as often as is asked."""
    assert list(blobs.names()) == []
    names = {f"a/{number}" for number in range(4)} | {"b"}
    for name in names:
        blobs.put(name, [b"x"])

    assert set(blobs.names()) == names
    blobs.delete("b")
    assert set(blobs.names()) == names - {"b"}


def test_content_that_fails_leaves_nothing(blobs, bucket):
    """Half an export is none, and its name stays free."""

    def failing(size: int) -> Iterator[bytes]:
        yield b"x" * size
        raise RuntimeError("the source broke")

    for size in (10, 5_000_000):
        with pytest.raises(RuntimeError, match="the source broke"):
            blobs.put(NAME, failing(size))
    assert bucket.names() == []

    blobs.put(NAME, [b"whole"])
    assert content(blobs) == b"whole"


def test_a_missing_object_is_not_found(blobs):
    """Said when it is opened, not when it is read."""
    with pytest.raises(NotFound, match=r"^blob\.not_found$"):
        blobs.open(NAME)


def test_a_deleted_object_is_gone(blobs, bucket):
    """Deleting is idempotent, touches nothing else, and frees the name."""
    blobs.put(NAME, [b"x"])
    blobs.put(NAME + ".part", [b"y"])

    blobs.delete(NAME)
    blobs.delete(NAME)

    assert bucket.names() == [NAME + ".part"]
    blobs.put(NAME, [b"z"])
    assert content(blobs) == b"z"


def test_a_locked_object_stays(blobs, bucket):
    """Copies of the audit log outlive whoever would delete them."""
    blobs.put(NAME, [b"x"])
    locked = bucket.lock()

    with pytest.raises(Forbidden, match=r"^blob\.locked$"):
        locked.delete(NAME)

    assert content(locked) == b"x"


def test_segments_tell_names_apart(blobs):
    """A name may be the beginning of another."""
    for name in ("a", "a/b", "a/b/c", "a.b", "a-b", "A"):
        blobs.put(name, [name.encode()])

    for name in ("a", "a/b", "a/b/c", "a.b", "a-b", "A"):
        assert content(blobs, name) == name.encode()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        "..",
        "../a",
        "a/../b",
        ".a",
        "a/.b",
        "a b",
        "a\n",
        "a~b",
        "é",
        "a" * 201,
    ],
)
def test_a_name_that_is_none_is_a_bug(blobs, name):
    """Nothing outside of the bucket can be named."""
    for attempt in (
        lambda: blobs.put(name, [b"x"]),
        lambda: blobs.open(name),
        lambda: blobs.delete(name),
    ):
        with pytest.raises(ValueError, match="not a name"):
            attempt()
