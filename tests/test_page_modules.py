"""The page's modules: what has no markup is tested by itself, and all types agree."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TYPES = ROOT / "node_modules" / ".bin" / "tsc"


def needed(there: bool, what: str) -> None:
    """Skip where something is not installed, or fail if CMO_EXPECT names `node`."""
    if there:
        return
    if "node" in os.environ.get("CMO_EXPECT", "").split(","):
        pytest.fail(f"{what} is not here")
    pytest.skip(f"{what} is not here")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a program in the project's folder."""
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def test_modules_without_markup() -> None:
    """Router, keys, lists, times and the like, under Node's own runner."""
    needed(shutil.which("node") is not None, "Node")
    files = sorted(str(path) for path in (ROOT / "tests" / "page").glob("*.test.js"))

    finished = run("node", "--test", *files)

    assert files
    assert finished.returncode == 0, finished.stdout[-4000:]
    assert "# fail 0" in finished.stdout


def test_types_agree() -> None:
    """Every module passes the type checker, by the types in its comments."""
    needed(TYPES.exists(), "TypeScript (npm install --no-package-lock)")

    finished = run(str(TYPES), "-p", "web")

    assert finished.returncode == 0, finished.stdout[-4000:]
