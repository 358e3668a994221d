"""Replies of several people at once, and what holds a reply: nothing is lost, and both are told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.desk import SUPPORT, DeskUnderTest, mail
from tests.replying import (
    NORA,
    act,
    asked,
    draft,
    opened,
    passes,
    queue,
    read,
    received,
    replied,
)


@pytest.fixture
def ticket(desk: DeskUnderTest) -> dict[str, Any]:
    """Let a customer, who has a mailbox of this sandbox, ask; give the ticket."""
    return asked(desk)


def writes_again(desk: DeskUnderTest) -> None:
    """Let the customer write once more in the thread."""
    more = mail(
        "Re: The printer is on fire",
        "It is out now.",
        sender=NORA,
        message_id="<q2@x.example.net>",
        in_reply_to="<q@x.example.net>",
        references="<q@x.example.net>",
    )
    desk.deliver(more)


def test_a_reply_against_an_older_state_is_not_queued(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """The refusal names what is new; who has read it sends all the same."""
    agent = desk.browser("agent")
    reply = draft(agent, ticket)
    writes_again(desk)
    newest = opened(desk, ticket)["messages"][-1]

    refused = act(agent, reply, "queue", {"conversation": 1})
    anyway = act(agent, reply, "queue", {"conversation": 1, "anyway": True})
    passes(desk)

    assert (refused.status_code, refused.json["code"]) == (409, "reply.conversation_moved")
    assert refused.json["params"]["conversation"] == 2
    assert len(refused.json["params"]["messages"]) == 1
    assert newest["id"] in [m["id"] for m in opened(desk, ticket)["messages"]]
    assert anyway.status_code == 200
    assert len(received(desk)) == 1


def test_of_two_people_who_queue_at_once_one_is_told(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """One reply is on its way, and the other person learns of it; nobody's words are lost."""
    browsers = [desk.browser("agent"), desk.browser("supervisor")]
    replies = [draft(browser, ticket, text=f"By {n}") for n, browser in enumerate(browsers)]

    def press(number: int) -> Any:
        return act(browsers[number], replies[number], "queue", {"conversation": 1})

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, range(2)))
    passes(desk)

    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [200, 409]
    first, second = statuses.index(200), statuses.index(409)
    refused = answers[second].json
    assert refused["code"] == "reply.conversation_moved"
    assert refused["params"]["replies"] == [replies[first]["id"]]
    assert read(desk, replies[second], "supervisor")["text"] == f"By {second}"
    assert len(received(desk)) == 1


def test_mail_that_comes_in_the_time_to_undo_holds_the_reply(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """It is not sent; it says why, its author is notified, and it goes when a person says so."""
    agent = desk.browser("agent")
    reply = replied(desk, ticket)
    writes_again(desk)
    passes(desk)
    held = read(desk, reply)
    notified = agent.get("/api/tickets/notifications").json["items"]
    before = received(desk)

    stale = act(agent, reply, "retry", {"conversation": 2})
    again = act(agent, reply, "retry", {"conversation": 3})
    passes(desk)

    assert (held["state"], held["failure"]) == ("needs_review", "conversation_moved")
    assert held["text"] == "Somebody is on the way."
    assert [n["kind"] for n in notified] == ["reply_failed", "answered"]
    assert before == []
    assert (stale.status_code, again.status_code) == (409, 200)
    assert len(received(desk)) == 1


def test_a_bounce_or_a_machines_mail_holds_nothing(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """An out-of-office answer is nothing that an author should have read."""
    replied(desk, ticket)
    away = mail(
        "Automatic reply: The printer is on fire",
        "I am away.",
        sender=NORA,
        message_id="<away@x.example.net>",
        in_reply_to="<q@x.example.net>",
        auto_submitted="auto-replied",
    )
    desk.deliver(away)
    passes(desk)

    assert len(received(desk)) == 1


def test_what_staff_send_from_gmail_holds_the_reply(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Somebody has answered in Gmail itself: the customer should not be answered twice unawares."""
    reply = replied(desk, ticket)
    [question] = [m for m in desk.sandbox.messages(SUPPORT) if "INBOX" in m["labelIds"]]
    desk.sandbox.advance_clock(1)
    desk.sandbox.act(SUPPORT, "ui_reply", question["id"], text="I am on it.")
    desk.settle()
    passes(desk)

    assert read(desk, reply)["failure"] == "conversation_moved"
    assert [m["direction"] for m in opened(desk, ticket)["messages"]] == ["in", "out"]


def test_queueing_answers_the_ticket(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """It becomes what the author says, and the author's where it was nobody's, in the same step."""
    agent = desk.browser("agent")
    reply = draft(agent, ticket)

    queued = queue(agent, reply, 1, then_state="pending")["ticket"]

    assert queued["state"] == "pending"
    assert queued["assignee_id"] == reply["author_id"]
    assert queued["conversation"] == 2


def test_an_undo_that_comes_too_late_is_told(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """What was sent is sent."""
    reply = replied(desk, ticket)
    passes(desk)

    answer = act(desk.browser("agent"), reply, "undo")

    assert (answer.status_code, answer.json["code"]) == (409, "reply.may_be_sent")


def test_a_reply_follows_a_merge_and_is_held(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """The conversation is another one now; the author looks at it before anything is sent."""
    desk.deliver(mail("Also the scanner", sender=NORA, message_id="<s@x.example.net>"))
    [other] = [t for t in desk.tickets() if t["subject"] == "Also the scanner"]
    reply = replied(desk, ticket)
    source = next(t for t in desk.tickets() if t["id"] == ticket["id"])
    body = {"source_id": source["id"], "source_version": source["version"]}
    path = f"/api/tickets/{other['id']}/merge"
    merged = desk.browser("supervisor").send("POST", path, body, if_match=f'"{other["version"]}"')
    assert merged.status_code == 200, merged.data
    passes(desk)

    listed = desk.browser("agent").get(f"/api/tickets/{other['id']}/replies").json["items"]
    assert [(r["id"], r["failure"]) for r in listed] == [(reply["id"], "conversation_moved")]
    moved = dict(reply, ticket_id=other["id"])
    now = opened(desk, other)["ticket"]["conversation"]
    again = act(desk.browser("agent"), moved, "retry", {"conversation": now})
    assert again.status_code == 200, again.data
    passes(desk)
    assert len(received(desk)) == 1


def test_without_the_right_to_tickets_a_reply_sets_no_state(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Sending is one right, changing a ticket's state another; refused, nothing is done by halves."""
    administrator = desk.browser("administrator")
    role = {"name": "Replier", "permissions": ["account:self", "reply:send", "ticket:read"]}
    made = administrator.send("POST", "/api/admin/roles", role)
    assert made.status_code == 201, made.data
    people = administrator.get("/api/admin/people").json["items"]
    [person] = [p for p in people if p["email"] == "agent@example.com"]
    path = f"/api/admin/people/{person['id']}/role"
    given = administrator.send(
        "PATCH", path, {"role": made.json["id"]}, if_match=f'"{person["version"]}"'
    )
    assert given.status_code == 200, given.data
    replier = desk.browser("agent")
    reply = draft(replier, ticket)

    refused = act(replier, reply, "queue", {"conversation": 1, "then_state": "solved"})
    plain = act(replier, reply, "queue", {"conversation": 1})

    assert (refused.status_code, refused.json["code"]) == (403, "permission.missing")
    assert plain.status_code == 200
