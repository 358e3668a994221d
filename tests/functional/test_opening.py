"""Opening a ticket: one answer with all that its page shows, at a known cost, never without a trace."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import BILLING, SUPPORT, DeskUnderTest, mail
from tests.stopped_clock import StoppedClock


def conversation(desk: DeskUnderTest, number: int) -> str:
    """Let a conversation of so many mails arrive, a minute apart; return its ticket's id."""
    desk.connect()
    for i in range(number):
        headers = {"message_id": f"<{i}@customers.example.net>"}
        if i:
            headers["in_reply_to"] = headers["references"] = "<0@customers.example.net>"
        thread = desk.sandbox.messages(SUPPORT)[0]["threadId"] if i else None
        desk.deliver(mail("Printer", f"Text {i}", **headers), thread_id=thread)
        desk.sandbox.advance_clock(60)
    [ticket] = desk.tickets()
    return str(ticket["id"])


def opened(desk: DeskUnderTest, id: str, role: str = "agent") -> dict[str, Any]:
    """Open a ticket."""
    answer = desk.browser(role).get(f"/api/content/tickets/{id}")
    assert answer.status_code == 200, answer.json
    page: dict[str, Any] = answer.json
    return page


def empty_the_cache(desk: DeskUnderTest) -> None:
    """Let a day pass, after which no body is in the cache."""
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(24 * 3600)
    desk.sandbox.reset_calls()


def test_everything_is_there_at_once(desk: DeskUnderTest) -> None:
    """Texts, notes and the timeline come with the ticket, in the order in which they happened."""
    id = conversation(desk, 3)
    agent = desk.browser("agent")
    agent.send("POST", f"/api/tickets/{id}/notes", {"text": "She has called too."})
    version = agent.get(f"/api/tickets/{id}").json["ticket"]["version"]
    agent.send("PATCH", f"/api/tickets/{id}", {"state": "pending"}, if_match=f'"{version}"')

    page = opened(desk, id)

    assert [m["body"]["visible"].strip() for m in page["messages"]] == [
        "Text 0",
        "Text 1",
        "Text 2",
    ]
    assert {m["body_state"] for m in page["messages"]} == {"here"}
    assert [note["text"] for note in page["notes"]] == ["She has called too."]
    assert page["timeline"][-1]["action"] == "ticket.state_changed"
    assert page["ticket"] == agent.get(f"/api/tickets/{id}").json["ticket"]
    assert (page["more_messages"], page["more_notes"]) == (False, False)


def test_it_is_recorded_before_it_is_shown(desk: DeskUnderTest) -> None:
    """One event for the whole page, and none more within ten minutes however often it is opened."""
    id = conversation(desk, 2)
    for _ in range(3):
        opened(desk, id)
    agent = desk.browser("agent")
    agent.get(f"/api/content/tickets/{id}")
    agent.get(f"/api/content/tickets/{id}")

    desk.settle()
    read = [e for e in desk.audit() if e["action"] == "content.read"]
    assert len(read) == 4  # each of four sessions once
    assert {e["target"]["id"] for e in read} == {id}


def test_what_is_not_cached_is_fetched_for_the_newest_three(desk: DeskUnderTest) -> None:
    """Older ones say that they are read on unfolding; asked again, the next three come."""
    id = conversation(desk, 5)
    empty_the_cache(desk)

    states = [m["body_state"] for m in opened(desk, id)["messages"]]

    assert states == ["folded", "folded", "here", "here", "here"]
    assert desk.sandbox.calls()["messages.get"] == 3
    assert {m["body_state"] for m in opened(desk, id)["messages"]} == {"here"}


def test_a_message_that_gmail_has_deleted_does_not_hide_the_others(desk: DeskUnderTest) -> None:
    """It is said at the message; the ticket opens."""
    id = conversation(desk, 2)
    empty_the_cache(desk)
    newest = desk.sandbox.messages(SUPPORT)[0]["id"]
    desk.sandbox.act(SUPPORT, "delete", newest)

    first, second = opened(desk, id)["messages"]

    assert (first["body_state"], first["body"]["visible"].strip()) == ("here", "Text 0")
    assert (second["body_state"], second["body"], second["problem"]) == (
        "gone",
        None,
        "content.gone_from_gmail",
    )


@pytest.mark.parametrize(
    ("broken", "problem"), [("grant", "mailbox.needs_reauth"), ("down", "gmail.unavailable")]
)
def test_a_ticket_opens_while_gmail_does_not_answer(
    desk: DeskUnderTest, broken: str, problem: str
) -> None:
    """What stands in our own store is shown; Gmail is asked once, not for every message."""
    id = conversation(desk, 3)
    empty_the_cache(desk)
    if broken == "grant":
        desk.sandbox.revoke_grant(SUPPORT)
    else:
        desk.sandbox.plant("messages.get", "status", times=None, status=503)

    page = opened(desk, id)

    states = [(m["body_state"], m["problem"]) for m in page["messages"]]
    assert states == [("folded", None), ("folded", None), ("unavailable", problem)]
    assert page["ticket"]["subject"] == "Printer"


def test_a_ticket_of_a_mailbox_that_one_may_not_see_is_not_found(desk: DeskUnderTest) -> None:
    """As for any object of it, and nothing is recorded as read."""
    desk.connect(BILLING)
    desk.deliver(mail("Bill", to=BILLING), to=BILLING)
    [id] = desk.documents("tickets")

    answer = desk.browser("agent").get(f"/api/content/tickets/{id}")

    assert (answer.status_code, answer.json["code"]) == (404, "ticket.not_found")
    desk.settle()
    assert [e for e in desk.audit() if e["action"] == "content.read"] == []


def test_a_cached_ticket_of_ten_costs_at_most_28_reads_and_2_writes(desk: DeskUnderTest) -> None:
    """The budget of DESIGN §11: the first look writes its trace, Gmail is not asked."""
    id = conversation(desk, 10)
    agent = desk.browser("agent")
    opened(desk, id, "supervisor")  # warm: the mailbox's key is in memory
    desk.counts.reset()
    desk.sandbox.reset_calls()

    agent.get(f"/api/content/tickets/{id}")

    assert (desk.counts.reads, desk.counts.writes) == (28, 2)
    assert desk.sandbox.calls() == {}
    desk.counts.reset()
    agent.get(f"/api/content/tickets/{id}")
    assert (desk.counts.reads, desk.counts.writes) == (27, 0)
