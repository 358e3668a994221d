"""An opened menu is out of the way as soon as somebody turns to something else."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk_page import NARROW
from tests.browser.looking import broken_rules


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


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_rail_of_a_narrow_window_does_not_stay_in_the_way(
    open_desk: OpenDesk, language: str
) -> None:
    """It covers its own button: the focus goes into it, and it closes as a menu does, but for its dialogs."""
    shown = open_desk(language, width=NARROW)
    page = shown.page
    shown.sign_in("agent")
    shown.go("#/tickets")
    opener = page.get_by_role("button", name=shown.words("rail-open"), exact=True)
    rail = page.get_by_role("navigation", name=shown.words("rail-label"))

    opener.click()
    expect(rail.get_by_role("link").first).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "true")
    assert broken_rules(shown) == []
    rail.get_by_role("button", name=shown.words("notifications-title")).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(rail).to_be_visible()
    page.keyboard.press("Escape")
    expect(rail).to_be_hidden()
    expect(opener).to_be_focused()

    page.keyboard.press("Enter")
    expect(rail.get_by_role("link").first).to_be_focused()
    rail.get_by_role("button").last.focus()
    page.keyboard.press("Tab")
    expect(rail).to_be_hidden()

    opener.click()
    expect(rail.get_by_role("link").first).to_be_focused()
    beside = NARROW - 10 if language == "en" else 10
    page.mouse.click(beside, 700)
    expect(rail).to_be_hidden()
