"""A hostile mail where agents read it, inside its ticket: it runs, covers and fetches nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Frame, expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk_page import NARROW, WIDE, DeskPage
from tests.browser.working_day import fill
from tests.desk import DeskUnderTest

_FORBIDDEN = "script, form, input, button, iframe, object, embed, svg, link, base, meta[http-equiv]"
_HANDLERS = "[onload], [onerror], [onclick], [style*=position], [style*=transform], [background]"
_REFRESH_MS = 1_000


@pytest.fixture(scope="module")
def places(shared_desk: DeskUnderTest) -> dict[str, str]:
    """Return the ids of a desk in the middle of its day."""
    return fill(shared_desk)


@pytest.fixture(params=[("en", "light", WIDE), ("ar", "dark", NARROW)], ids=["wide", "narrow"])
def shown(request: pytest.FixtureRequest, open_desk: OpenDesk, places: dict[str, str]) -> DeskPage:
    """Open the hostile mail's ticket; at its end nobody but the desk may have been asked for anything."""
    shown = open_desk(*request.param)
    shown.sign_in("agent")
    shown.go(f"#/tickets/{places['hostile']}")
    expect(shown.page.locator("iframe.mail__frame")).to_be_visible()
    return shown


def test_it_runs_nothing(shown: DeskPage) -> None:
    """No script, handler, form or refresh is left; its links lead nowhere but where they say."""
    page, frame = shown.page, _frame(shown)
    before = page.url, frame.url
    page.wait_for_timeout(_REFRESH_MS)

    assert (page.url, frame.url) == before
    assert frame.locator(_FORBIDDEN).count() == 0
    assert frame.locator(_HANDLERS).count() == 0
    assert page.evaluate("window.pwned") is None
    assert frame.evaluate("window.pwned") is None
    reached = frame.locator("a[href]").evaluate_all("links => links.map((link) => link.href)")
    assert reached == ["https://evil.example.org/login"]


def test_a_link_that_lies_is_shown_for_what_it_is(shown: DeskPage) -> None:
    """Beside a link that shows one address and leads to another stands the host that it leads to."""
    expect(_frame(shown).locator("body")).to_contain_text("[evil.example.org]")


def test_it_covers_nothing(shown: DeskPage) -> None:
    """What lies at the middle of each control of the page is that control, not something of the mail's."""
    covered = shown.page.evaluate(
        """() => [...document.querySelectorAll("main button, main a, main select")]
        .filter((control) => control.checkVisibility())
        .filter((control) => {
          control.scrollIntoView({ block: "center" });
          const box = control.getBoundingClientRect();
          const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          return !control.contains(top);
        }).map((control) => control.outerHTML.slice(0, 120))"""
    )

    assert covered == []
    assert shown.page.locator("iframe.mail__frame").evaluate("frame => frame.offsetHeight") < 600


def test_its_sender_is_not_believed(shown: DeskPage) -> None:
    """A name that shows another address stands nowhere as the sender's; the doubts are told in words."""
    mail = shown.page.locator("article.mail")

    expect(mail.locator(".mail__name")).to_have_text("mallory@evil.example.org")
    for doubt in ("trust-name", "trust-reply-to"):
        expect(mail.get_by_text(shown.words(doubt))).to_be_visible()


def _frame(shown: DeskPage) -> Frame:
    handle = shown.page.locator("iframe.mail__frame").element_handle()
    found = handle.content_frame() if handle is not None else None
    assert found is not None
    found.wait_for_load_state()
    return found
