"""What stands in the way of a local desk is said in one line, and nothing that is long gone stands there."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import __main__ as local
from local import home as homes


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Give a port of loopback on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_port_that_is_taken_is_named(
    tmp_path: Path,
    taken_port: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Another program on the desk's port ends the start with a line that says what to do."""
    monkeypatch.setenv("CMO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PORT", str(taken_port))

    status = local.main(["serve"])

    assert status == 1
    assert capsys.readouterr().err == f"port {taken_port} is taken: choose another by PORT\n"


@pytest.mark.parametrize("port", ["abc", "-1", "0", "65535", "99999999"])
def test_a_port_that_is_none_is_refused(
    tmp_path: Path, port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """PORT is a number that leaves room for the sandbox one above it."""
    monkeypatch.setenv("CMO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PORT", port)

    status = local.main(["serve"])

    assert status == 1
    assert capsys.readouterr().err == "PORT must be a number from 1 to 65534\n"


def test_another_process_with_the_number_of_a_dead_desk_is_no_desk(tmp_path: Path) -> None:
    """After a crash, and in a container always, the desk's process id may be somebody else's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    left = {"pid": os.getpid(), "url": url, "sandbox": url, "control_token": "x"}
    (tmp_path / "desk.json").write_text(json.dumps(left))

    with pytest.raises(homes.NoDesk):
        homes.running(tmp_path)
