"""Fixtures of the contract suites: each implementation through its door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.store.contract import Store
from tests.contract.emulators import (  # noqa: F401 - fixtures
    firestore_emulator,
    pubsub_emulator,
)
from tests.contract.store_doors import Door, firestore_in, sqlite_in_a_file, sqlite_in_memory


@pytest.fixture(params=["sqlite_in_a_file", "sqlite_in_memory", "firestore"])
def door(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Door]:
    """Give one implementation of the store, empty."""
    doors = {
        "sqlite_in_a_file": lambda: sqlite_in_a_file(tmp_path),
        "sqlite_in_memory": sqlite_in_memory,
        "firestore": lambda: firestore_in(request.getfixturevalue("firestore_emulator")),
    }
    door = doors[request.param]()
    yield door
    door.close()


@pytest.fixture
def store(door: Door) -> Store:
    """Give a client of an empty store."""
    return door.open()
