"""Somebody at the page, with a language and a way of working: flows are written by what they do and see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.desk_page import DeskPage
from tests.browser.hands import HANDS, Hand
from tests.browser.words import Words

_NEWS: Final = "**/api/tickets/feed*"


@dataclass(frozen=True)
class Person:
    """Presses, writes and reads by the keys of words, as web/locales has them."""

    shown: DeskPage
    hand: Hand

    @property
    def page(self) -> Page:
        """Their window's page."""
        return self.shown.page

    @property
    def words(self) -> Words:
        """The words of their language."""
        return self.shown.words

    def button(self, key: str, within: Locator | None = None) -> Locator:
        """Return the button of these words, the last where several have them."""
        return (within or self.page).get_by_role("button", name=self.words(key), exact=True).last

    def press(self, key: str, within: Locator | None = None) -> None:
        """Press the button of these words."""
        self.hand.press(self.button(key, within))

    def field(self, key: str, within: Locator | None = None) -> Locator:
        """Return the field with this label."""
        named = (within or self.page).get_by_label(self.words(key), exact=True)
        return named.and_(self.page.locator("input, select, textarea"))

    def write(self, key: str, text: str, within: Locator | None = None) -> None:
        """Write into the field with this label."""
        self.hand.write(self.field(key, within), text)

    def choose(self, key: str, value: str, within: Locator | None = None) -> None:
        """Choose an option of the field with this label."""
        self.hand.choose(self.field(key, within), value)

    def sign_out(self) -> None:
        """Sign out."""
        with self.shown.session_ends():
            self.press("sign-out")
            title = self.page.get_by_role("heading", name=self.words("sign-in-title"))
            expect(title).to_be_visible()

    def hear_nothing(self) -> None:
        """Hold back the news of tickets, as they are between two looks for them."""
        held = []

        def nothing(route: Route) -> None:
            held.append(route)
            route.fulfill(json={"items": [], "next": "c", "more": False})

        self.page.route(_NEWS, nothing)
        while (
            not held
        ):  # what is under way may still bring something; the page makes one look at a time
            self.look_for_news()
            self.page.wait_for_timeout(50)

    def hear_again(self) -> None:
        """Let news come again."""
        self.page.unroute(_NEWS)

    def look_for_news(self) -> None:
        """Let the page look for news now, as when the connection is back."""
        self.page.evaluate("dispatchEvent(new Event('online'))")

    def told(self, key: str) -> Locator:
        """See something said politely; return where it stands."""
        return self._said("status", key)

    def warned(self, key: str) -> Locator:
        """See something said at once; return where it stands."""
        return self._said("alert", key)

    def sees(self, text: str) -> None:
        """See a text on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def is_at(self, target: Locator) -> None:
        """Have the focus there."""
        expect(target).to_be_focused()

    def _said(self, role: str, key: str) -> Locator:
        words = self.words.like(key)
        where = self.page.locator(f"[role={role}]").filter(has_text=words).last
        expect(where.get_by_text(words).last).to_be_visible()
        return where


def person(shown: DeskPage, hand_name: str) -> Person:
    """Return somebody who works at this window by "mouse" or by "keyboard"."""
    return Person(shown, HANDS[hand_name](shown.page))
