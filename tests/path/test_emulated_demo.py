"""`make demo-emulators`: the main path on Google's emulators, each function in its own process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import manifest
from local.emulated import emulators
from tests.contract.emulators import emulators_expected

SECONDS = 240
PROCESSES = Path("/proc")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PROCESSES.exists(), reason="looks for processes in Linux's /proc"),
]

Demo = subprocess.Popen[str]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """Start the demo, whose folder lies in the test's."""
    with emulators_expected():
        emulators.require()
    with subprocess.Popen(
        (sys.executable, "-m", "local", "demo", "--emulators"),
        cwd=manifest.ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process
        process.terminate()


def test_the_whole_path_works_on_the_emulators(demo: Demo, tmp_path: Path) -> None:
    """Every step of `make demo` does there what it says, and nothing of it is left at the end."""
    output, _ = demo.communicate(timeout=SECONDS)

    assert demo.returncode == 0, output
    assert f"{len(manifest.load())} function processes" in output
    assert "every step did what it says" in output
    assert processes_of(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_demo_that_is_interrupted_leaves_nothing(demo: Demo, tmp_path: Path) -> None:
    """Ctrl-C in the middle of a step ends every process that was started, and removes the folder."""
    assert demo.stdout is not None
    shown = any("a customer writes" in line for line in demo.stdout)
    before = processes_of(tmp_path)

    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=SECONDS)

    assert shown
    assert len(before) > len(manifest.load()) + 2
    assert demo.returncode == 130
    assert processes_of(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_does_not_start_is_named_with_its_log(demo: Demo, tmp_path: Path) -> None:
    """A function that dies at its start fails the demo, which says where to read on and ends the others."""
    ends = time.monotonic() + SECONDS
    while not (dying := [pid for pid, line in processes_of(tmp_path).items() if "=public" in line]):
        assert time.monotonic() < ends
        time.sleep(0.01)
    os.kill(dying[0], signal.SIGKILL)

    output, _ = demo.communicate(timeout=SECONDS)

    assert demo.returncode == 1
    [log] = tmp_path.glob("*/logs/public.log")
    assert f"FAILED  public ended with status -9: see {log}" in output
    assert processes_of(tmp_path) == {}


def processes_of(folder: Path) -> dict[int, str]:
    """Return the command line by process id of all that was started with this folder as TMPDIR."""
    found = {}
    for process in PROCESSES.glob("[0-9]*"):
        try:
            if f"TMPDIR={folder}\0".encode() in (process / "environ").read_bytes():
                found[int(process.name)] = (process / "cmdline").read_text("utf-8", "replace")
        except OSError:  # it has ended meanwhile, or is somebody else's
            continue
    return {pid: line for pid, line in found.items() if line}  # a zombie has none
