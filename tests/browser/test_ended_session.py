"""A session that ends while somebody writes: they sign in over the page, and not a letter is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import Person, person
from tests.desk import DeskUnderTest, mail

# Idle for longer than an agent's session lives (one hour).
TOO_LONG = 3_700


def sign_in_over(who: Person, desk: DeskUnderTest) -> Locator:
    """Sign in again over what is shown; return the dialog, gone."""
    gate = who.page.get_by_role("dialog", name=who.words("sign-in-again"))
    expect(gate).to_be_visible()
    expect(gate.get_by_text(who.words("sign-in-ended"))).to_be_visible()
    expect(who.field("sign-in-email", gate)).to_have_value(desk.people["agent"][0])
    who.is_at(who.field("sign-in-password", gate))
    who.page.keyboard.insert_text(desk.people["agent"][1])
    who.press("sign-in-submit", gate)
    expect(gate).to_have_count(0)
    return gate


def ask_nothing_by_itself(who: Person) -> None:
    """Let the page hear that there is no news: the end is then met by what the person does."""
    news = {"items": [], "next": "c", "more": False, "others": [], "unread": 0}
    for name in ("feed", "notifications", "presence"):
        who.page.route(
            re.compile(rf"/api/tickets/(.*/)?{name}\b"), lambda route: route.fulfill(json=news)
        )


def end(who: Person, *paths: str) -> None:
    """Let the session end; what the person then does is refused at these paths."""
    who.shown.may_be_refused |= {(path, 401) for path in paths}
    who.shown.advance(TOO_LONG)


def asked_by_itself(who: Person) -> list[str]:
    """Return what the page asks as one comes back to it: all that asks again and again is due then."""
    before = len(who.shown.asked)
    who.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    who.page.evaluate("fetch('/desk/icon.svg')")  # whatever was asked before this was asked by now
    return [url for url in who.shown.asked[before:] if not url.endswith("/icon.svg")]


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_not_a_letter_is_lost(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """A reply, a note and a new ticket: each goes on where it stood, and is sent once."""
    desk = shared_desk
    subject = f"Ended {language} {hand_name}"
    desk.deliver(mail(subject))
    [ticket] = [one["id"] for one in desk.tickets() if one["subject"] == subject]
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("agent")
    who.shown.go(f"#/tickets/{ticket}")

    ask_nothing_by_itself(who)

    # A reply: it saves itself once one is back.
    who.press("reply-begin")
    text = who.field("reply-text")
    who.write("reply-text", "The first half")
    who.told("draft-saved")
    end(who, "/api/tickets/.../replies/...", "/api/tickets/.../replies")
    who.page.keyboard.insert_text(" and the second.")
    sign_in_over(who, desk)
    expect(text).to_have_value("The first half and the second.")
    who.is_at(text)
    who.told("draft-saved")
    who.press("reply-fold")

    # A note: the press that met the end is made again by the person, once.
    who.press("note-begin")
    who.write("note-text", "She called twice.")
    who.button("note-add").focus()
    end(who, "/api/tickets/.../notes")
    who.page.keyboard.press("Enter")
    who.sees(who.words("sign-in-ended"))
    assert asked_by_itself(who) == []
    sign_in_over(who, desk)
    expect(who.field("note-text")).to_have_value("She called twice.")
    who.press("note-add")
    expect(who.page.locator(".mail--note").get_by_text("She called twice.")).to_have_count(1)

    # A new ticket, in a dialog that is open: signing in stands before it.
    who.shown.go("#/tickets")
    who.press("ticket-open")
    dialog = who.page.get_by_role("dialog", name=who.words("ticket-open"))
    who.write("ticket-customer-address", f"caller.{language}.{hand_name}@example.net", dialog)
    who.write("ticket-subject", "A call", dialog)
    who.hand.tick(dialog.get_by_role("radio", name=who.words("ticket-first-note")))
    who.write("ticket-text-note", "He calls again at noon.", dialog)
    dialog.get_by_role("button", name=who.words("ticket-open-note")).focus()
    end(who, "/api/tickets/", "/api/tickets/views", "/api/tickets/customers")
    who.page.keyboard.press("Enter")
    sign_in_over(who, desk)
    expect(who.field("ticket-subject", dialog)).to_have_value("A call")
    who.hand.press(dialog.get_by_role("button", name=who.words("ticket-open-note")))
    expect(who.page.get_by_role("heading", name="A call")).to_be_visible()
    who.sees("He calls again at noon.")
    [opened] = [
        one
        for one in desk.tickets()
        if one["customer"]["address"].startswith(f"caller.{language}.{hand_name}")
    ]
    assert opened["subject"] == "A call"
