"""A hostile mail in a real browser: it runs nothing, fetches nothing, and its images are the mail's own."""

from __future__ import annotations

import base64
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Frame

from tests.browser.visitor import Visitor
from tests.path.running import Running
from tests.stranger import stranger

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ELSEWHERE = "https://track.example.org"

HOSTILE = f"""
<html><head><base href="{ELSEWHERE}/"><meta http-equiv="refresh" content="0;url={ELSEWHERE}/">
<link rel="stylesheet" href="{ELSEWHERE}/s.css"><style>@import url({ELSEWHERE}/i.css);
body{{background:url({ELSEWHERE}/b.png)}} *{{position:fixed;inset:0}}</style>
<script>top.pwned = 1; window.pwned = 1; alert(1)</script></head>
<body onload="top.pwned=1" background="{ELSEWHERE}/body.png">
<p>Hello <b>agent</b></p>
<img src="{ELSEWHERE}/pixel.gif" onerror="top.pwned=1" onload="top.pwned=1" srcset="{ELSEWHERE}/x.png 2x">
<img src="cid:logo@example.net" alt="logo">
<svg onload="top.pwned=1"><script>top.pwned=1</script><image href="{ELSEWHERE}/svg.png"/></svg>
<math><mtext><table><mglyph><style><img src=x onerror="top.pwned=1"></style></mglyph></table></mtext></math>
<iframe src="{ELSEWHERE}/frame"></iframe><object data="{ELSEWHERE}/o"></object>
<embed src="{ELSEWHERE}/e"><video src="{ELSEWHERE}/v" autoplay poster="{ELSEWHERE}/p"></video>
<form action="{ELSEWHERE}/f"><input name="password"><button>Sign in again</button></form>
<div style="position:fixed;inset:0;background:url({ELSEWHERE}/d.png)">covered</div>
<a id="lie" href="https://evil.example.org/login">https://bank.example.com</a>
<a href="javascript:top.pwned=1" id="js">click</a>
<img src="/api/session/" alt="relative"><a href="//evil.example.org">scheme-relative</a>
</body></html>
"""


@pytest.fixture
def frame(context: BrowserContext, running: Running) -> tuple[Visitor, Frame]:
    """Deliver the hostile mail, and open it in a frame on a page of the desk's own origin."""
    return _framed(context, running, _mail(HOSTILE), "")


def _framed(
    context: BrowserContext, running: Running, raw: bytes, query: str
) -> tuple[Visitor, Frame]:
    running.sandbox().deliver("support@example.com", raw)
    visitor = Visitor(context, running)
    visitor.sign_in("agent")
    subject = str(message_from_bytes(raw)["Subject"])
    message_id = _wait_for_message(visitor, subject)
    host = f"{visitor.url}/frame-host"
    source = f"/api/content/messages/{message_id}/frame{query}"
    sandbox = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    page = (
        f'<!doctype html><iframe sandbox="{sandbox}" src="{source}" width=800 height=600></iframe>'
    )
    visitor.page.route(host, lambda route: route.fulfill(body=page, content_type="text/html"))
    visitor.requested.clear()
    visitor.page.goto(host)
    visitor.page.wait_for_load_state("networkidle")
    [inner] = visitor.page.main_frame.child_frames
    return visitor, inner


def test_nothing_runs(frame: tuple[Visitor, Frame]) -> None:
    """No script, handler, form or javascript: link of a mail does anything, also when clicked."""
    visitor, inner = frame

    for link in inner.locator("a").all():
        if (link.get_attribute("href") or "").startswith("javascript:"):
            link.click()

    assert visitor.page.evaluate("window.pwned") is None
    assert visitor.dialogs == []
    assert (
        inner.locator(
            "script, form, input, iframe, object, embed, svg, base, meta[http-equiv]"
        ).count()
        == 0
    )
    assert inner.locator("[onload], [onerror], [onclick]").count() == 0


def test_nothing_is_fetched_from_elsewhere(frame: tuple[Visitor, Frame]) -> None:
    """Opening a mail asks no other origin for anything: no pixel tells the sender that it was read."""
    visitor, _ = frame

    assert visitor.requested == {visitor.url}


def test_the_mails_own_image_is_shown(frame: tuple[Visitor, Frame]) -> None:
    """An image that came with the mail is shown in its place."""
    _, inner = frame

    image = inner.get_by_alt_text("logo")

    assert image.evaluate("image => image.complete && image.naturalWidth") == 1


def test_a_link_says_where_it_goes(frame: tuple[Visitor, Frame]) -> None:
    """A link whose text names another host than its target shows the target's host beside it."""
    _, inner = frame

    link = inner.locator("a", has_text="bank.example.com")

    assert link.get_attribute("target") == "_blank"
    assert set((link.get_attribute("rel") or "").split()) >= {"noopener", "noreferrer"}
    assert "evil.example.org" in inner.locator("body").inner_text()


def test_a_remote_image_is_shown_after_a_click_and_through_us(
    context: BrowserContext, running: Running
) -> None:
    """The browser speaks to the desk alone; the desk fetches the picture, and it is seen."""
    with stranger() as elsewhere:
        elsewhere.answer("/a.png", body=PIXEL)
        raw = _mail(f'<img src="{elsewhere.url}/a.png" alt="picture">', "A mail with a picture")
        visitor, inner = _framed(context, running, raw, "?images=1")
        image = inner.get_by_alt_text("picture")

        assert image.evaluate("image => image.complete && image.naturalWidth") == 1
        assert visitor.requested == {visitor.url}
        assert [asked.path for asked in elsewhere.asked] == ["/a.png"]


def test_nothing_covers_the_text(frame: tuple[Visitor, Frame]) -> None:
    """Styles cannot lift an element out of the text's flow."""
    _, inner = frame

    positions = inner.locator("body *").evaluate_all(
        "elements => elements.map(element => getComputedStyle(element).position)"
    )

    assert set(positions) == {"static"}
    assert "Hello agent" in inner.locator("body").inner_text()


def test_the_frame_is_refused_as_a_page(context: BrowserContext, running: Running) -> None:
    """The document of a mail is given into a frame only, never opened as a page of the desk."""
    visitor = Visitor(context, running)
    visitor.sign_in("agent")
    listed: Any = visitor.ask("/api/tickets/?limit=1")
    opened: Any = visitor.ask(f"/api/tickets/{listed['items'][0]['id']}")

    answer = visitor.page.goto(f"{visitor.url}{opened['messages'][0]['body_url']}/frame")

    assert answer is not None
    assert answer.status == 403


def _mail(html: str, subject: str = "A hostile mail") -> bytes:
    message = EmailMessage()
    message["From"] = "Mallory <mallory@customers.example.org>"
    message["To"] = "support@example.com"
    message["Subject"] = subject
    message.set_content("Hello agent")
    message.add_alternative(html, subtype="html")
    related = message.get_payload()[1]  # type: ignore[index]
    related.add_related(PIXEL, "image", "png", cid="<logo@example.net>")  # type: ignore[union-attr]
    return message.as_bytes()


def _wait_for_message(visitor: Visitor, subject: str) -> str:
    for _ in range(100):
        listed: Any = visitor.ask("/api/tickets/?limit=100")
        for ticket in listed["items"]:
            if ticket["subject"] == subject:
                opened: Any = visitor.ask(f"/api/tickets/{ticket['id']}")
                return str(opened["messages"][-1]["id"])
        visitor.page.wait_for_timeout(100)
    raise AssertionError("the mail did not become a ticket")
