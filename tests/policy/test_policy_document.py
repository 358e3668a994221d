"""docs/policy.md maps every promise to the code that keeps it and tests that prove it; all of them exist."""

from __future__ import annotations

import re

from tests.architecture import ROOT
from tests.test_docs import unresolved

PROMISES = [f"P{number:02}" for number in range(1, 21)]
_ROW = re.compile(r"^\| (P\d\d) \| (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE)
_CODE = re.compile(r"`([a-z_0-9/]+\.(?:py|tf|json))(?::([A-Za-z_0-9.]+))?`")
_TEST = re.compile(r"`(test_[a-z0-9_]+)`")


def rows() -> dict[str, tuple[str, str, str]]:
    """Return what the document says of each promise: its words, its code, its tests."""
    text = (ROOT / "docs" / "policy.md").read_text("utf-8")
    return {id: (promise, code, tests) for id, promise, code, tests in _ROW.findall(text)}


def policy_tests() -> set[str]:
    """Return the tests of this folder that are named by a promise."""
    found: set[str] = set()
    for path in (ROOT / "tests" / "policy").glob("test_*.py"):
        found |= set(re.findall(r"^def (test_p\d\d_\w+)", path.read_text("utf-8"), re.MULTILINE))
    return found


def test_every_promise_has_its_row() -> None:
    """In order, none twice."""
    assert list(rows()) == PROMISES


def test_every_promise_names_code_that_exists() -> None:
    """A module with a name in it, or a file of the infrastructure."""
    for id, (_, code, _) in rows().items():
        named = _CODE.findall(code)
        assert named, id
        assert unresolved(code) == [], id
        assert [path for path, _ in named if not (ROOT / path).is_file()] == [], id


def test_every_promise_is_proved_beyond_its_words() -> None:
    """The tests that a row names are of its promise and exist, and all that exist are named."""
    words = (ROOT / "tests" / "policy" / "test_public_policy.py").read_text("utf-8")
    named: set[str] = set()
    for id, (_, _, tests) in rows().items():
        of_row = _TEST.findall(tests)
        assert of_row, id
        assert all(test.startswith(f"test_{id.lower()}_") for test in of_row), id
        assert [test for test in of_row if f"def {test}(" not in words], f"{id} is only said"
        named |= set(of_row)
    assert named == policy_tests()
