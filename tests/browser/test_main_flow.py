"""An agent's whole day on one ticket, in each language, by mouse and by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk_page import looks_right
from tests.browser.hands import HANDS, WAYS
from tests.browser.person import person
from tests.desk import DeskUnderTest, mail


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_from_mail_to_solved(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """See mail come in, note, assign, reply, undo, send, be answered, solve."""
    desk = shared_desk
    shown = open_desk(language)
    page, words = shown.page, shown.words
    hand = HANDS[hand_name](page)
    subject = f"The {language} printer is on fire by {hand_name}"
    who = f"nora.{language}.{hand_name}@customers.example.net"

    def button(key: str) -> None:
        hand.press(page.get_by_role("button", name=words(key), exact=True).last)

    shown.sign_in("agent")
    shown.go("")
    expect(page.get_by_role("button", name=words("sign-out"))).to_be_visible()

    # Mail comes in, and its row appears by itself.
    desk.deliver(mail(subject, sender=f"Nora Lind <{who}>"))
    row = page.get_by_role("link", name=subject)
    news = page.get_by_role("button", name=words.like("queue-new"))
    expect(row.or_(news).first).to_be_visible(timeout=15_000)
    if not row.is_visible():
        hand.press(news)
    hand.press(row)
    expect(page.get_by_role("heading", name=subject)).to_be_visible()
    expect(page.get_by_text("Please send somebody.")).to_be_visible()

    # A note for colleagues, and somebody whose ticket it is.
    button("note-begin")
    hand.write(page.get_by_label(words("note-text")), "They have had this printer since May.")
    button("note-add")
    expect(page.get_by_text("They have had this printer since May.")).to_be_visible()
    assignee = page.get_by_label(words("side-assignee"))
    mine = desk.browser("agent").get("/api/session/").json["user"]["id"]
    hand.choose(assignee, mine)
    expect(assignee).to_have_value(mine)

    # A reply is sent, taken back, and sent again.
    button("reply-begin")
    text = page.get_by_label(words("reply-text"))
    hand.write(text, "Somebody is on the way.")
    button("reply-send")
    expect(page.get_by_role("status").filter(has_text=words("reply-queued"))).to_be_visible()
    button("action-undo")
    expect(text).to_have_value("Somebody is on the way.")
    # What stands there of the first time must not be taken for the second.
    with page.expect_response(lambda answer: answer.url.endswith("/queue")):
        button("reply-send")
    expect(page.get_by_text(words("reply-state-queued"))).to_be_visible()
    desk.clock.advance(60)  # type: ignore[attr-defined]
    desk.sandbox.advance_clock(60)
    desk.settle()
    [ticket] = [one for one in desk.tickets() if one["subject"] == subject]
    stored = desk.documents("messages").values()
    [sent] = [m for m in stored if (m["ticket_id"], m["direction"]) == (ticket["id"], "out")]

    # The customer answers a minute later, and the answer is shown; then the ticket is done.
    desk.sandbox.advance_clock(60)
    desk.deliver(
        mail(f"Re: {subject}", "It burns no more.", sender=f"Nora Lind <{who}>"),
        thread_id=sent["gmail_thread_id"],
    )
    expect(page.get_by_text("It burns no more.")).to_be_visible(timeout=30_000)
    state = page.get_by_label(words("side-state"))
    hand.choose(state, "solved")
    expect(
        page.get_by_role("banner")
        .or_(page.locator("header.bar"))
        .get_by_text(words("state-solved"))
    ).to_be_visible()
    [ticket] = [one for one in desk.tickets() if one["subject"] == subject]
    assert (ticket["state"], ticket["assignee_id"]) == ("solved", mine)


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_an_administrator_signs_in_and_out(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """The password, then the code that was mailed; out again, and the page asks who is there."""
    shown = open_desk(language)
    page, words = shown.page, shown.words
    hand = HANDS[hand_name](page)
    shown.speaks("administrator")
    email, password = shared_desk.people["administrator"]
    shown.go("")
    looks_right(shown)

    hand.write(page.get_by_label(words("sign-in-email")), email)
    hand.write(page.get_by_label(words("sign-in-password")), password)
    hand.press(page.get_by_role("button", name=words("sign-in-submit"), exact=True))
    expect(page.get_by_role("status").filter(has_text=words("factor-email_otp"))).to_be_visible()
    hand.write(page.get_by_label(words("factor-code")), shared_desk.code("administrator"))
    hand.press(page.get_by_role("button", name=words("factor-submit"), exact=True))

    expect(page.get_by_role("button", name=words("sign-out"))).to_be_visible()
    person(shown, hand_name).sign_out()
