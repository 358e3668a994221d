"""Watches the product's log lines in every test: a test fails whose lines hold what no log may hold.

That is anything that looks like an address, a token or sealed content, and the secrets, codes, links,
subjects and bodies that this test made known by `never_logged`. As a plugin (`-p tests.log_watch`) it
watches tests outside of this folder too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from shared import log

# An address; Google's access and refresh tokens; bearers; JSON in base64 (JWT, payloads); keys; hashes.
_ALWAYS: Final = re.compile(
    r"[^\"\s]*@[^\"\s]*|ya29\.\S*|1//0\S*|Bearer|eyJ\w*|-----BEGIN|\$2[aby]\$"
)
_SHORTEST: Final = 6  # a word that is shorter stands in a log by chance

_known: set[str] = set()


def never_logged(*values: str) -> None:
    """Remember, until the end of this test, what must not stand in a log line."""
    _known.update(value for value in values if len(value) >= _SHORTEST)


def leaks(text: str) -> set[str]:
    """Return what stands in these log lines and must not, by itself: not as a part of a longer word."""
    found = set(_ALWAYS.findall(text))
    if _known:
        words = "|".join(re.escape(value) for value in sorted(_known, key=len, reverse=True))
        found |= set(re.findall(rf"(?<![\w-])(?:{words})(?![\w-])", text))
    return found


def log_file(tmp_path: Path) -> Path:
    """Return where the log lines of the test of this folder stand."""
    return tmp_path.with_name(f"{tmp_path.name}.log")


@pytest.fixture(autouse=True)
def _watched_log(tmp_path: Path) -> Iterator[None]:
    """Keep each test's log lines in a file beside its folder, and read them at the end."""
    _known.clear()
    with log_file(tmp_path).open("w", encoding="utf-8") as stream:
        log.write_to(stream)
        yield
        log.write_to(None)
    found = leaks(log_file(tmp_path).read_text("utf-8"))
    assert not found, f"the log has what it must not: {sorted(found)}"
