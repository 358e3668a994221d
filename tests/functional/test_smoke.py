"""tools/smoke.py tries a deployment as a stranger; here it tries a desk, and one with something wrong."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from local.doors import FrontDoor
from tests.desk import DeskUnderTest
from tools import deploy, smoke

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def served(application: Callable[..., Iterable[bytes]]) -> Iterator[str]:
    """Serve at a free port of this machine."""
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def door(desk: DeskUnderTest) -> Callable[..., Iterable[bytes]]:
    """Give a desk as the edge shows it: pushes are not routed, and it goes by its own name."""

    def edge(environ: Any, start_response: Any) -> Iterable[bytes]:
        front = FrontDoor(desk.desk.functions, desk.url)
        path = environ["PATH_INFO"]
        if path.startswith(
            "/push/"
        ):  # which the edge sends to `public`, as whatever it does not know
            environ = environ | {"PATH_INFO": f"/not-routed{path}"}
        return front(environ | {"HTTP_HOST": desk.url.partition("//")[2]}, start_response)

    return edge


def test_a_desk_that_works_passes(door: Callable[..., Iterable[bytes]]) -> None:
    """Every try succeeds on a desk behind an edge."""
    with served(door) as url:
        assert [one for one in smoke.tries(url) if one[1]] == []


def test_a_missing_page_is_named(
    door: Callable[..., Iterable[bytes]], capsys: pytest.CaptureFixture[str]
) -> None:
    """What does not answer as it should is named, and the exit status says so."""

    def without_page(environ: Any, start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/desk"):
            environ = environ | {"PATH_INFO": "/nothing"}
        return door(environ, start_response)

    with served(without_page) as url:
        assert smoke.main([url]) == 1

    failed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAILED")]
    assert [line.split()[1] for line in failed] == ["/desk/", "/desk/main.js"]


def test_it_needs_nothing_but_python() -> None:
    """A build step runs it without installing anything."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "tools/smoke.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 2
    assert "https://desk.example.com" in done.stdout


def test_what_a_deployment_lacks_is_said_before_it_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The examples' values, an environment that is not there, missing hashes: each with what to do."""
    assert deploy.main(["plan", "nowhere"]) == 1
    assert "no infra/env/nowhere.tfvars" in capsys.readouterr().out
    assert deploy.main(["apply", "prod"]) == 1
    assert "has the example's values" in capsys.readouterr().out
    assert deploy.main(["plan", "../../etc/passwd"]) == 1
    assert deploy.main(["destroy", "prod"]) == 2
