"""The watch over log lines finds what is planted, in any test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import ROOT
from tests.desk import DeskUnderTest, mail
from tests.log_watch import leaks, never_logged

PLANTED = """
from shared import log
from tests.log_watch import never_logged

def test_with_a_leak():
    never_logged("48201357")
    log.event("INFO", "code.sent", id="u_1", code="{code}")
"""


@pytest.mark.parametrize(("code", "status"), [("48201357", 1), ("48201358", 0)])
def test_a_test_with_a_leak_fails(code: str, status: int, tmp_path: Path) -> None:
    """A code that a test made known, and that the product then logs as if it were an id."""
    (tmp_path / "test_planted.py").write_text(PLANTED.format(code=code))
    plugins = "-p tests.log_watch -p no:cacheprovider -p no:xdist"
    command = f"-m pytest -q {plugins} --rootdir . --import-mode=importlib"

    done = subprocess.run(
        [sys.executable, *command.split(), "test_planted.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == status, done.stdout
    assert ("the log has what it must not: ['48201357']" in done.stdout) == bool(status)


@pytest.mark.parametrize(
    "value",
    ["nora@customers.example.net", "ya29.a0AfH6", "1//0gLx", "Bearer", "eyJpdiI6Ik",
     "-----BEGIN", "$2b$"],
)  # fmt: skip
def test_what_is_always_found(value: str) -> None:
    """Addresses, Google's tokens, sealed content, keys and hashes need nobody to make them known."""
    assert leaks(f'{{"message":"x","id":"{value}"}}')


def test_a_known_word_is_found_by_itself_alone() -> None:
    """Digits of a code inside a longer id are not the code."""
    never_logged("48201357")
    assert leaks('{"code":"48201357"}') == {"48201357"}
    assert leaks('{"id":"a48201357b"}') == set()


def test_a_desk_makes_its_secrets_known(desk: DeskUnderTest) -> None:
    """Passwords, codes, sessions, subjects and texts of what this desk did would be found."""
    desk.connect()
    raw = mail("Unmistakable", "Unrepeatable")
    desk.deliver(raw)
    browser = desk.browser("administrator")
    secrets = [
        desk.people["agent"][1],
        desk.code("administrator"),
        browser.cookies.partition("=")[2].partition(";")[0],
        "Unmistakable",
        "Unrepeatable",
    ]

    for secret in secrets:
        assert leaks(f'{{"id":"{secret}"}}') == {secret}
