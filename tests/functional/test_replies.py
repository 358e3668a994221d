"""Replies through the front door: drafts, sending after the time to undo, and what comes of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import DeskUnderTest, mail
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


# From draft to mail


def test_a_reply_arrives_in_the_thread_after_the_time_to_undo(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Nothing leaves for 15 seconds; then the customer has it, tied to what she wrote."""
    reply = replied(desk, ticket, text="Somebody is on the way.")
    desk.settle()
    before = received(desk)
    passes(desk, 15)

    [mail] = received(desk)
    assert before == []
    assert mail["To"] == NORA
    assert mail["Subject"] == "Re: The printer is on fire"
    assert mail["In-Reply-To"] == "<q@x.example.net>"
    assert mail["References"] == "<q@x.example.net>"
    assert "Somebody is on the way." in mail.get_body(("plain",)).get_content()
    assert "> Please send somebody." in mail.get_body(("plain",)).get_content()
    now = read(desk, reply)
    assert (now["state"], now["text"], now["to"]) == ("sent", None, [])


def test_a_sent_reply_is_a_message_of_its_ticket(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """It comes back by history, once, as the author's, and moves no conversation further."""
    reply = replied(desk, ticket)
    passes(desk)

    view = opened(desk, ticket)
    [_, message] = view["messages"]
    [stored] = [m for m in desk.documents("messages").values() if m["direction"] == "out"]
    assert (message["direction"], message["thread_reason"]) == ("out", "gmail_thread")
    assert (stored["reply_id"], stored["author_id"]) == (reply["id"], reply["author_id"])
    assert view["ticket"]["conversation"] == 2
    assert [
        row for row in desk.documents("outbox").values() if row["topic"] == "reply-queued"
    ] == []


def test_the_customers_answer_joins(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """She answers what she received, and it is the same ticket, opened again."""
    replied(desk, ticket)
    passes(desk)
    [ours] = received(desk)
    passes(desk, 60)
    answer = mail(
        "Re: The printer is on fire",
        "Nobody has come.",
        sender=NORA,
        message_id="<a@x.example.net>",
        in_reply_to=ours["Message-ID"],
        references=f"<q@x.example.net> {ours['Message-ID']}",
    )
    desk.deliver(answer)

    view = opened(desk, ticket)
    assert [m["direction"] for m in view["messages"]] == ["in", "out", "in"]


def test_undone_in_time_nothing_is_sent(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """The reply is a draft again, with all that it said; queued once more it goes once."""
    agent = desk.browser("agent")
    reply = replied(desk, ticket, text="Too early.")
    undone = act(agent, reply, "undo").json
    passes(desk, 60)
    nothing = received(desk)

    again = queue(agent, undone, 2)
    passes(desk)

    assert (undone["state"], undone["text"]) == ("draft", "Too early.")
    assert nothing == []
    assert again["reply"]["state"] == "queued"
    assert len(received(desk)) == 1


def test_a_reply_is_sent_at_the_time_that_was_chosen(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Not before; without a time to undo on top."""
    agent = desk.browser("agent")
    reply = draft(agent, ticket)
    queue(agent, reply, 1, send_at="2026-01-06T09:00:00Z")
    passes(desk, 23 * 3600)
    before = received(desk)
    passes(desk, 3600)

    assert before == []
    assert len(received(desk)) == 1
