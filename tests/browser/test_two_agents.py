"""Two people at one ticket: they see each other, nobody's change is lost, no reply goes past an answer."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import Person, person
from tests.desk import DeskUnderTest, mail


@dataclass(frozen=True)
class Pair:
    """A person under test, a colleague by mouse, and the ticket before both."""

    who: Person
    other: Person
    ticket: str


@pytest.fixture
def pair(
    open_desk: OpenDesk,
    shared_desk: DeskUnderTest,
    request: pytest.FixtureRequest,
    language: str,
    hand_name: str,
) -> Pair:
    """Let an agent and a supervisor open a new ticket."""
    subject = f"For two: {request.node.name}"
    shared_desk.deliver(mail(subject))
    [ticket] = [one["id"] for one in shared_desk.tickets() if one["subject"] == subject]
    who = person(open_desk(language), hand_name)
    other = person(open_desk(language), "mouse")
    for one, role in ((who, "agent"), (other, "supervisor")):
        one.shown.sign_in(role)
        one.shown.go(f"#/tickets/{ticket}")
        expect(one.page.get_by_role("heading", name=subject)).to_be_visible()
    return Pair(who, other, ticket)


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_they_see_each_other_and_neither_overwrites_the_other(pair: Pair) -> None:
    """Who looks and who writes is told; of two changes of the same, the second is told of the first."""
    who, other = pair.who, pair.other
    who.told("others-looking")
    other.press("note-begin")
    other.write("note-text", "I call her.")
    who.told("others-typing")

    # The same is changed by both: what is current is shown, and whose it is; then it is decided.
    who.hear_nothing()
    with other.page.expect_response(lambda answer: answer.request.method == "PATCH"):
        other.choose("side-priority", "high")
    who.shown.expect_refusal("/api/tickets/...", 409)
    who.choose("side-priority", "low")
    who.told("stale-by")
    expect(who.field("side-priority")).to_have_value("high")
    who.press("stale-anyway")
    expect(who.field("side-priority")).to_have_value("low")

    # What somebody else changed of it is no reason to stop.
    other.page.reload()
    other.choose("side-state", "pending")
    expect(other.page.locator("header.bar")).to_contain_text(other.words("state-pending"))
    who.choose("side-priority", "urgent")
    expect(who.field("side-state")).to_have_value("pending")
    expect(who.field("side-priority")).to_have_value("urgent")


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_reply_is_held_when_somebody_answered_meanwhile(
    pair: Pair, shared_desk: DeskUnderTest
) -> None:
    """What was written is kept, what is new is shown, and the person decides."""
    who, other = pair.who, pair.other
    who.press("reply-begin")
    who.write("reply-text", "Somebody is on the way.")
    who.told("draft-saved")
    who.hear_nothing()
    other.press("reply-begin")
    other.write("reply-text", "Have you tried water?")
    other.press("reply-send")
    other.told("reply-queued")

    who.shown.expect_refusal("/api/tickets/.../replies/.../queue", 409)
    who.press("reply-send")
    held = who.warned("held-moved")
    expect(held).to_contain_text(who.words("held-kept"))
    expect(who.page.get_by_text("Have you tried water?")).to_be_visible()
    expect(who.field("reply-text")).to_have_value("Somebody is on the way.")
    who.press("reply-look-first")
    expect(held).to_have_count(0)

    # Having read it, they may send. Now the customer writes, and they send all the same.
    subject = next(one["subject"] for one in shared_desk.tickets() if one["id"] == pair.ticket)
    messages = shared_desk.documents("messages").values()
    [first] = [one for one in messages if one["ticket_id"] == pair.ticket]
    shared_desk.deliver(mail(f"Re: {subject}", "Never mind."), thread_id=first["gmail_thread_id"])
    who.press("reply-send")
    who.warned("held-moved")
    expect(who.page.get_by_text("Never mind.")).to_be_visible()
    who.press("reply-anyway")
    who.told("reply-queued")


def test_who_is_taken_off_a_mailbox_does_not_go_on_seeing_its_tickets(
    open_desk: OpenDesk, shared_desk: DeskUnderTest
) -> None:
    """The open ticket says that it is not theirs; what was on it is gone from the window."""
    shared_desk.deliver(mail("For members only", "The door code is on the board."))
    [ticket] = [one for one in shared_desk.tickets() if one["subject"] == "For members only"]
    who = person(open_desk(), "mouse")
    who.shown.sign_in("viewer")
    who.shown.go(f"#/tickets/{ticket['id']}")
    who.sees("The door code is on the board.")
    for path in (
        "/api/content/tickets/...",
        "/api/tickets/.../presence",
        "/api/tickets/.../related",
        "/api/tickets/.../replies",
        "/api/tickets/customers/...",
        "/api/tickets/customers/.../tickets",
    ):
        who.shown.may_be_refused.add((path, 404))

    administrator = shared_desk.browser("administrator")
    viewer = shared_desk.browser("viewer").get("/api/session/").json["user"]["id"]
    known = administrator.get(f"/api/admin/people/{viewer}").json
    answer = administrator.send(
        "PATCH",
        f"/api/admin/people/{viewer}/mailboxes",
        {"mailbox_ids": []},
        if_match=f'"{known["version"]}"',
    )
    assert answer.status_code == 200, answer.data

    who.look_for_news()
    who.warned("error-ticket-not_found")
    expect(who.page.get_by_text("The door code is on the board.")).to_have_count(0)
    expect(who.page.get_by_text("For members only")).to_have_count(0)
