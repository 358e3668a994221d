"""CMO_HOME: where a desk keeps its state, and how other commands find the running one."""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_ANSWERS_WITHIN_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class RunningDesk:
    """What desk.json says of the desk that runs."""

    pid: int
    url: str
    sandbox: str
    control_token: str = field(repr=False)


class NoDesk(RuntimeError):
    """No desk is running in this home."""


def find() -> Path:
    """Return the home folder: CMO_HOME, or .local in the current folder."""
    return Path(os.environ.get("CMO_HOME") or ".local").resolve()


def running(home: Path) -> RunningDesk:
    """Return the desk that runs in this home. Raises NoDesk where none does."""
    try:
        desk = RunningDesk(**json.loads((home / "desk.json").read_text("utf-8")))
        os.kill(desk.pid, 0)
        # The number of a desk that was killed may be another process's by now, so its port is asked too.
        address = urlsplit(desk.url)
        listening = (address.hostname or "", address.port or 0)
        socket.create_connection(listening, _ANSWERS_WITHIN_SECONDS).close()
    except (OSError, ValueError, TypeError):
        raise NoDesk(f"no desk is running in {home}: start one with `make run`") from None
    return desk


def announce(home: Path, desk: RunningDesk) -> None:
    """Write desk.json, readable by its owner alone."""
    write_private(home / "desk.json", json.dumps(asdict(desk)).encode())


def control_token(home: Path) -> str:
    """Return the control token of this home's sandbox, made once."""
    path = home / "control_token"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32).encode())
    return path.read_text("utf-8")


def write_private(path: Path, data: bytes) -> None:
    """Write a file whole, readable by its owner alone."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    temporary.replace(path)
