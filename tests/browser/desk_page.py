"""The desk's page in a browser before a desk in memory: what the browser complains of fails the test."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request
from waitress import wasyncore
from waitress.server import create_server

from local.doors import FrontDoor
from tests.browser.words import DIRECTIONS, Words, words_of
from tests.desk import DeskBrowser, DeskUnderTest, desk_in
from tests.stopped_clock import StoppedClock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WIDE: Final = 1440
NARROW: Final = 360
HEIGHT: Final = 900
# Chromium writes a line for each answer that is no success, though the page asked for it and deals with it.
_STATUS_LINE: Final = re.compile(
    r"Failed to load resource: the server responded with a status of (\d+)"
)
_ICON: Final = "/favicon.ico"
_OFFLINE_LINE: Final = "net::ERR_INTERNET_DISCONNECTED"
_ID: Final = re.compile(r"(?<=/)[a-z]+_[0-9A-Z]{26}(?=/|$)")
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
    offline: bool = False
    refusals: set[tuple[str, int]] = field(default_factory=set)
    refused: set[tuple[str, int]] = field(default_factory=set)
    may_be_refused: set[tuple[str, int]] = field(default_factory=set)
    under_way: set[Request] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)

    def expect_refusal(self, path: str, status: int) -> None:
        """Say that the desk will refuse this: `path` has "..." for ids, and no query.

        A test fails by a refusal that it did not expect, and by one that did not come.
        """
        self.refusals.add((path, status))

    @contextmanager
    def session_ends(self) -> Iterator[None]:
        """Let what this window has just asked, or asks by itself meanwhile, come too late for its session."""
        asked = {request.url for request in self.under_way}
        before = len(self.asked)
        yield
        asked.update(self.asked[before:])
        self.may_be_refused |= {(_path(url), 401) for url in asked}

    def go_offline(self, offline: bool = True) -> None:
        """Cut the window off from the desk, or connect it again."""
        self.offline = self.offline or offline
        self.context.set_offline(offline)

    def advance(self, seconds: float) -> None:
        """Let time pass for the desk, for Google, and in this window, whose timers run as they do."""
        assert isinstance(self.desk.clock, StoppedClock)
        self.desk.clock.advance(seconds)
        self.desk.sandbox.advance_clock(seconds)
        self.context.clock.set_fixed_time(self.desk.clock.now())

    def hear(self, line: ConsoleMessage) -> None:
        """Take what the console says: a refusal that is expected is none of its complaints."""
        if not self.listening or line.type not in ("error", "warning"):
            return
        if (self.offline and _OFFLINE_LINE in line.text) or _NO_SCRIPTS.match(line.text):
            return
        found = _STATUS_LINE.match(line.text)
        if found is None:
            self.complaints.append(line.text)
            return
        path = _path(line.location["url"])
        if path == _ICON:  # of the text at which `sign_in` stands: the page names its own
            return
        self.refused.add((path, int(found[1])))

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
        refused = self.refused - (self.may_be_refused - self.refusals)
        assert refused == self.refusals, f"refused: {refused}, expected: {self.refusals}"
        here = urlsplit(self.url).netloc
        known = {here, *(urlsplit(url).netloc for url in self.elsewhere)}
        assert {urlsplit(url).netloc for url in self.asked if "://" in url} <= known


def _path(url: str) -> str:
    return _ID.sub("...", urlsplit(url).path)


@contextmanager
def desk_behind_door(
    home: Path, host: str = "127.0.0.1", **options: Any
) -> Iterator[DeskUnderTest]:
    """Give a desk in memory that is served at its own address, so that its links and Google lead there."""
    waiting: WSGIApplication = _not_yet
    sockets: dict[int, Any] = {}
    server = create_server(waiting, host="127.0.0.1", port=0, threads=8, map=sockets)
    url = f"http://{host}:{server.effective_port}"
    with desk_in(home, clock=StoppedToday(), url=url, **options) as desk:
        server.application = desk.front
        thread = threading.Thread(target=_run, args=(server,))
        thread.start()
        try:
            yield desk
        finally:
            _close(sockets, thread)


def _not_yet(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    del environ, start_response
    raise AssertionError("nobody asks a desk that does not stand yet")


def _close(sockets: dict[int, Any], thread: threading.Thread) -> None:
    """Close a server with what a browser keeps open to it, so that its loop ends."""
    wasyncore.close_all(sockets, ignore_all=True)
    thread.join(10)
    assert not thread.is_alive()


def _run(server: Any) -> None:
    """Serve until the server is closed, which takes its sockets away from under its loop."""
    with suppress(OSError, ValueError):
        server.run()


@contextmanager
def served(desk: DeskUnderTest) -> Iterator[str]:
    """Serve a desk in memory at localhost, where secure cookies and passkeys work; give its address."""
    # The door wants to know its port, which the server knows once it stands.
    sockets: dict[int, Any] = {}
    server = create_server(desk.front, host="127.0.0.1", port=0, threads=8, map=sockets)
    url = f"http://localhost:{server.effective_port}"
    server.application = FrontDoor(desk.desk.functions, url)
    thread = threading.Thread(target=_run, args=(server,))
    thread.start()
    try:
        yield url
    finally:
        _close(sockets, thread)


@contextmanager
def window(
    chromium: Browser, desk: DeskUnderTest, language: str, theme: str, width: int
) -> Iterator[DeskPage]:
    """Open a window of that language ("en", "ar"), theme ("light", "dark") and width in pixels."""
    context = chromium.new_context(
        locale={"en": "en-GB", "ar": "ar-EG"}[language],
        color_scheme="dark" if theme == "dark" else "light",
        viewport={"width": width, "height": HEIGHT},
        reduced_motion="reduce",
    )
    context.add_init_script(_WATCH)
    context.clock.set_fixed_time(desk.clock.now())
    page = context.new_page()
    found = DeskPage(desk, context, page, desk.url, words_of(language))

    def requested(request: Request) -> None:
        found.asked.append(request.url)
        found.under_way.add(request)

    def answered(request: Request) -> None:
        found.under_way.discard(request)

    page.on("console", found.hear)
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.on("request", requested)
    page.on("requestfinished", answered)
    page.on("requestfailed", answered)
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
