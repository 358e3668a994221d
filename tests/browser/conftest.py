"""A real browser before a real desk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.desk_page import WIDE, DeskPage, desk_behind_door, served, window
from tests.desk import SUPPORT, DeskUnderTest
from tests.path.running import Running

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A machine that does much else is slow, not wrong.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Run Debian's Chromium; skip where there is none, or fail if CMO_EXPECT names `chromium`.

    One a module: while Playwright runs, its event loop is the thread's, and other tests need their own.
    """
    path = shutil.which("chromium")
    if path is None:
        reason = "Chromium is not here (apt-get install chromium)"
        if "chromium" in os.environ.get("CMO_EXPECT", "").split(","):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run a desk with the demo's people and mail."""
    home = tmp_path_factory.mktemp("desk") / "home"
    home.mkdir()
    desk = Running(home)
    desk.start()
    yield desk
    desk.stop()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """Give a browser window of its own, with no cookies."""
    context = chromium.new_context()
    yield context
    context.close()


@pytest.fixture
def page(desk: DeskUnderTest, context: BrowserContext) -> Iterator[Page]:
    """Open the sign-in of a desk in memory at localhost, where passkeys work as they do over https."""
    with served(desk) as url:
        page = context.new_page()
        page.goto(f"{url}/desk/")
        yield page
        page.close()


OpenDesk = Callable[..., DeskPage]


@pytest.fixture(scope="module")
def shared_desk(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[DeskUnderTest]:
    """Give a desk behind its door to all tests of a module, with its mailbox for support.

    A module says HOST = "localhost" where it needs passkeys, which no number in an address can have.
    """
    home = tmp_path_factory.mktemp("desk") / "home"
    with desk_behind_door(home, getattr(request.module, "HOST", "127.0.0.1")) as desk:
        desk.connect(SUPPORT)
        yield desk


@pytest.fixture
def open_desk(chromium: Browser, shared_desk: DeskUnderTest) -> Iterator[OpenDesk]:
    """Open windows at the module's desk; a test fails by whatever the browser complains of in them."""
    with ExitStack() as stack:

        def opened(language: str = "en", theme: str = "light", width: int = WIDE) -> DeskPage:
            made: AbstractContextManager[DeskPage] = window(
                chromium, shared_desk, language, theme, width
            )
            return stack.enter_context(made)

        yield opened
