"""Draws every page: `python -m tests.browser.screenshots FOLDER [NAME ...]`, for people to look at.

Both languages, both themes, both widths, of a desk in the middle of a working day. Prints what the browser
complained of, and draws on.
"""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.desk_page import HEIGHT, NARROW, WIDE, desk_behind_door, window
from tests.browser.pages import PLACES
from tests.browser.words import LANGUAGES
from tests.browser.working_day import fill
from tests.desk import SUPPORT, DeskUnderTest

_THEMES = ("light", "dark")


def main(arguments: list[str]) -> int:
    """Draw the pages named, or all; returns 1 where the browser complained."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    folder, names = Path(arguments[0]), set(arguments[1:])
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        desk_behind_door(Path(home) / "home") as desk,
        sync_playwright() as playwright,
    ):
        desk.connect(SUPPORT)
        places = fill(desk)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(FLAGS)
        )
        wrong = 0
        for looks in itertools.product(LANGUAGES, _THEMES, (WIDE, NARROW)):
            wrong += _draw(browser, desk, looks, places, folder, names)
        browser.close()
    return 1 if wrong else 0


def _draw(
    browser: Browser,
    desk: DeskUnderTest,
    looks: tuple[str, str, int],
    places: dict[str, str],
    folder: Path,
    names: set[str],
) -> int:
    language, theme, width = looks
    wrong = 0
    for role in dict.fromkeys(place.role for place in PLACES):
        wanted = [p for p in PLACES if p.role == role and (not names or p.name in names)]
        if not wanted:
            continue
        try:
            with window(browser, desk, language, theme, width) as shown:
                if role is not None:
                    shown.sign_in(role)
                for place in wanted:
                    shown.go(place.address.format(**places))
                    shown.page.wait_for_timeout(300)
                    # A window as high as the page: what stands beside the page then stands beside all of it.
                    height = shown.page.evaluate(
                        "Math.max(innerHeight, document.documentElement.scrollHeight)"
                    )
                    shown.page.set_viewport_size({"width": width, "height": height})
                    file = f"{place.name.replace('/', '-')}.{language}.{theme}.{width}.png"
                    shown.page.screenshot(path=folder / file, full_page=True)
                    shown.page.set_viewport_size({"width": width, "height": HEIGHT})
        except AssertionError as complaint:
            print(f"{role} {language} {theme} {width}: {complaint}", file=sys.stderr)
            wrong += 1
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
