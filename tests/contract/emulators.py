"""Google's Firestore emulator, for the tests: found in the Cloud SDK, run on loopback, in memory only.

It takes any project and database, enforces no composite index and deletes nothing by TTL. A lock that
another transaction holds makes it wait for about two seconds, so contended tests stay small.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

_MAIN_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
_JAVA_OPTIONS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m")
_START_SECONDS = 60


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


@pytest.fixture(scope="session")
def firestore_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirestoreEmulator]:
    """Run Google's Firestore emulator; skip where there is none, or fail if CMO_EXPECT names `emulators`."""
    jar = _jar()
    java = shutil.which("java")
    if jar is None or java is None:
        reason = "Google's Firestore emulator (Cloud SDK component, and Java) is not here"
        if "emulators" in os.environ.get("CMO_EXPECT", "").split(","):
            pytest.fail(reason)
        pytest.skip(reason)
    address = f"127.0.0.1:{_free_port()}"
    log = tmp_path_factory.mktemp("firestore") / "emulator.log"
    host, _, port = address.partition(":")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [java, *_JAVA_OPTIONS, "-cp", jar, _MAIN_CLASS, f"--host={host}", f"--port={port}"],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(address, process, log)
        yield FirestoreEmulator(address)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _jar() -> Path | None:
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        return None
    asked = [gcloud, "info", "--format=value(installation.sdk_root)"]
    root = subprocess.run(asked, capture_output=True, check=True, text=True, timeout=60).stdout
    jar = Path(root.strip(), "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar")
    return jar if jar.exists() else None


def _free_port() -> int:
    """Return a port that is free now; the emulator cannot choose one and tell."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{address}/", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"the Firestore emulator did not start: {log.read_text('utf-8', 'replace')[-500:]}")
