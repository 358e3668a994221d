"""The desk's tickets: lists, one opened, and changes that nobody overwrites by accident."""

from __future__ import annotations

from typing import Any

import pytest

from local import seed
from tests.desk import BILLING, SALES, SUPPORT, DeskBrowser, DeskUnderTest, mail
from tests.stopped_clock import StoppedClock


@pytest.fixture
def ticket(desk: DeskUnderTest) -> dict[str, Any]:
    """Let one mail arrive and give its ticket."""
    desk.connect()
    desk.deliver(mail())
    [ticket] = desk.tickets()
    return ticket


def patch(browser: DeskBrowser, ticket: dict[str, Any], state: str, **headers: str | None) -> Any:
    """Change a ticket's state against the version that `ticket` shows."""
    headers = {"if_match": f'"{ticket["version"]}"'} | headers
    return browser.send("PATCH", f"/api/tickets/{ticket['id']}", {"state": state}, **headers)


# Lists


def test_a_list_is_paged_newest_first(desk: DeskUnderTest) -> None:
    """Following `next` shows every ticket once, the newest mail first, and ends with null."""
    desk.connect()
    for number in range(7):
        desk.sandbox.deliver(
            SUPPORT, mail(f"Number {number}"), internal_date=1_767_600_000_000 + number * 60_000
        )
    desk.settle()
    agent = desk.browser("agent")

    pages = []
    cursor = ""
    while cursor is not None:
        page = agent.get(f"/api/tickets/?limit=3{cursor and '&cursor='}{cursor}").json
        pages.append([row["subject"] for row in page["items"]])
        cursor = page["next"]

    assert pages == [
        ["Number 6", "Number 5", "Number 4"],
        ["Number 3", "Number 2", "Number 1"],
        ["Number 0"],
    ]


def test_a_list_is_filtered_by_state_and_mailbox(desk: DeskUnderTest) -> None:
    """Only tickets of that state, or of that mailbox, are shown."""
    desk.connect(SUPPORT)
    desk.connect(SALES)
    desk.deliver(mail("To support"))
    desk.deliver(mail("To sales", to=SALES), to=SALES)
    agent = desk.browser("agent")
    by_subject = {row["subject"]: row for row in agent.get("/api/tickets/").json["items"]}
    patch(agent, by_subject["To sales"], "pending")

    def subjects(query: str) -> list[str]:
        return [row["subject"] for row in agent.get(f"/api/tickets/?{query}").json["items"]]

    assert subjects("state=pending") == ["To sales"]
    assert subjects("state=new") == ["To support"]
    assert subjects(f"mailbox_id={desk.mailboxes[SUPPORT]}") == ["To support"]
    assert subjects(f"mailbox_id={desk.mailboxes[SUPPORT]}&state=pending") == []


def test_a_cursor_belongs_to_its_list(desk: DeskUnderTest) -> None:
    """A cursor of one list continues no other one, so it cannot show what a filter hides."""
    desk.connect(SUPPORT)
    for number in range(3):
        desk.deliver(mail(f"Number {number}"))
    agent = desk.browser("agent")
    cursor = agent.get("/api/tickets/?limit=1").json["next"]

    answer = agent.get(f"/api/tickets/?limit=1&state=new&cursor={cursor}")

    assert (answer.status_code, answer.json["code"]) == (400, "cursor.invalid")


def test_a_cursor_shows_nothing_of_another_persons_mailboxes(desk: DeskUnderTest) -> None:
    """A colleague's cursor is of no use to somebody with other mailboxes."""
    desk.connect(SUPPORT)
    desk.connect(BILLING)
    for number in range(2):
        desk.deliver(mail(f"Bill {number}", to=BILLING), to=BILLING)
    supervisors = desk.browser("supervisor").get("/api/tickets/?limit=1").json["next"]

    answer = desk.browser("agent").get(f"/api/tickets/?cursor={supervisors}")

    assert answer.status_code == 400


def test_a_page_costs_its_tickets_and_the_session(desk: DeskUnderTest) -> None:
    """A page of n tickets reads n documents, the session and its person, and writes nothing."""
    desk.connect()
    for number in range(4):
        desk.deliver(mail(f"Number {number}"))
    agent = desk.browser("agent")
    agent.get("/api/tickets/")
    desk.counts.reset()

    agent.get("/api/tickets/")

    assert (desk.counts.reads, desk.counts.writes) == (4 + 2, 0)


# One ticket


def test_an_opened_ticket_shows_its_messages(desk: DeskUnderTest) -> None:
    """Sender, recipients, attachments and why each message stands here, in the order of arrival."""
    desk.connect()
    desk.deliver(mail(message_id="<1@customers.example.net>"))
    desk.sandbox.advance_clock(60)
    desk.deliver(
        mail(
            "Re: The printer is on fire",
            "It is out.",
            message_id="<2@customers.example.net>",
            in_reply_to="<1@customers.example.net>",
            cc="Omar <omar@customers.example.net>",
        ),
    )
    [row] = desk.tickets()

    view = desk.browser("viewer").get(f"/api/tickets/{row['id']}").json

    assert view["ticket"] == row
    assert view["more_messages"] is False
    opening, answer = view["messages"]
    assert opening["thread_reason"] == "new"
    assert opening["sender"] == {"name": "Nora Lind", "address": "nora@customers.example.net"}
    assert opening["to"] == [{"name": "", "address": SUPPORT}]
    assert opening["body_url"] == f"/api/content/messages/{opening['id']}"
    assert answer["thread_reason"] in ("gmail_thread", "references")
    assert answer["cc"] == [{"name": "Omar", "address": "omar@customers.example.net"}]


def test_somebody_new_in_a_thread_is_pointed_out(desk: DeskUnderTest) -> None:
    """Who was neither sender nor recipient before is marked: an agent should look twice."""
    desk.connect()
    desk.deliver(mail(message_id="<1@customers.example.net>"))
    desk.sandbox.advance_clock(60)
    thread = desk.sandbox.messages(SUPPORT)[0]["threadId"]
    desk.deliver(
        mail("Re: The printer is on fire", sender="Eve <eve@elsewhere.example.org>"),
        thread_id=thread,
    )
    [ticket] = desk.tickets()

    rows = desk.browser("agent").get(f"/api/tickets/{ticket['id']}").json["messages"]

    assert [(row["sender"]["name"], row["new_participant"]) for row in rows] == [
        ("Nora Lind", False),
        ("Eve", True),
    ]


# Changes


def test_a_change_needs_the_version_it_was_made_against(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Without If-Match the answer is 428 and nothing changes (RFC 6585 §3)."""
    answer = patch(desk.browser("agent"), ticket, "open", if_match=None)

    assert (answer.status_code, answer.json["code"]) == (428, "request.if_match_required")
    assert desk.tickets() == [ticket]


@pytest.mark.parametrize("text", ["1", '"1', '1"', 'W/"1"', "*", '"one"', '"-1"', '"1","2"', '""'])
def test_an_if_match_that_is_no_version(
    desk: DeskUnderTest, ticket: dict[str, Any], text: str
) -> None:
    """Only one strong entity tag of ours is a version."""
    answer = patch(desk.browser("agent"), ticket, "open", if_match=text)

    assert (answer.status_code, answer.json["code"]) == (400, "request.if_match_invalid")
    assert desk.tickets() == [ticket]


def test_a_change_is_made_and_recorded(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """The new state and version come back, and the log says who changed what from what to what."""
    answer = patch(desk.browser("agent"), ticket, "pending")

    assert answer.status_code == 200
    assert answer.json == ticket | {"state": "pending", "version": ticket["version"] + 1}
    assert desk.tickets() == [answer.json]
    desk.settle()
    [entry] = [e for e in desk.audit() if e["action"] == "ticket.state_changed"]
    assert entry["actor"]["role"] == "agent"
    assert entry["target"] == {
        "type": "ticket",
        "id": ticket["id"],
        "mailbox": ticket["mailbox_id"],
    }
    assert entry["changes"] == [{"field": "state", "before": "new", "after": "pending"}]


def test_a_change_against_an_old_version_is_refused(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """409 says what is current and who changed it, and the first change stands."""
    patch(desk.browser("supervisor"), ticket, "pending")
    supervisor = desk.browser("supervisor").get("/api/session/").json["user"]["id"]

    stale = patch(desk.browser("agent"), ticket, "solved")

    assert (stale.status_code, stale.json["code"]) == (409, "ticket.changed_meanwhile")
    assert stale.json["params"] == {
        "version": ticket["version"] + 1,
        "state": "pending",
        "changed_by": supervisor,
    }
    assert desk.tickets()[0]["state"] == "pending"


def test_a_change_is_refused_after_new_mail(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Nobody solves a ticket without having seen the customer's newest mail; no person changed it."""
    headers = {
        "in_reply_to": "<0@customers.example.net>",
        "message_id": "<9@customers.example.net>",
    }
    thread = desk.sandbox.messages(SUPPORT)[0]["threadId"]
    desk.deliver(mail("Re: The printer is on fire", **headers), thread_id=thread)

    stale = patch(desk.browser("agent"), ticket, "solved")

    assert stale.status_code == 409
    assert stale.json["params"]["changed_by"] == ""


def test_the_state_that_it_has_is_no_change(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Setting the same state answers with the ticket as it is; no version, no write, no event."""
    agent = desk.browser("agent")
    agent.get("/api/session/")
    desk.counts.reset()

    answer = patch(agent, ticket, "new")

    assert (answer.status_code, answer.json) == (200, ticket)
    assert (desk.counts.writes, desk.counts.published) == (0, 0)


def test_a_state_that_does_not_exist_is_refused(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """The answer lists the states that there are."""
    answer = patch(desk.browser("agent"), ticket, "done")

    assert (answer.status_code, answer.json["code"]) == (400, "request.not_one_of")
    assert "solved" in answer.json["params"]["allowed"]


def test_a_customer_who_writes_again_reopens_a_solved_ticket(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """What was solved is open again after the customer's next mail."""
    patch(desk.browser("agent"), ticket, "solved")
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(60)
    desk.sandbox.advance_clock(120)
    thread = desk.sandbox.messages(SUPPORT)[0]["threadId"]

    desk.deliver(mail("Re: The printer is on fire", "Still burning."), thread_id=thread)

    assert desk.tickets()[0]["state"] == "open"


def test_a_long_ticket_shows_its_newest_mail(desk: DeskUnderTest) -> None:
    """Of more than 200 messages an agent sees the last ones, and that there are older ones."""
    desk.connect()
    for number in range(203):
        desk.sandbox.deliver(
            SUPPORT,
            mail(
                f"Long {number}",
                message_id=f"<{number}@x.example.net>",
                references="<0@x.example.net>",
            ),
            thread_id=None if number == 0 else desk.sandbox.messages(SUPPORT)[-1]["threadId"],
        )
        desk.sandbox.advance_clock(1)
    desk.settle()

    [ticket] = desk.tickets()
    opened = desk.browser("agent").get(f"/api/tickets/{ticket['id']}").json

    assert ticket["message_count"] == 203
    assert opened["more_messages"]
    subjects = [message["subject"] for message in opened["messages"]]
    assert subjects == [f"Long {number}" for number in range(3, 203)]


def test_a_member_of_very_many_mailboxes_sees_them_all(desk: DeskUnderTest) -> None:
    """A store takes 30 alternatives at once; the list has what is beyond them too, in one order."""
    desk.connect(SUPPORT)
    desk.deliver(mail("First"))
    desk.sandbox.advance_clock(60)
    desk.connect(SALES)
    desk.deliver(mail("Second", to=SALES), to=SALES)
    app = desk.app()
    for number in range(61):
        seed.join(app, desk.people["agent"][0], f"mb_{number:026d}")
    agent = desk.browser("agent")

    first = agent.get("/api/tickets/?limit=1&state=new,open").json
    second = agent.get(f"/api/tickets/?limit=1&state=new,open&cursor={first['next']}").json

    assert [row["subject"] for row in first["items"] + second["items"]] == ["Second", "First"]
