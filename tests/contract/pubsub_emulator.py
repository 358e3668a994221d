"""Google's Pub/Sub emulator, for the tests: found in the Cloud SDK, run on loopback, in memory only.

It sends no OIDC token and counts no attempts in the envelope. So the pushes of these tests pass a `Signer`,
which adds the token that the subscription asks for, as Pub/Sub does.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import grpc
import pytest
import urllib3
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from shared.bus.signer import PushSigner

JAVA_OPTIONS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m")


class PubSubEmulator:
    """A running emulator: its address, and clients that speak to it. Projects need not be made."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.url = f"http://{address}"
        self._channel = grpc.insecure_channel(address)
        self.publisher = PublisherClient(transport=PublisherGrpcTransport(channel=self._channel))
        self.subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=self._channel))

    def close(self) -> None:
        """End its threads and connections."""
        self._channel.close()


@pytest.fixture(scope="session")
def pubsub_emulator() -> Iterator[PubSubEmulator]:
    """Google's Pub/Sub emulator; skips, or fails where CMO_EXPECT names `emulators`, if there is none."""
    jar = _jar()
    if jar is None or shutil.which("java") is None:
        reason = "Google's Pub/Sub emulator (Cloud SDK component pubsub-emulator, Java) is not here"
        if "emulators" in os.environ.get("CMO_EXPECT", "").split(","):
            pytest.fail(reason)
        pytest.skip(reason)
    with _running(jar) as address:
        emulator = PubSubEmulator(address)
        yield emulator
        emulator.close()


class Signer:
    """Stands between emulator and handlers, and signs each push for the audience of its URL."""

    def __init__(self, signer: PushSigner, target: str) -> None:
        pool = urllib3.PoolManager(maxsize=32, retries=False)

        class Relay(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                url = target + self.path
                headers = {
                    "Authorization": f"Bearer {signer.token(url)}",
                    "Content-Type": "application/json",
                }
                with contextlib.suppress(OSError):  # the emulator has given up waiting
                    answer = pool.request("POST", url, body=body, headers=headers, timeout=30)
                    self.send_response(answer.status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._pool = pool
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Relay)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """End its threads and connections."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._pool.clear()


def _jar() -> Path | None:
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        return None
    lib = Path(gcloud).resolve().parents[1] / "platform" / "pubsub-emulator" / "lib"
    return next(iter(sorted(lib.glob("cloud-pubsub-emulator-*-all.jar"))), None)


@contextlib.contextmanager
def _running(jar: Path) -> Iterator[str]:
    port = _free_port()
    process = subprocess.Popen(
        ["java", *JAVA_OPTIONS, "-jar", str(jar), "--host=127.0.0.1", f"--port={port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _free_port() -> int:
    """Return a port that was free just now; the emulator does not tell which one it took for 0."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process.poll() is not None:
            pytest.fail(f"the Pub/Sub emulator ended with status {process.returncode}")
        time.sleep(0.05)
    pytest.fail("the Pub/Sub emulator does not listen after 30 s")
