"""How somebody works at the page: with a mouse, or with the keyboard alone."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect

_MOST_TABS: Final = 150
_MOST_OPTIONS: Final = 30
_IN_ITS_GROUP: Final = """
radio => document.activeElement.type === "radio" && document.activeElement.name === radio.name
"""


class Mouse:
    """Points and clicks."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, target: Locator) -> None:
        """Press a button, or follow a link."""
        target.click()

    def write(self, target: Locator, text: str) -> None:
        """Write into a field."""
        target.click()
        self._page.keyboard.insert_text(text)

    def choose(self, target: Locator, value: str) -> None:
        """Choose an option by its value."""
        target.select_option(value)

    def tick(self, target: Locator) -> None:
        """Tick a box or untick it, or choose one of several."""
        target.click()


class Keyboard:
    """Reaches everything with Tab, and sees where the focus is."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, target: Locator) -> None:
        """Press a button, or follow a link."""
        self._reach(target)
        self._page.keyboard.press("Enter")

    def write(self, target: Locator, text: str) -> None:
        """Write into a field."""
        self._reach(target)
        self._page.keyboard.insert_text(text)

    def choose(self, target: Locator, value: str) -> None:
        """Choose an option by its value."""
        self._reach(target)
        self._page.keyboard.press("Home")
        for _ in range(_MOST_OPTIONS):
            if target.input_value() == value:
                return
            self._page.keyboard.press("ArrowDown")
        raise AssertionError(f"no option {value}")

    def tick(self, target: Locator) -> None:
        """Tick a box or untick it; one of several is reached from the one that is chosen, by arrows."""
        if target.get_attribute("type") != "radio":
            self._reach(target)
            self._page.keyboard.press("Space")
            return
        expect(target).to_be_visible()
        for _ in range(_MOST_TABS):
            if target.evaluate(_IN_ITS_GROUP):
                break
            self._page.keyboard.press("Tab")
        self._page.keyboard.press("Space")
        for _ in range(_MOST_OPTIONS):
            if target.is_checked():
                return
            self._page.keyboard.press("ArrowDown")
        raise AssertionError("arrows do not reach it")

    def _reach(self, target: Locator) -> None:
        expect(target).to_be_visible()
        for _ in range(_MOST_TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self._page.keyboard.press("Tab")
        raise AssertionError("Tab does not reach it")


Hand = Mouse | Keyboard
HANDS: Final[dict[str, type[Mouse | Keyboard]]] = {"mouse": Mouse, "keyboard": Keyboard}
# Each flow in each language, by mouse and by keyboard: two of the four in every run, all in the long one.
WAYS: Final = (
    pytest.param("en", "keyboard", id="en-keyboard"),
    pytest.param("ar", "mouse", id="ar-mouse"),
    pytest.param("en", "mouse", id="en-mouse", marks=pytest.mark.slow),
    pytest.param("ar", "keyboard", id="ar-keyboard", marks=pytest.mark.slow),
)
