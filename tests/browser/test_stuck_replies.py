"""Replies that do not go by themselves: refused, in doubt, for later; each is settled on the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import Person, person
from tests.desk import DeskUnderTest, mail

# Gmail is asked again for a mail in doubt until this long after it was handed over.
LOOKED_FOR = 121
UNDO = 20


def reply(who: Person, text: str) -> Locator:
    """Write a reply and send it; return where it stands."""
    who.press("reply-begin")
    who.write("reply-text", text)
    who.press("reply-send")
    article = who.page.locator("article").filter(has_text=text)
    expect(article).to_be_visible()
    return article


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_what_did_not_go_is_told_and_settled(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """Gmail refuses one: it is sent again. Gmail says nothing of another: a person decides."""
    desk = shared_desk
    subject = f"Stuck {language} {hand_name}"
    desk.deliver(mail(subject))
    [ticket] = [one["id"] for one in desk.tickets() if one["subject"] == subject]
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("agent")
    who.shown.go(f"#/tickets/{ticket}")

    desk.sandbox.plant("messages.send", "error", status=400, reason="invalidArgument", message="no")
    refused = reply(who, "Is it plugged in?")
    who.shown.advance(UNDO)
    desk.settle()
    expect(refused.get_by_role("alert")).to_have_text(who.words.like("failure-refused_other"))
    expect(refused.get_by_role("status")).to_have_text(who.words("reply-state-failed"))
    who.press("reply-retry", refused)
    expect(refused.get_by_role("status")).to_have_text(who.words("reply-state-queued"))
    who.shown.advance(UNDO)
    desk.settle()
    expect(who.page.get_by_role("article", name=who.words.like("mail-label"))).to_have_count(2)

    # In doubt: nothing is sent twice by itself; a person looks into Gmail and decides.
    desk.sandbox.plant("messages.send", "close")
    doubtful = reply(who, "Please turn it off and on.")
    who.shown.advance(UNDO)
    desk.settle()
    expect(doubtful.get_by_text(who.words("reply-being-looked-for"))).to_be_visible()
    who.shown.advance(LOOKED_FOR)
    desk.settle()
    expect(doubtful.get_by_role("alert")).to_have_text(who.words("failure-not_found"))
    who.press("reply-send-again", doubtful)
    expect(doubtful.get_by_role("status")).to_have_text(who.words("reply-state-queued"))
    who.shown.advance(UNDO)
    desk.settle()
    expect(who.page.get_by_role("article", name=who.words.like("mail-label"))).to_have_count(3)


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_what_went_after_all_is_settled_as_sent(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """It is found in Gmail by a person: it counts as sent, and is not sent again; the ticket goes on."""
    desk = shared_desk
    subject = f"Settled {language} {hand_name}"
    desk.deliver(mail(subject))
    [ticket] = [one["id"] for one in desk.tickets() if one["subject"] == subject]
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("agent")
    who.shown.go(f"#/tickets/{ticket}")
    before = len(desk.sandbox.sends("support@example.com"))
    desk.sandbox.plant("messages.send", "close")
    doubtful = reply(who, "It is the cable.")
    who.shown.advance(UNDO)
    desk.settle()
    who.shown.advance(LOOKED_FOR)
    desk.settle()
    expect(doubtful.get_by_role("alert")).to_have_text(who.words("failure-not_found"))
    expect(doubtful.get_by_role("status")).to_have_text(who.words("reply-state-needs_review"))
    who.press("reply-was-sent", doubtful)
    expect(doubtful).to_have_count(0)  # it stands in Gmail, and the desk keeps no other copy
    told = who.page.get_by_text(who.words("deed-reply-settled"))
    expect(told).to_be_visible()
    who.shown.advance(LOOKED_FOR)
    desk.settle()
    who.page.reload()
    expect(told).to_be_visible()
    assert len(desk.sandbox.sends("support@example.com")) == before
    [stored] = [one for one in desk.documents("replies").values() if one["ticket_id"] == ticket]
    assert stored["state"] == "sent"


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_reply_of_later_is_taken_back(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """Scheduled, it says when it leaves; taken back, it is a draft again, with the focus in it."""
    desk = shared_desk
    subject = f"Later {language} {hand_name}"
    desk.deliver(mail(subject))
    [ticket] = [one["id"] for one in desk.tickets() if one["subject"] == subject]
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("agent")
    who.shown.go(f"#/tickets/{ticket}")
    who.press("reply-begin")
    who.write("reply-text", "On Monday we know more.")

    who.press("reply-later")
    dialog = who.page.get_by_role("dialog", name=who.words("later-title"))
    who.press("later-choose", dialog)
    who.told("reply-scheduled")
    waiting = who.page.locator("article").filter(has_text="On Monday we know more.")
    expect(waiting.get_by_role("status")).to_have_text(who.words("reply-state-scheduled"))
    who.press("reply-take-back", waiting)
    text = who.field("reply-text")
    expect(text).to_have_value("On Monday we know more.")
    who.is_at(text)
    who.press("reply-discard")
    who.press("reply-discard", who.page.get_by_role("dialog"))
    expect(text).to_have_count(0)
    states = [
        one["state"] for one in desk.documents("replies").values() if one["ticket_id"] == ticket
    ]
    assert states == ["cancelled"]
