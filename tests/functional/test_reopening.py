"""What mail does to tickets that are done: it reopens them, goes on in a new one, or changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import SUPPORT, DeskUnderTest, mail
from tests.stopped_clock import StoppedClock

DAY = 86_400
FIRST = "<1@customers.example.net>"
ANSWERS = {"in_reply_to": FIRST, "references": FIRST}


@pytest.fixture
def ticket(desk: DeskUnderTest) -> dict[str, Any]:
    """Let one mail arrive and give its ticket."""
    desk.connect()
    desk.deliver(mail(message_id=FIRST))
    [ticket] = desk.tickets()
    return ticket


def put(desk: DeskUnderTest, ticket: dict[str, Any], state: str) -> None:
    """Let an agent put the ticket into a state."""
    current = desk.documents("tickets")[ticket["id"]]["version"]
    path = f"/api/tickets/{ticket['id']}"
    answer = desk.browser("agent").send("PATCH", path, {"state": state}, if_match=f'"{current}"')
    assert answer.status_code == 200


def later(desk: DeskUnderTest, seconds: float) -> None:
    """Let time pass, here and at Google's."""
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(seconds)
    desk.sandbox.advance_clock(seconds)
    desk.tick("renew_watches")
    desk.settle()


def states(desk: DeskUnderTest) -> list[str]:
    """Return the states of all tickets, the oldest first."""
    return [ticket["state"] for ticket in reversed(desk.tickets())]


@pytest.mark.parametrize("state", ["pending", "solved", "closed"])
def test_a_person_who_writes_again_reopens(
    desk: DeskUnderTest, ticket: dict[str, Any], state: str
) -> None:
    """Whatever thread Gmail puts the answer in."""
    put(desk, ticket, state)
    later(desk, 3 * DAY)

    desk.deliver(mail("Re: The printer is on fire", **ANSWERS))

    assert states(desk) == ["open"]


@pytest.mark.parametrize("state", ["on_hold", "spam"])
def test_what_a_person_put_aside_stays_there(
    desk: DeskUnderTest, ticket: dict[str, Any], state: str
) -> None:
    """On hold waits for something else, and spam is spam; the mail joins, however late."""
    put(desk, ticket, state)
    later(desk, 60 * DAY)

    desk.deliver(mail("Re: The printer is on fire", **ANSWERS))

    [ticket] = desk.tickets()
    assert (ticket["state"], ticket["message_count"]) == (state, 2)


@pytest.mark.parametrize("days", [1, 60])
def test_machines_never_reopen(desk: DeskUnderTest, ticket: dict[str, Any], days: int) -> None:
    """An absence notice and a bounce join the ticket that they belong to, and it stays closed."""
    put(desk, ticket, "closed")
    later(desk, days * DAY)

    desk.deliver(mail("Out of office", auto_submitted="auto-replied", **ANSWERS))
    desk.deliver(mail("Undelivered mail", sender="mailer-daemon@mx.example.net", **ANSWERS))

    [ticket] = desk.tickets()
    assert (ticket["state"], ticket["message_count"]) == ("closed", 3)


def test_after_thirty_days_the_conversation_goes_on_in_a_new_ticket(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """The two name each other, the old one stays closed, and the log says what followed what."""
    put(desk, ticket, "closed")
    later(desk, 31 * DAY)

    desk.deliver(mail("Re: The printer is on fire", "It burns again.", **ANSWERS))

    new, old = desk.tickets()
    assert (old["id"], old["state"], old["message_count"]) == (ticket["id"], "closed", 1)
    assert (new["state"], new["message_count"], new["follow_up_of"]) == ("new", 1, old["id"])
    agent = desk.browser("agent")
    assert agent.get(f"/api/tickets/{old['id']}").json["ticket"]["links"] == [new["id"]]
    opened = agent.get(f"/api/tickets/{new['id']}").json
    assert (opened["ticket"]["links"], opened["messages"][0]["thread_reason"]) == (
        [old["id"]],
        "new",
    )
    desk.settle()
    [entry] = [
        e
        for e in desk.audit()
        if e["action"] == "ticket.created" and e["target"]["id"] == new["id"]
    ]
    assert {"field": "follow_up_of", "before": None, "after": old["id"]} in entry["changes"]


def test_an_answer_to_what_was_written_since_reopens(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Somebody wrote in a ticket that was closed long ago; the answer belongs to it."""
    put(desk, ticket, "closed")
    later(desk, 60 * DAY)
    first = desk.sandbox.messages(SUPPORT)[0]
    desk.sandbox.act(SUPPORT, "ui_reply", first["id"], text="By the way.")
    desk.settle()
    later(desk, DAY)

    desk.deliver(mail("Re: By the way", **ANSWERS), thread_id=first["threadId"])

    [ticket] = desk.tickets()
    assert (ticket["state"], ticket["message_count"]) == ("open", 3)


def test_all_later_mail_joins_the_new_ticket(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Of the same Gmail thread, and by references from another one; a machine's mail too."""
    put(desk, ticket, "solved")
    later(desk, 31 * DAY)
    thread = desk.sandbox.messages(SUPPORT)[0]["threadId"]
    desk.deliver(
        mail("Re: The printer", message_id="<2@x.example.net>", **ANSWERS), thread_id=thread
    )
    later(desk, 60)

    desk.deliver(mail("Re: The printer", "And more.", **ANSWERS), thread_id=thread)
    desk.deliver(mail("Another thread", **ANSWERS))
    desk.deliver(mail("Away", auto_submitted="auto-replied", **ANSWERS), thread_id=thread)

    new, old = desk.tickets()
    assert (old["state"], old["message_count"]) == ("solved", 1)
    assert (new["follow_up_of"], new["message_count"]) == (old["id"], 4)


def test_a_follow_up_that_is_done_for_long_is_followed_again(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """A third ticket goes on with the second, not with the first."""
    thread = desk.sandbox.messages(SUPPORT)[0]["threadId"]
    put(desk, ticket, "closed")
    later(desk, 31 * DAY)
    desk.deliver(mail("Re: again", **ANSWERS), thread_id=thread)
    second = desk.tickets()[0]
    put(desk, second, "closed")
    later(desk, 31 * DAY)

    desk.deliver(mail("Re: and again", **ANSWERS), thread_id=thread)
    desk.deliver(mail("Re: and again", "More.", **ANSWERS))

    third, *others = desk.tickets()
    assert (third["follow_up_of"], third["message_count"]) == (second["id"], 2)
    assert [(t["state"], t["message_count"]) for t in others] == [("closed", 1)] * 2
    assert len({t["code"] for t in desk.tickets()}) == 3


def test_mail_that_came_before_the_ticket_was_closed_reopens_it(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Gmail had it already, but who closed the ticket had not seen it."""
    desk.sandbox.set_push(drop=1_000)
    desk.sandbox.deliver(SUPPORT, mail("Re: The printer is on fire", "Wait!", **ANSWERS))
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(600)
    put(desk, ticket, "closed")
    desk.sandbox.set_push(drop=0)

    desk.tick("poll_mailboxes")
    desk.settle()

    assert states(desk) == ["open"]
