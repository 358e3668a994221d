"""What holds on every page: axe finds nothing, nothing is scrolled sideways, the focus is seen."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk_page import NARROW, WIDE, DeskPage, looks_right
from tests.browser.pages import PLACES, Place, names_in_the_page
from tests.desk import SUPPORT, DeskUnderTest, mail

_LOOKS = [
    pytest.param("en", "light", WIDE, id="en-light-wide"),
    pytest.param("ar", "dark", NARROW, id="ar-dark-narrow"),
    pytest.param("en", "dark", NARROW, id="en-dark-narrow"),
    pytest.param("ar", "light", WIDE, id="ar-light-wide"),
]
_TABS = 12
_AXE_QUIET_MS = 100


def test_no_page_is_forgotten() -> None:
    """The pages that are tested are those that the desk's page can show."""
    assert {place.name for place in PLACES} == names_in_the_page()


@pytest.fixture(scope="module")
def places(shared_desk: DeskUnderTest) -> dict[str, str]:
    """Return the ids of a ticket and a mailbox to look at."""
    shared_desk.deliver(mail())
    html = "<p>Hello <b>you</b></p>"
    shared_desk.deliver(mail("طلب عرض سعر لعشرين كرسي", html, sender="Amal <amal@example.net>"))
    [ticket, *_] = shared_desk.tickets()
    return {"ticket": ticket["id"], "mailbox": shared_desk.mailboxes[SUPPORT]}


@pytest.mark.parametrize(("language", "theme", "width"), _LOOKS)
@pytest.mark.parametrize("role", ["nobody", "agent", "supervisor", "administrator"])
def test_pages_are_for_everybody(
    open_desk: OpenDesk,
    places: dict[str, str],
    role: str,
    language: str,
    theme: str,
    width: int,
) -> None:
    """Axe finds no violation, no page is wider than the window, and Tab shows where it is."""
    shown = open_desk(language, theme, width)
    if role != "nobody":
        shown.sign_in(role)
    wrong: list[str] = []
    for place in PLACES:
        if (place.role or "nobody") == role:
            shown.go(place.address.format(**places))
            _settled(shown, place)
            wrong += [f"{place.name}: {what}" for what in _wrong(shown)]

    assert wrong == []


def _settled(shown: DeskPage, place: Place) -> None:
    """Wait until the page is there, not only its frame."""
    expect(shown.page.locator("h1")).to_be_visible()
    expect(shown.page.locator(".skeleton")).to_have_count(0)
    if place.role is not None:
        looks = shown.page.get_by_role("main")
        expect(looks).to_be_visible()


def _wrong(shown: DeskPage) -> list[str]:
    wrong = []
    # Axe itself tries inline styles, which the page's policy refuses: that is not the page's doing.
    shown.listening = False
    found = Axe().run(shown.page, options={"preload": False})
    shown.page.wait_for_timeout(_AXE_QUIET_MS)
    shown.listening = True
    for violation in found.response["violations"]:
        targets = [node["target"] for node in violation["nodes"]][:3]
        wrong.append(f"{violation['id']} at {targets}")
    try:
        looks_right(shown)
    except AssertionError as error:
        wrong.append(f"sideways or direction: {error}")
    for _ in range(_TABS):
        shown.page.keyboard.press("Tab")
        unseen = shown.page.evaluate(_FOCUS)
        if unseen:
            wrong.append(f"focus is not seen at {unseen}")
    return wrong


_FOCUS = """
() => {
  // The parts of a date have a mark of the browser's own.
  const at = document.activeElement;
  if (!at || at === document.body || at.tagName === "IFRAME" || at.type === "date") return null;
  const ringed = (style) =>
    (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  // A link that covers its row draws the ring with what it covers it with.
  const seen = ringed(getComputedStyle(at)) || ringed(getComputedStyle(at, "::after"));
  return seen ? null : at.outerHTML.slice(0, 120);
}
"""
