"""Keys in a file and a keyring in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.keys.envelope import Envelope
from shared.keys.local import FileKeys
from shared.store.indexes import Indexes
from shared.store.sqlite import SqliteStore
from tests.stopped_clock import StoppedClock

INDEXES = Path(__file__).parents[3] / "infra" / "indexes.json"


@pytest.fixture
def clock():
    """Stand still until moved."""
    return StoppedClock()


@pytest.fixture
def key_file(tmp_path):
    """Give the path of a fresh key file."""
    path = tmp_path / "keys.json"
    FileKeys.create(path)
    return path


@pytest.fixture
def keys(key_file, clock):
    """Hold the organisation's keys."""
    return FileKeys(key_file, clock)


@pytest.fixture
def keyring(clock):
    """Hold the wrapped data keys; every transaction's work runs twice."""
    return SqliteStore(None, "keyring", Indexes.load(INDEXES), clock, rehearse=True)


@pytest.fixture
def envelope(keys, keyring, clock):
    """Be one instance."""
    return Envelope(keys, keyring, clock)


@pytest.fixture
def other_instance(key_file, keyring, clock):
    """Be another instance over the same keyring, with a memory of its own."""
    return Envelope(FileKeys(key_file, clock), keyring, clock)
