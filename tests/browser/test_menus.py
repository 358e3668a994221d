"""An opened menu is out of the way as soon as somebody turns to something else."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_menu_closes_by_escape_by_leaving_and_by_pressing_elsewhere(
    open_desk: OpenDesk, language: str
) -> None:
    """In a narrow window it covers what stands below, so it must not stay there."""
    shown = open_desk(language)
    page = shown.page
    shown.sign_in("agent")
    page.set_viewport_size({"width": 360, "height": 800})
    shown.go("#/tickets?filter=on")
    opener = page.locator("summary").filter(has_text=shown.words("filter-any-state"))
    menu = page.locator(".filters__menu")

    opener.click()
    page.keyboard.press("Tab")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(opener).to_be_focused()

    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(menu).to_be_hidden()

    opener.click()
    expect(menu).to_be_visible()
    page.locator("h1").first.click()
    expect(menu).to_be_hidden()
