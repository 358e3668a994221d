"""Every button of every page is pressed: nothing breaks, and what opens is for everybody too.

A page that is whole when it is opened may still break at the first click, and a question that it asks may
be unreadable to a screen reader. Nothing here knows what the buttons are for.
"""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Error

from tests.browser.conftest import OpenDesk
from tests.browser.desk_page import NARROW, WIDE, DeskPage
from tests.browser.looking import broken_rules, settled
from tests.browser.pages import PLACES, Place
from tests.browser.working_day import fill
from tests.desk import DeskUnderTest

pytestmark = pytest.mark.slow

_PRESSED_MS: Final = 250
_NEW_NODES: Final = 4
_ROLES: Final = ("agent", "supervisor", "administrator")
# What ends the visit is tried elsewhere.
_NOT_PRESSED: Final = ("sign-out",)
_BUTTONS: Final = """
() => [...document.querySelectorAll("main button, main summary, nav button")]
  .filter((button) => button.checkVisibility() && !button.disabled)
  .map((button, at) => {
    button.dataset.at = at;
    return button.getAttribute("aria-label") || button.textContent.trim();
  })
"""
_NODES: Final = "document.querySelectorAll('#desk *').length"
_DIALOG: Final = "dialog[open]"


@pytest.fixture(scope="module")
def places(shared_desk: DeskUnderTest) -> dict[str, str]:
    """Return the ids of a desk in the middle of its day."""
    return fill(shared_desk)


@pytest.mark.parametrize("role", _ROLES)
@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [
        pytest.param("en", "light", WIDE, id="en-light-wide"),
        pytest.param("ar", "dark", NARROW, id="ar-dark-narrow"),
    ],
)
def test_every_button(
    open_desk: OpenDesk, places: dict[str, str], role: str, language: str, theme: str, width: int
) -> None:
    """Pressing any button leaves a page that axe, the console and the browser's policies accept."""
    shown = open_desk(language, theme, width)
    shown.sign_in(role)
    wrong: list[str] = []
    for place in PLACES:
        if place.role == role:
            wrong += _press_all(shown, place, places)

    assert wrong == []


def _press_all(shown: DeskPage, place: Place, places: dict[str, str]) -> list[str]:
    page, wrong, looked = shown.page, [], set[str]()
    address = place.address.format(**places)
    _open(shown, address)
    names: list[str] = page.evaluate(_BUTTONS)
    for index, name in enumerate(names):
        if name in map(shown.words, _NOT_PRESSED):
            continue
        button = page.locator(f'[data-at="{index}"]')
        if not button.is_visible():
            _open(shown, address)
            page.evaluate(_BUTTONS)
            if not button.is_visible():
                continue  # what an earlier press has done away with
        nodes = page.evaluate(_NODES)
        try:
            button.click(timeout=5_000)
        except Error as error:
            wrong.append(f"{place.name}: “{name}” cannot be pressed: {error.message[:200]}")
            continue
        page.wait_for_timeout(_PRESSED_MS)
        asked = page.locator(_DIALOG).count() > 0
        grown = page.evaluate(_NODES) - nodes >= _NEW_NODES
        if (asked or grown) and name not in looked:
            looked.add(name)
            settled(shown)
            wrong += [f"{place.name}, after “{name}”: {what}" for what in broken_rules(shown)]
        while page.locator(_DIALOG).count() > 0:
            page.keyboard.press("Escape")
            page.wait_for_timeout(50)
        if not page.url.endswith(address):
            _open(shown, address)
            page.evaluate(_BUTTONS)
        if shown.complaints:
            wrong.append(f"{place.name}, after “{name}”: {'; '.join(shown.complaints)}")
            shown.complaints.clear()
    return wrong


def _open(shown: DeskPage, address: str) -> None:
    shown.go(address)
    settled(shown)
