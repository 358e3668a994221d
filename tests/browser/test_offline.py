"""Without a connection: what was known stays, what was done waits, is said to wait, and goes on by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import person
from tests.desk import DeskUnderTest, mail


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_offline_and_back(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """The queue says so; a ticket is written on; the draft and the change arrive when one is back."""
    desk = shared_desk
    subject = f"Away {language} {hand_name}"
    desk.deliver(mail(subject))
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("agent")
    who.shown.go("#/tickets")
    row = who.page.get_by_role("link", name=subject)
    expect(row).to_be_visible()

    # The queue: it stays, says how old it is, and goes on.
    who.shown.go_offline()
    who.told("queue-offline")
    expect(row).to_be_visible()
    who.shown.go_offline(False)
    expect(who.page.get_by_text(who.words("queue-offline"))).to_have_count(0)

    # A ticket: the reply and a change are kept while one is away, and a press says that nothing went.
    who.hand.press(row)
    who.press("reply-begin")
    who.write("reply-text", "Half of it")
    who.told("draft-saved")
    who.shown.go_offline()
    who.page.keyboard.insert_text(", and the rest.")
    who.told("draft-waiting")
    who.choose("side-priority", "urgent")
    who.told("change-waits")
    who.press("reply-send")
    who.warned("error-page-offline")
    expect(who.field("side-priority")).to_have_value("urgent")
    expect(who.field("reply-text")).to_have_value("Half of it, and the rest.")

    who.shown.go_offline(False)
    who.told("draft-saved")
    expect(who.page.get_by_text(who.words("change-waits"))).to_have_count(0)
    who.press("reply-send")
    who.told("reply-queued")
    [ticket] = [one for one in desk.tickets() if one["subject"] == subject]
    assert ticket["priority"] == "urgent"
    replies = desk.browser("agent").get(f"/api/tickets/{ticket['id']}/replies").json["items"]
    assert [one["text"] for one in replies] == ["Half of it, and the rest."]
