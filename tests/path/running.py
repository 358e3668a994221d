"""A desk in a process of its own, as `make run` starts it, on ports that are free."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from local import home as homes
from local.desk import Desk
from local.sandbox_client import SandboxClient

ROOT: Final = Path(__file__).parent.parent.parent
KIT: Final = ROOT.parent / "shared" / "mail"
_START_SECONDS: Final = 60.0


class Running:
    """A home folder, and the desk that runs in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = _two_free_ports()
        self._process: subprocess.Popen[str] | None = None

    def start(self, **environment: str) -> None:
        """Start the desk and wait until it says that it is ready."""
        own = {"PORT": str(self.port), "CMO_HOME": str(self.home), "CMO_SMTP_PORT": "0"}
        with (self.home.parent / "stderr.log").open("a") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local", "serve"],
                cwd=ROOT,
                env={**os.environ, **own, **environment},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._process.stdout is not None
        ends = time.monotonic() + _START_SECONDS
        for line in self._process.stdout:
            if line.startswith("ready "):
                return
            assert time.monotonic() < ends
        raise AssertionError("the desk did not start: see stderr.log")

    def kill(self) -> None:
        """Kill the desk as a power cut does."""
        self._end("kill")

    def stop(self) -> None:
        """Let the desk stop, if it runs."""
        self._end("terminate")

    def sandbox(self) -> SandboxClient:
        """Return the control of the desk's Gmail."""
        running = homes.running(self.home)
        return SandboxClient(running.sandbox, running.control_token)

    def local(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m local` beside the desk."""
        return subprocess.run(
            [sys.executable, "-m", "local", *arguments],
            cwd=ROOT,
            env={**os.environ, "CMO_HOME": str(self.home)},
            capture_output=True,
            text=True,
            check=False,
        )

    @contextmanager
    def opened(self) -> Iterator[Desk]:
        """Give the desk's stores and bus, beside the process or after it."""
        url = f"http://127.0.0.1:{self.port}"
        desk = Desk(self.home, url=url, google=f"http://localhost:{self.port + 1}")
        try:
            yield desk
        finally:
            desk.close()

    def _end(self, how: str) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        getattr(process, how)()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()


def documents(
    desk: Desk, collection: str, database: str = "(default)"
) -> dict[str, Mapping[str, Any]]:
    """Return the documents of a collection by id."""
    return {d.id: d.data for d in desk.stores[database].dump() if d.collection == collection}


def messages_of(desk: Desk, gmail_ids: Sequence[str]) -> dict[str, list[Mapping[str, Any]]]:
    """Return the message documents of each of these Gmail ids."""
    found: dict[str, list[Mapping[str, Any]]] = {gmail_id: [] for gmail_id in gmail_ids}
    for message in documents(desk, "messages").values():
        if message["gmail_id"] in found:
            found[message["gmail_id"]].append(message)
    return found


def _two_free_ports() -> int:
    """Return a free port of 127.0.0.1 whose next one is free too."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
