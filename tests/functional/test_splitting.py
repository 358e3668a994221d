"""Messages that stand in the wrong ticket: some become one of their own, one goes where it belongs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import SALES, SUPPORT, DeskBrowser, DeskUnderTest, mail

ONE = "<1@customers.example.net>"
BOB = "Bob Moss <bob@customers.example.org>"
ANSWERS = {"in_reply_to": ONE, "references": ONE}


@pytest.fixture
def thread(desk: DeskUnderTest) -> str:
    """Let a Gmail thread of four mails arrive, whose last two are about something else; give its id."""
    desk.connect()
    desk.deliver(mail("Printer", message_id=ONE))
    thread: str = desk.sandbox.messages(SUPPORT)[0]["threadId"]
    for number, subject in enumerate(("Re: Printer", "Scanner", "Re: Scanner"), 2):
        desk.sandbox.advance_clock(60)
        desk.deliver(
            mail(
                subject,
                message_id=f"<{number}@x.example.net>",
                sender="Nora Lind <nora@customers.example.net>" if number < 3 else BOB,
                **ANSWERS,
            ),
            thread_id=thread,
        )
    desk.sandbox.advance_clock(60)
    return thread


def opened(desk: DeskUnderTest, ticket_id: str) -> Any:
    """Open a ticket."""
    return desk.browser("agent").get(f"/api/tickets/{ticket_id}").json


def messages(desk: DeskUnderTest, ticket_id: str) -> list[tuple[str, str]]:
    """Return subject and thread reason of each message of a ticket."""
    return [(m["subject"], m["thread_reason"]) for m in opened(desk, ticket_id)["messages"]]


def split(browser: DeskBrowser, view: Any, *numbers: int) -> Any:
    """Split these messages, counted from 0, from an opened ticket."""
    ticket = view["ticket"]
    body = {"message_ids": [view["messages"][number]["id"] for number in numbers]}
    path = f"/api/tickets/{ticket['id']}/split"
    return browser.send("POST", path, body, if_match=f'"{ticket["version"]}"')


def move(browser: DeskBrowser, view: Any, number: int, to: dict[str, Any]) -> Any:
    """Put a message of an opened ticket into another ticket."""
    ticket, message = view["ticket"], view["messages"][number]
    path = f"/api/tickets/{ticket['id']}/messages/{message['id']}"
    return browser.send("PATCH", path, {"ticket_id": to["id"]}, if_match=f'"{ticket["version"]}"')


@pytest.mark.usefixtures("thread")
def test_the_newest_messages_become_a_ticket(desk: DeskUnderTest) -> None:
    """It has its own subject and customer; the two name each other, and each counts its own."""
    [old] = desk.tickets()

    answer = split(desk.browser("agent"), opened(desk, old["id"]), 2, 3)

    assert answer.status_code == 201
    new, rest = desk.tickets()
    assert new == answer.json
    assert (new["subject"], new["message_count"], new["state"]) == ("Scanner", 2, "new")
    assert new["customer"]["address"] == "bob@customers.example.org"
    assert (rest["subject"], rest["message_count"]) == ("Printer", 2)
    assert rest["last_message_at"] < new["first_message_at"]
    assert (new["links"], rest["links"]) == ([old["id"]], [new["id"]])
    assert new["code"] != rest["code"]
    assert messages(desk, new["id"]) == [("Scanner", "corrected"), ("Re: Scanner", "corrected")]
    desk.settle()
    told = [e for e in desk.audit() if e["action"] == "ticket.split"]
    assert {e["target"]["id"] for e in told} == {old["id"], new["id"]}


def test_later_mail_of_the_thread_follows_its_newest_message(
    desk: DeskUnderTest, thread: str
) -> None:
    """Where the newest ones left, what Gmail puts into the thread joins the new ticket."""
    [old] = desk.tickets()
    split(desk.browser("agent"), opened(desk, old["id"]), 2, 3)

    desk.deliver(mail("Re: Scanner", "More", sender=BOB, **ANSWERS), thread_id=thread)

    new, rest = desk.tickets()
    assert (new["message_count"], rest["message_count"]) == (3, 2)


def test_later_mail_stays_where_the_newest_message_stayed(desk: DeskUnderTest, thread: str) -> None:
    """Splitting something from the middle does not turn the conversation away."""
    [old] = desk.tickets()
    new = split(desk.browser("agent"), opened(desk, old["id"]), 1).json

    desk.deliver(mail("Re: Scanner", "More", sender=BOB, **ANSWERS), thread_id=thread)

    assert opened(desk, old["id"])["ticket"]["message_count"] == 4
    assert opened(desk, new["id"])["ticket"]["message_count"] == 1


@pytest.mark.usefixtures("thread")
def test_the_first_message_leaves_and_the_next_names_the_ticket(desk: DeskUnderTest) -> None:
    """Subject and customer of what stays are those of its first message then."""
    [old] = desk.tickets()
    view = opened(desk, old["id"])

    split(desk.browser("agent"), view, 0, 1)

    left = opened(desk, old["id"])
    assert left["ticket"]["subject"] == "Scanner"
    assert left["ticket"]["customer"]["address"] == "bob@customers.example.org"
    assert left["messages"][0]["thread_reason"] == "new"


def test_splitting_twice_makes_two_tickets_of_one_thread(desk: DeskUnderTest, thread: str) -> None:
    """Each has its own id and code; later mail follows the last one that took the newest message."""
    [old] = desk.tickets()
    agent = desk.browser("agent")
    second = split(agent, opened(desk, old["id"]), 3).json
    third = split(agent, opened(desk, old["id"]), 2).json

    desk.deliver(mail("Re: Scanner", "More", sender=BOB, **ANSWERS), thread_id=thread)

    assert len({old["id"], second["id"], third["id"]}) == 3
    assert opened(desk, second["id"])["ticket"]["message_count"] == 2
    assert opened(desk, third["id"])["ticket"]["message_count"] == 1


@pytest.mark.usefixtures("thread")
def test_splitting_again_with_the_same_request_finds_the_ticket(desk: DeskUnderTest) -> None:
    """An answer that was lost on its way makes no second ticket."""
    [old] = desk.tickets()
    agent, view = desk.browser("agent"), opened(desk, old["id"])

    answers = [split(agent, view, 2, 3) for _ in range(2)]

    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert len(desk.tickets()) == 2


@pytest.mark.usefixtures("thread")
def test_messages_of_a_merged_ticket_are_split_out_again(desk: DeskUnderTest) -> None:
    """What was merged wrongly is undone by hand, and every count is right."""
    desk.deliver(mail("Network", message_id="<9@x.example.net>", sender=BOB))
    network, printer = desk.tickets()
    body = {"source_id": network["id"], "source_version": network["version"]}
    path = f"/api/tickets/{printer['id']}/merge"
    desk.browser("supervisor").send("POST", path, body, if_match=f'"{printer["version"]}"')

    new = split(desk.browser("agent"), opened(desk, printer["id"]), 4).json

    assert (new["subject"], new["message_count"]) == ("Network", 1)
    assert opened(desk, printer["id"])["ticket"]["message_count"] == 4
    desk.deliver(mail("Re: Network", references="<9@x.example.net>", sender=BOB))
    assert opened(desk, new["id"])["ticket"]["message_count"] == 2


@pytest.mark.usefixtures("thread")
def test_what_cannot_be_split(desk: DeskUnderTest) -> None:
    """All of a ticket, none of it, what stands elsewhere, and against an old version."""
    [old] = desk.tickets()
    agent, view = desk.browser("agent"), opened(desk, old["id"])
    path = f"/api/tickets/{old['id']}/split"
    version = f'"{old["version"]}"'

    everything = split(agent, view, 0, 1, 2, 3)
    nothing = agent.send("POST", path, {"message_ids": []}, if_match=version)
    strange = agent.send("POST", path, {"message_ids": ["m_" + "0" * 26]}, if_match=version)
    no_id = agent.send("POST", path, {"message_ids": ["a/b"]}, if_match=version)
    stale = split(agent, view | {"ticket": old | {"version": 1}}, 1)

    assert [a.json["code"] for a in (everything, nothing, strange, no_id, stale)] == [
        "ticket.would_be_empty",
        "request.invalid_member",
        "message.not_found",
        "message.not_found",
        "ticket.changed_meanwhile",
    ]
    assert desk.tickets() == [old]


# One message goes where it belongs


@pytest.mark.usefixtures("thread")
def test_a_message_goes_where_it_belongs(desk: DeskUnderTest) -> None:
    """Both counts are right, the message says that a person put it there, and both have an event."""
    desk.deliver(mail("Network", message_id="<9@x.example.net>", sender=BOB))
    network, printer = desk.tickets()

    answer = move(desk.browser("agent"), opened(desk, printer["id"]), 1, network)

    assert (answer.status_code, answer.json["id"]) == (200, network["id"])
    assert answer.json["message_count"] == 2
    assert opened(desk, printer["id"])["ticket"]["message_count"] == 3
    assert ("Re: Printer", "corrected") in messages(desk, network["id"])
    desk.settle()
    told = [e for e in desk.audit() if e["action"] == "message.moved"]
    assert {e["target"]["id"] for e in told} == {network["id"], printer["id"]}


@pytest.mark.usefixtures("thread")
def test_an_older_message_names_the_ticket_that_it_comes_to(desk: DeskUnderTest) -> None:
    """As if it had come in there first: subject and customer are its own."""
    desk.deliver(mail("Network", message_id="<9@x.example.net>", sender=BOB))
    network, printer = desk.tickets()

    answer = move(desk.browser("agent"), opened(desk, printer["id"]), 0, network)

    assert answer.json["subject"] == "Printer"
    assert answer.json["customer"]["address"] == "nora@customers.example.net"
    assert dict(messages(desk, network["id"]))["Network"] != "new"


def test_the_thread_follows_a_newest_message_that_was_put_elsewhere(
    desk: DeskUnderTest, thread: str
) -> None:
    """Later mail of the Gmail thread joins the ticket that its newest message was put into."""
    desk.deliver(mail("Network", message_id="<9@x.example.net>", sender=BOB))
    network, printer = desk.tickets()
    agent = desk.browser("agent")

    move(agent, opened(desk, printer["id"]), 3, network)
    desk.deliver(mail("Re: Scanner", "More", sender=BOB, **ANSWERS), thread_id=thread)

    assert opened(desk, network["id"])["ticket"]["message_count"] == 3


@pytest.mark.usefixtures("thread")
def test_a_persons_mail_opens_the_ticket_that_it_is_put_into(desk: DeskUnderTest) -> None:
    """A question that was threaded wrongly is not buried in a ticket that was solved."""
    desk.deliver(mail("Network", message_id="<9@x.example.net>", sender=BOB))
    network, printer = desk.tickets()
    agent = desk.browser("agent")
    path = f"/api/tickets/{network['id']}"
    agent.send("PATCH", path, {"state": "solved"}, if_match=f'"{network["version"]}"')

    answer = move(agent, opened(desk, printer["id"]), 3, network)

    assert answer.json["state"] == "open"


@pytest.mark.usefixtures("thread")
def test_what_cannot_be_put_elsewhere(desk: DeskUnderTest) -> None:
    """A ticket's only message, and anything into another mailbox; again where it is changes nothing."""
    desk.connect(SALES)
    desk.deliver(mail("Network", message_id="<9@x.example.net>", sender=BOB))
    desk.sandbox.advance_clock(60)
    desk.deliver(mail("Offer", to=SALES), to=SALES)
    offer, network, printer = desk.tickets()
    agent = desk.browser("agent")

    only = move(agent, opened(desk, network["id"]), 0, printer)
    foreign = move(agent, opened(desk, printer["id"]), 1, offer)
    moved = [move(agent, opened(desk, printer["id"]), 1, network) for _ in "1"]
    view = opened(desk, network["id"])
    again = move(agent, view, 0, network)

    assert only.json["code"] == "ticket.would_be_empty"
    assert foreign.json["code"] == "ticket.correction_impossible"
    assert moved[0].status_code == again.status_code == 200
    assert again.json["version"] == view["ticket"]["version"]
