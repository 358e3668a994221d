"""A ticket on paper: what was written stands there, and nothing to be pressed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.person import person
from tests.desk import DeskUnderTest, mail

_INK = "getComputedStyle(document.body).color"
_A4_PIXELS = 794


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_ticket_is_printed(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str
) -> None:
    """The conversation has the whole width, dark on white by night too; subject and code stand above it."""
    subject = f"On paper {language}"
    shared_desk.deliver(mail(subject, "Please file this."))
    [ticket] = [one for one in shared_desk.tickets() if one["subject"] == subject]
    who = person(open_desk(language, theme="dark"), "mouse")
    who.shown.sign_in("agent")
    who.shown.go(f"#/tickets/{ticket['id']}")
    who.press("reply-begin")
    who.write("reply-text", "Half written.")
    night = who.page.evaluate(_INK)

    who.page.set_viewport_size({"width": _A4_PIXELS, "height": 1123})
    who.page.emulate_media(media="print")
    who.sees("Please file this.")
    who.sees(subject)
    who.sees(ticket["code"])
    for gone in ("nav", ".composer", "button", ".toasts"):
        for one in who.page.locator(gone).all():
            expect(one).not_to_be_visible()
    assert who.page.evaluate(_INK) != night
    box = who.page.locator("article").first.bounding_box()
    assert box is not None
    assert box["width"] > _A4_PIXELS * 0.9
    # When something was written is a date there, and not how long ago it is.
    when = who.page.locator("article time").first
    shown = when.evaluate("time => getComputedStyle(time, '::after').content")
    assert shown.strip('"') == when.get_attribute("title")
    expect(who.field("tag-add")).not_to_be_visible()
    # What a ticket is set to is of the paper too, as it stands there.
    expect(who.field("side-state")).to_be_visible()
