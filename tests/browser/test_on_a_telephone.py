"""The administration on a telephone: tables as stacks of rows that are still tables, its list folded."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk_page import NARROW, DeskPage
from tests.browser.hands import WAYS
from tests.browser.person import person

_PEOPLE: Final = 5
_COLUMNS: Final = 5
# What is drawn beside the cells of a row, and where a row's cells begin, one below the other.
_STACKED: Final = """
row => {
  const cells = [...row.querySelectorAll("td")].filter((cell) => cell.getClientRects().length > 0);
  return {
    drawn: cells.map((cell) => getComputedStyle(cell, "::before").content),
    tops: cells.map((cell) => cell.getBoundingClientRect().top),
  };
}
"""


def _roles(shown: DeskPage) -> Counter[str]:
    """Return how often each role is in the tree that the browser hands to a screen reader."""
    session = shown.context.new_cdp_session(shown.page)
    tree = session.send("Accessibility.getFullAXTree")
    session.detach()
    return Counter(node["role"]["value"] for node in tree["nodes"] if not node["ignored"])


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_stacked_table_is_a_table_to_a_screen_reader(open_desk: OpenDesk, language: str) -> None:
    """Each cell stands below the one before, beside its column's words; rows and columns are told of."""
    shown = open_desk(language, "light", NARROW)
    shown.sign_in("administrator")
    shown.go("#/admin/people")
    row = shown.page.get_by_role("row").nth(1)
    expect(row).to_be_visible()

    stack = row.evaluate(_STACKED)
    roles = _roles(shown)

    words = [shown.words(f"person-{name}") for name in ("role", "mailboxes", "factors", "state")]
    assert [text.split('"')[1] for text in stack["drawn"]] == words
    assert len(set(stack["tops"])) == len(words)
    assert stack["tops"] == sorted(stack["tops"])
    assert roles["table"] == 1
    assert roles["row"] == _PEOPLE + 1
    assert roles["columnheader"] == _COLUMNS
    assert roles["rowheader"] == _PEOPLE


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_the_list_of_the_administration_is_folded(
    open_desk: OpenDesk, language: str, hand_name: str
) -> None:
    """It opens where one asks for it, and is folded again once one has chosen."""
    who = person(open_desk(language, "light", NARROW), hand_name)
    who.shown.sign_in("administrator")
    who.shown.go("#/admin/people")
    places = who.page.get_by_role("navigation", name=who.words("place-admin"))
    roles = places.get_by_role("link", name=who.words("admin-roles"))
    expect(places).to_be_visible()
    expect(roles).to_have_count(0)

    who.press("place-admin", places)
    who.hand.press(roles)

    expect(who.page.get_by_role("heading", level=1)).to_have_text(who.words("admin-roles"))
    expect(roles).to_have_count(0)
