"""Fixtures of the whole test suite: a desk, and no sockets but loopback."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desk import DeskUnderTest, desk_in
from tests.log_watch import _watched_log, log_file

__all__ = ["_watched_log", "log_file"]

_connect = socket.socket.connect


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Let half as many workers more than cores run: many tests wait for an emulator, a browser or a disk.

    With `-n logical` one a core: what is slow starts many processes of its own.
    """
    cores = os.cpu_count() or 1
    if config.getoption("numprocesses") == "logical":
        return cores
    return cores + (cores + 1) // 2


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def _connect_to_loopback(self: socket.socket, address: Any) -> None:
    """Refuse what would leave this machine: a test that needs the network is wrong."""
    if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
        raise OSError(f"tests reach loopback only, not port {address[1]} elsewhere")
    _connect(self, address)


socket.socket.connect = _connect_to_loopback  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _seeded() -> None:
    """Seed what is random."""
    random.seed(20260105)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskUnderTest]:
    """Give a desk in memory with the demo's people and no mailbox."""
    with desk_in(tmp_path / "home") as desk:
        yield desk
