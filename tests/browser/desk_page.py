"""The desk's page in a browser before a desk in memory: what the browser complains of fails the test."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request
from waitress.server import create_server

from local.doors import FrontDoor
from tests.browser.words import DIRECTIONS, Words, words_of
from tests.desk import DeskBrowser, DeskUnderTest
from tests.stopped_clock import StoppedClock

WIDE: Final = 1440
NARROW: Final = 360
_HEIGHT: Final = 900
# Chromium writes a line for each answer that is no success, though the page asked for it and deals with it.
_STATUS_LINE: Final = "Failed to load resource: the server responded with a status of"
# What Playwright itself puts into every frame does not run in a mail's: that is what the frame is for.
_NO_SCRIPTS: Final = re.compile(
    r"Blocked script execution in '[^']*/api/content/messages/\w+/frame[^']*' because .* sandboxed"
)
_POST: Final = """
async ([path, body]) => {
  const headers = body === null ? {} : {"Content-Type": "application/json"};
  const answer = await fetch(path, {method: "POST", headers, body: body && JSON.stringify(body)});
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.status === 200 ? answer.json() : null;
}
"""
_WATCH: Final = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""


class StoppedToday(StoppedClock):
    """Stands still at the moment at which it was made: a browser drops cookies of another year."""

    def __init__(self) -> None:
        super().__init__()
        self._start = datetime.now(UTC)


@dataclass
class DeskPage:
    """One window, and all that it complained of."""

    desk: DeskUnderTest
    context: BrowserContext
    page: Page
    url: str
    words: Words
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    listening: bool = True

    def sign_in(self, role: str = "agent") -> None:
        """Sign in without the form, in the window's language."""
        self.speaks(role)
        self.page.goto(f"{self.url}/desk/locales/en.ftl")
        email, password = self.desk.people[role]
        needs = self._send("/api/session/", {"email": email, "password": password})["needs"]
        # The page asks who is there only where somebody was.
        self.page.evaluate("localStorage.setItem('desk.signed_in', 'yes')")
        if needs:
            self._send("/api/session/email_otp", None)
            self._send("/api/session/email_otp/verify", {"code": self.desk.code(role)})

    def _send(self, path: str, body: object) -> Any:
        return self.page.evaluate(_POST, [path, body])

    def speaks(self, role: str) -> DeskBrowser:
        """Let a person speak the window's language; return another browser of theirs."""
        browser = self.desk.browser(role)
        profile = browser.get("/api/account/profile")
        body = {"language": self.words.language}
        answer = browser.send(
            "PATCH", "/api/account/profile", body, if_match=f'"{profile.json["version"]}"'
        )
        assert answer.status_code == 200, answer.data
        return browser

    def go(self, place: str) -> None:
        """Open a place of the page, such as "#/tickets", and wait until nothing loads any more."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.url}/desk/{place}")
        self.page.wait_for_load_state("networkidle")

    def check(self) -> None:
        """Assert that the browser complained of nothing, and asked nobody but the desk."""
        assert not self.complaints, "; ".join(self.complaints)
        here = urlsplit(self.url).netloc
        assert {urlsplit(url).netloc for url in self.asked if "://" in url} <= {here}


@contextmanager
def served(desk: DeskUnderTest) -> Iterator[str]:
    """Serve a desk in memory at localhost, where secure cookies and passkeys work; give its address."""
    # The door wants to know its port, which the server knows once it stands.
    server = create_server(desk.front, host="127.0.0.1", port=0, threads=8)
    url = f"http://localhost:{server.effective_port}"
    server.application = FrontDoor(desk.desk.functions, url)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield url
    finally:
        server.close()
        thread.join(10)


@contextmanager
def window(
    chromium: Browser, desk: DeskUnderTest, url: str, language: str, theme: str, width: int
) -> Iterator[DeskPage]:
    """Open a window of that language ("en", "ar"), theme ("light", "dark") and width in pixels."""
    context = chromium.new_context(
        locale={"en": "en-GB", "ar": "ar-EG"}[language],
        color_scheme="dark" if theme == "dark" else "light",
        viewport={"width": width, "height": _HEIGHT},
        reduced_motion="reduce",
    )
    context.add_init_script(_WATCH)
    context.clock.set_fixed_time(desk.clock.now())
    page = context.new_page()
    found = DeskPage(desk, context, page, url, words_of(language))

    def listen(line: ConsoleMessage) -> None:
        wrong = found.listening and line.type in ("error", "warning")
        allowed = line.text.startswith(_STATUS_LINE) or _NO_SCRIPTS.match(line.text)
        if wrong and not allowed:
            found.complaints.append(line.text)

    def requested(request: Request) -> None:
        found.asked.append(request.url)

    page.on("console", listen)
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.on("request", requested)
    try:
        yield found
    finally:
        context.close()
    found.check()


def looks_right(shown: DeskPage) -> None:
    """Assert the direction of the language, and that nothing is to be scrolled sideways."""
    root = shown.page.locator("html")
    assert root.get_attribute("dir") == DIRECTIONS[shown.words.language]
    assert shown.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
