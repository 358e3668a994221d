"""How soon the queue can be worked with, in Chromium on a CPU that is slowed down four times."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.desk_page import WIDE, DeskPage, StoppedToday, served
from tests.browser.words import words_of
from tests.desk import SUPPORT, DeskUnderTest, desk_in, mail

_HEIGHT: Final = 900
_TICKETS: Final = 50
_SLOWED: Final = 4
_VISITS: Final = 5
# The moment from which fifty rows stand there and a key moves among them, since the address was entered.
_USABLE: Final = """
new MutationObserver((_, observer) => {
  if (document.querySelectorAll(".ticket-row__subject").length < 50) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => { globalThis.usable = performance.now(); }));
}).observe(document, { childList: true, subtree: true });
"""


def page() -> dict[str, Any]:
    """Return milliseconds until a queue of 50 is usable: at the first visit, and when files are cached."""
    path = shutil.which("chromium")
    if path is None:
        return {"skipped": "Chromium is not here (apt-get install chromium)"}
    with (
        tempfile.TemporaryDirectory() as home,
        desk_in(Path(home) / "home", clock=StoppedToday()) as desk,
        sync_playwright() as playwright,
        served(desk) as url,
    ):
        desk.connect(SUPPORT)
        for number in range(_TICKETS):
            desk.deliver(mail(f"Number {number}", sender=f"N <n{number}@customers.example.net>"))
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        visits = [_visit(browser, desk, url) for _ in range(_VISITS)]
        browser.close()
    first, again = zip(*visits, strict=True)
    return {
        "tickets": _TICKETS,
        "cpu_slowed_times": _SLOWED,
        "usable_first_visit_ms": round(statistics.median(first)),
        "usable_cached_ms": round(statistics.median(again)),
    }


def _visit(browser: Browser, desk: DeskUnderTest, url: str) -> tuple[float, float]:
    context = browser.new_context(viewport={"width": WIDE, "height": _HEIGHT})
    shown = DeskPage(desk, context, context.new_page(), url, words_of("en"))
    shown.sign_in("agent")
    context.add_init_script(_USABLE)
    cdp = context.new_cdp_session(shown.page)
    cdp.send("Network.clearBrowserCache")
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWED})
    measured = _usable(shown), _usable(shown)
    context.close()
    return measured


def _usable(shown: DeskPage) -> float:
    shown.page.goto("about:blank")
    shown.page.goto(f"{shown.url}/desk/#/tickets")
    shown.page.wait_for_function("() => globalThis.usable", timeout=60_000)
    return float(shown.page.evaluate("globalThis.usable"))
