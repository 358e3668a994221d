"""The processes of an emulated desk: each with a log and a deadline to start, all ended together."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 10.0
_PAUSE_SECONDS: Final = 0.05


class ProcessError(RuntimeError):
    """A process did not start, or has ended by itself; the message names its log."""


class NoEmulators(RuntimeError):
    """An emulator, or the Java that runs it, is not on this machine; the message says what to install."""


@dataclass(frozen=True, slots=True)
class _Process:
    name: str
    address: str
    log: Path
    popen: subprocess.Popen[bytes]


class Processes:
    """A context that ends what was started in it, whatever happens in between.

    Each process leads a session of its own: Ctrl-C in the terminal reaches the desk alone, which ends
    them in order, and with a process go all its children.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._started: list[_Process] = []

    def __enter__(self) -> Self:
        """Make the folder of the logs."""
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End every process."""
        with _undisturbed():
            self.stop()

    def start(
        self,
        name: str,
        address: str,
        command: Sequence[str | Path],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start a server that will answer HTTP at `address` (host:port), and do not wait for it.

        `environment` adds to this process's own. What it writes goes to <logs>/<name>.log.
        """
        log = self._logs / f"{name}.log"
        with log.open("ab") as output:
            popen = subprocess.Popen(  # noqa: S603 - commands of this package
                command,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started.append(_Process(name, address, log, popen))

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until every process answers. Raises ProcessError where one does not."""
        ends = time.monotonic() + seconds
        for process in self._started:
            while not _answers(process.address):
                _check(process)
                if time.monotonic() > ends:
                    raise ProcessError(
                        f"{process.name} did not answer in {seconds:.0f} s: see {process.log}"
                    )
                time.sleep(_PAUSE_SECONDS)

    def check(self) -> None:
        """Raise ProcessError where a process has ended by itself."""
        for process in self._started:
            _check(process)

    def stop(self) -> None:
        """End all, the last one first: politely, then by force."""
        for process in reversed(self._started):
            _signal(process, signal.SIGTERM)
        ends = time.monotonic() + _STOP_SECONDS
        for process in reversed(self._started):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.popen.wait(max(0.0, ends - time.monotonic()))
            _signal(process, signal.SIGKILL)  # also what it may have left behind
            process.popen.wait()
        self._started.clear()


def free_ports(count: int) -> list[int]:
    """Return ports that were free just now, for servers that cannot choose one and tell."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _answers(address: str) -> bool:
    connection = http.client.HTTPConnection(address, timeout=START_SECONDS)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
    return True


def _check(process: _Process) -> None:
    status = process.popen.poll()
    if status is not None:
        raise ProcessError(f"{process.name} ended with status {status}: see {process.log}")


def _signal(process: _Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.popen.pid, number)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let a second Ctrl-C or SIGTERM wait, so that it leaves nothing behind."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals come to the main thread alone
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
