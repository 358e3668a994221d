"""Files in the bucket: sealed for their owner and their name, streamed, gone with the owner's key."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from shared.app import App
from shared.blobs.contract import AlreadyExists
from shared.blobs.folder import FolderBlobs
from shared.errors import NotFound
from shared.keys.laravel import Unopenable
from shared.keys.local import FileKeys
from shared.services import sealed_files
from shared.settings import Settings
from shared.store.indexes import Indexes
from shared.store.sqlite import SqliteStore
from tests.stopped_clock import StoppedClock

INDEXES = Path(__file__).parents[3] / "infra" / "indexes.json"
OWNER, OTHER = "mb_01", "mb_02"
SECRET = b"the words of a customer " * 50_000  # more than one chunk


@pytest.fixture
def app(tmp_path) -> App:
    """Be an instance with keys for two mailboxes and an empty bucket."""
    clock = StoppedClock()
    FileKeys.create(tmp_path / "keys.json")
    app = App(
        Settings.for_local_desk(tmp_path, url="http://127.0.0.1:1", google="http://localhost:2"),
        clock=clock,
        keys=FileKeys(tmp_path / "keys.json", clock),
        keyring=SqliteStore(None, "keyring", Indexes.load(INDEXES), clock),
        files=FolderBlobs(tmp_path / "files"),
    )
    app.envelope.create(OWNER)
    app.envelope.create(OTHER)
    return app


def test_a_file_is_read_as_it_was_stored(app, tmp_path):
    """Its size and hash are told, and the bucket holds nothing of it in clear."""
    stored = sealed_files.put(app, OWNER, "up_1", (SECRET[:7], SECRET[7:]))

    assert b"".join(sealed_files.read(app, OWNER, "up_1")) == SECRET
    assert stored.size == len(SECRET)
    assert stored.sha256 == hashlib.sha256(SECRET).hexdigest()
    assert b"customer" not in (tmp_path / "files" / "up_1").read_bytes()


def test_a_file_opens_under_its_own_name_and_owner_alone(app, tmp_path):
    """An object that was renamed, and one that is asked for by another mailbox, do not open."""
    sealed_files.put(app, OWNER, "up_1", [b"text"])
    (tmp_path / "files" / "up_2").write_bytes((tmp_path / "files" / "up_1").read_bytes())

    with pytest.raises(Unopenable):
        sealed_files.read(app, OWNER, "up_2")
    with pytest.raises(Unopenable):
        sealed_files.read(app, OTHER, "up_1")


@pytest.mark.parametrize("length", [0, 1, 2, 100, 1000])
def test_a_file_that_was_cut_off_does_not_open(app, tmp_path, length):
    """Wherever it was cut: in the header or in the text."""
    sealed_files.put(app, OWNER, "up_1", [SECRET])
    path = tmp_path / "files" / "up_1"
    path.write_bytes(path.read_bytes()[:length])

    with pytest.raises(Unopenable):
        list(sealed_files.read(app, OWNER, "up_1"))


def test_a_destroyed_key_takes_the_files_with_it(app):
    """Disconnecting a mailbox makes its uploads and exports unreadable."""
    sealed_files.put(app, OWNER, "up_1", [b"text"])

    app.envelope.destroy(OWNER)

    with pytest.raises(NotFound, match=r"^key\.not_found$"):
        sealed_files.read(app, OWNER, "up_1")


def test_a_file_is_never_replaced(app):
    """The second is refused; the first stands."""
    sealed_files.put(app, OWNER, "up_1", [b"first"])

    with pytest.raises(AlreadyExists):
        sealed_files.put(app, OWNER, "up_1", [b"second"])

    assert b"".join(sealed_files.read(app, OWNER, "up_1")) == b"first"


def test_content_that_breaks_stores_nothing(app):
    """An upload that ends early leaves its name free."""

    def broken():
        yield SECRET
        raise RuntimeError("the line broke")

    with pytest.raises(RuntimeError, match="the line broke"):
        sealed_files.put(app, OWNER, "up_1", broken())

    with pytest.raises(NotFound, match=r"^blob\.not_found$"):
        sealed_files.read(app, OWNER, "up_1")


def test_a_deleted_file_is_gone(app):
    """Deleting is idempotent."""
    sealed_files.put(app, OWNER, "up_1", [b"text"])

    sealed_files.delete(app, "up_1")
    sealed_files.delete(app, "up_1")

    with pytest.raises(NotFound, match=r"^blob\.not_found$"):
        sealed_files.read(app, OWNER, "up_1")


def test_whoever_stops_reading_closes_the_file(app):
    """No stream stays open behind a reader who had enough."""
    sealed_files.put(app, OWNER, "up_1", [SECRET, SECRET])

    file = sealed_files.read(app, OWNER, "up_1")
    first = next(file)
    file.close()

    assert SECRET.startswith(first[:100])
    with pytest.raises(ValueError, match="closed"):
        next(file)
