"""What holds on every page: axe finds nothing, nothing is scrolled sideways, the focus is seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk_page import NARROW, WIDE
from tests.browser.looking import broken_rules, settled, unseen_focus
from tests.browser.pages import OPENED, PLACES, names_in_the_page
from tests.browser.working_day import fill
from tests.desk import DeskUnderTest

_LOOKS = [
    pytest.param("en", "light", WIDE, id="en-light-wide"),
    pytest.param("ar", "dark", NARROW, id="ar-dark-narrow"),
    pytest.param("en", "dark", NARROW, id="en-dark-narrow", marks=pytest.mark.slow),
    pytest.param("ar", "light", WIDE, id="ar-light-wide", marks=pytest.mark.slow),
    pytest.param("en", "light", NARROW, id="en-light-narrow", marks=pytest.mark.slow),
    pytest.param("ar", "dark", WIDE, id="ar-dark-wide", marks=pytest.mark.slow),
    pytest.param("en", "dark", WIDE, id="en-dark-wide", marks=pytest.mark.slow),
    pytest.param("ar", "light", NARROW, id="ar-light-narrow", marks=pytest.mark.slow),
]


def test_no_page_is_forgotten() -> None:
    """The pages that are tested are those that the desk's page can show."""
    assert {place.name for place in PLACES} == names_in_the_page() | OPENED


@pytest.fixture(scope="module")
def places(shared_desk: DeskUnderTest) -> dict[str, str]:
    """Return the ids of a desk in the middle of its day."""
    return fill(shared_desk)


@pytest.mark.parametrize(("language", "theme", "width"), _LOOKS)
@pytest.mark.parametrize("role", sorted({place.role or "nobody" for place in PLACES}))
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
            settled(shown)
            if place.role is not None:
                expect(shown.page.get_by_role("main")).to_be_visible()
            found = broken_rules(shown) + unseen_focus(shown)
            wrong += [f"{place.name}: {what}" for what in found]

    assert wrong == []
