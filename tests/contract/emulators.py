"""Google's Firestore and Pub/Sub emulators, for the tests: one process of each for a whole run."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local.emulated import emulators
from local.emulated.processes import NoEmulators, Processes


class FirestoreEmulator:
    """A running emulator at `address` (host:port)."""

    def __init__(self, address: str) -> None:
        self.address = address

    def reset(self, project: str, database: str) -> None:
        """Remove all documents of a database."""
        path = f"/emulator/v1/projects/{project}/databases/{database}/documents"
        request = urllib.request.Request(f"http://{self.address}{path}", method="DELETE")
        with urllib.request.urlopen(request, timeout=10):
            pass


class PubSubEmulator:
    """A running emulator: its address, and clients that speak to it. Projects need not be made."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.url = f"http://{address}"
        self._channel = emulators.channel(address)
        self.publisher = emulators.publisher(self._channel)
        self.subscriber = emulators.subscriber(self._channel)

    def close(self) -> None:
        """End its threads and connections."""
        self._channel.close()


@pytest.fixture(scope="session")
def firestore_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirestoreEmulator]:
    """Run Google's Firestore emulator; skip where there is none, or fail if CMO_EXPECT names `emulators`."""
    with emulators_expected(), Processes(tmp_path_factory.mktemp("firestore")) as processes:
        address = emulators.start_firestore(processes)
        processes.wait_until_ready()
        yield FirestoreEmulator(address)


@pytest.fixture(scope="session")
def pubsub_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PubSubEmulator]:
    """Run Google's Pub/Sub emulator; skip where there is none, or fail if CMO_EXPECT names `emulators`."""
    with emulators_expected(), Processes(tmp_path_factory.mktemp("pubsub")) as processes:
        address = emulators.start_pubsub(processes)
        processes.wait_until_ready()
        emulator = PubSubEmulator(address)
        yield emulator
        emulator.close()


@contextmanager
def emulators_expected() -> Iterator[None]:
    """Skip the test where an emulator is not here, or fail it where CMO_EXPECT names `emulators`."""
    try:
        yield
    except NoEmulators as error:
        if "emulators" in os.environ.get("CMO_EXPECT", "").split(","):
            pytest.fail(str(error))
        pytest.skip(str(error))
