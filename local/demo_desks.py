"""The desks that the demo runs on: the one of `make run`, or one on Google's emulators."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from local.narration import StepFailed, show, step

_START_SECONDS: Final = 90.0


@contextmanager
def embedded(home: Path) -> Iterator[None]:
    """Run a desk of its own in `home`."""
    port = _free_ports()
    environment = {**os.environ, "CMO_HOME": str(home), "PORT": str(port), "CMO_SMTP_PORT": "0"}
    step("a desk starts: functions, store, bus, and a local Gmail beside it")
    process = subprocess.Popen(
        [sys.executable, "-m", "local", "serve"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            words = line.split()
            if words[:1] == ["ready"]:
                show(f"it answers at {words[1]}")
                break
        else:
            raise StepFailed("the desk did not start")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_START_SECONDS)
        process.stdout.close()


@contextmanager
def emulated(home: Path) -> Iterator[None]:
    """Run a desk on Google's emulators in `home`."""
    from local.emulated.desk import EmulatedDesk  # noqa: PLC0415 - needs Google's clients

    step("a desk starts on Google's emulators, each function in a process of its own")
    started = time.monotonic()
    with EmulatedDesk(home).serving() as desk:
        show("2 emulators: Firestore and Pub/Sub, from the Cloud SDK; a local Gmail beside them")
        show(f"{len(desk.functions)} function processes, each served by the Functions Framework")
        show(f"it answers at {desk.url} after {time.monotonic() - started:.0f} s")
        yield


def _free_ports() -> int:
    """Return a port that is free together with the next one."""
    for _ in range(100):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
    raise StepFailed("no two neighbouring ports are free")
