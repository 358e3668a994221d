"""Statements that a stranger can check."""

from __future__ import annotations

import hashlib

import pytest

from shared.audit.signed_note import BadNote, Verifier, parse
from shared.keys.contract import STATEMENT_KEY
from shared.services import statements
from tests.desk import DeskUnderTest

BODY = {"mailbox": "mb_1", "at": "2026-03-02T09:30:00.000Z", "items": ({"b": 1, "a": None}, "€\n")}


def test_a_statement_is_three_lines_that_the_public_key_verifies(desk: DeskUnderTest) -> None:
    """Origin, kind, canonical JSON; the same body gives the same text."""
    app = desk.desk.app("admin")
    statement = statements.issue(app, "mailbox.disconnected", BODY)
    note = parse(statement.text.encode())
    assert note.text == (
        "local/statements\nmailbox.disconnected\n"
        '{"at":"2026-03-02T09:30:00.000Z","items":[{"a":null,"b":1},"€\\n"],"mailbox":"mb_1"}\n'
    )
    note.signed_by(Verifier.from_text(key) for key in statements.verifier_keys(app))
    assert statement.sha256 == hashlib.sha256(statement.text.encode()).hexdigest()
    assert statements.issue(app, "mailbox.disconnected", BODY) == statement


def test_a_statement_is_read_back_and_a_changed_one_is_not(desk: DeskUnderTest) -> None:
    """One digit changed, and nobody has signed it."""
    app = desk.desk.app("admin")
    text = statements.issue(app, "reconciliation", {"lost": 0}).text
    assert statements.read(app, text.encode()) == ("reconciliation", {"lost": 0})
    with pytest.raises(BadNote):
        statements.read(app, text.replace('"lost":0', '"lost":1').encode())


def test_what_an_earlier_version_of_the_key_signed_still_verifies(desk: DeskUnderTest) -> None:
    """A rotation does not make old receipts worthless."""
    app = desk.desk.app("admin")
    earlier = statements.issue(app, "reconciliation", {"lost": 0})
    desk.desk.keys.set_primary(desk.desk.keys.add_version(STATEMENT_KEY))
    later = statements.issue(app, "reconciliation", {"lost": 0})
    assert later.text != earlier.text
    assert len(statements.verifier_keys(app)) == 2
    assert statements.read(app, earlier.text.encode()) == statements.read(app, later.text.encode())


@pytest.mark.parametrize("kind", ["", "Upper", "two\nlines", "a" * 65])
def test_a_kind_that_would_break_the_form_is_refused(desk: DeskUnderTest, kind: str) -> None:
    """A kind is one word on one line."""
    with pytest.raises(ValueError, match="kind"):
        statements.issue(desk.desk.app("admin"), kind, {})


def test_what_has_no_canonical_form_is_refused(desk: DeskUnderTest) -> None:
    """No NaN, no number that other programs round, no half character."""
    for value in (float("nan"), 2**53, "\ud800"):
        with pytest.raises(ValueError):  # noqa: PT011 - each is told in its own words
            statements.issue(desk.desk.app("admin"), "reconciliation", {"value": value})
