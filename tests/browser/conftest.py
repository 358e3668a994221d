"""A real browser before a real desk."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from waitress.server import create_server

from local.doors import FrontDoor
from tests.desk import DeskUnderTest
from tests.path.running import Running

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


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
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
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
    # The door wants to know its port, which the server knows once it stands.
    server = create_server(desk.front, host="127.0.0.1", port=0, threads=4)
    url = f"http://localhost:{server.effective_port}"
    server.application = FrontDoor(desk.desk.functions, url)
    thread = threading.Thread(target=server.run)
    thread.start()
    page = context.new_page()
    page.goto(f"{url}/desk/")
    yield page
    page.close()
    server.close()
    thread.join(10)
