"""Filters of lists, and what built-in views count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.tickets import COLLECTION
from tests.desk import BILLING, SALES, SUPPORT, DeskBrowser, DeskUnderTest, desk_in, mail

SUBJECTS = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskUnderTest]:
    """Give a desk with five tickets of different kinds, two of them in another mailbox."""
    with desk_in(tmp_path_factory.mktemp("lists") / "home") as desk:
        desk.connect(SUPPORT)
        desk.connect(SALES)
        desk.connect(BILLING)
        now = desk.clock.now()
        for number, subject in enumerate(SUBJECTS):
            to = SALES if subject in ("Delta", "Epsilon") else SUPPORT
            desk.deliver(
                mail(subject, sender=f"{subject} <{subject.lower()}@example.net>", to=to), to=to
            )
            desk.sandbox.advance_clock(60 * (number + 1))
        desk.deliver(mail("Hidden", to=BILLING), to=BILLING)
        me = desk.browser("agent").get("/api/session/").json["user"]["id"]
        write(desk, "Alpha", assignee_id=me, tags=["printer", "vip"], priority="urgent")
        write(desk, "Beta", team_id="tm_" + "0" * 26, tags=["printer"], followers=[me])
        write(desk, "Gamma", state="solved", last_reply_at=now + timedelta(days=1))
        write(desk, "Delta", snoozed_until=now + timedelta(days=2), state="pending")
        write(desk, "Epsilon", breached=["first_reply"], state="open")
        write(desk, "Hidden", assignee_id=me, tags=["printer"], breached=["solve"])
        yield desk


def write(desk: DeskUnderTest, subject: str, **fields: Any) -> None:
    """Give a ticket these fields, as another part of the desk would."""
    [id] = [id for id in desk.documents(COLLECTION) if name_of(desk, id) == subject]
    desk.app().store.transact(lambda tx: tx.update(COLLECTION, id, fields))


def name_of(desk: DeskUnderTest, id: str) -> str:
    """Return a ticket's subject."""
    ticket = desk.documents(COLLECTION)[id]
    opened = desk.app().envelope.open(
        ticket["mailbox_id"], f"tickets/{id}/sealed", ticket["sealed"]
    )
    return str(opened["subject"])


def found(browser: DeskBrowser, query: str) -> str:
    """Return the first letters of the subjects that a list finds, in its order."""
    answer = browser.get(f"/api/tickets/?{query}")
    assert answer.status_code == 200, answer.json
    return "".join(row["subject"][0] for row in answer.json["items"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "EDGBA"),
        ("state=new", "BA"),
        ("state=new,solved", "GBA"),
        ("state=new,open,pending,on_hold,solved,closed,spam", "EDGBA"),
        ("assignee=me", "A"),
        ("assignee=none", "EDGB"),
        ("assignee=none&state=new,open", "EB"),
        ("tag=printer", "BA"),
        ("tag=printer&state=solved", ""),
        ("team_id=tm_" + "0" * 26, "B"),
        ("priority=urgent", "A"),
        ("priority=urgent&tag=printer", "A"),
        ("snoozed=true", "D"),
        ("snoozed=false", "EGBA"),
        ("awaiting_reply=false", "G"),
        ("awaiting_reply=true&state=new", "BA"),
        ("breached=true", "E"),
        ("breached=true&assignee=none", "E"),
        ("breached=true&state=solved", ""),
        ("breached=false", "DGBA"),
        ("follower=me", "B"),
        ("merged=true", "EDGBA"),
        ("merged=true&assignee=me", "A"),
    ],
)
def test_a_filter(shelf: DeskUnderTest, query: str, expected: str) -> None:
    """Every condition finds what it says, alone and beside another, the newest mail first."""
    assert found(shelf.browser("agent"), query) == expected


def test_a_filter_by_mailbox_and_customer(shelf: DeskUnderTest) -> None:
    """Mailboxes may be named together; a customer's tickets are told from those of others."""
    agent = shelf.browser("agent")
    sales, support = shelf.mailboxes[SALES], shelf.mailboxes[SUPPORT]
    [alpha] = agent.get("/api/tickets/?assignee=me").json["items"]

    assert found(agent, f"mailbox_id={sales}") == "ED"
    assert found(agent, f"mailbox_id={sales},{support}&state=new") == "BA"
    assert found(agent, f"customer_id={alpha['customer_id']}") == "A"


def test_a_row_tells_what_the_list_was_asked_for(shelf: DeskUnderTest) -> None:
    """Priority, labels, due times and who waits stand in the row."""
    [row] = shelf.browser("agent").get("/api/tickets/?assignee=me").json["items"]

    assert row["priority"] == "urgent"
    assert row["tags"] == ["printer", "vip"]
    assert row["awaiting_reply"] is True
    assert row["breached"] == []
    assert row["snoozed_until"] is row["first_reply_due_at"] is None


@pytest.mark.parametrize(
    "query",
    [
        "assignee=me&tag=printer",
        "tag=a&team_id=b",
        "state=done",
        "breached=yes",
        "priority=high,low",
        "view=mine&state=new",
        "limit=0",
    ],
)
def test_what_no_filter_can_be(shelf: DeskUnderTest, query: str) -> None:
    """It is refused with a code and the member's name, never answered with something else."""
    answer = shelf.browser("agent").get(f"/api/tickets/?{query}")

    assert answer.status_code == 400


def test_a_condition_without_index_reads_three_pages_and_goes_on(shelf: DeskUnderTest) -> None:
    """What is rare is found page by page: at most three are read for one, and `next` reads on."""
    agent = shelf.browser("agent")
    agent.get("/api/tickets/")
    shelf.counts.reset()

    first = agent.get("/api/tickets/?priority=urgent&limit=1").json

    assert shelf.counts.reads == 3 + 2
    assert first["items"] == []
    second = agent.get(f"/api/tickets/?priority=urgent&limit=1&cursor={first['next']}").json
    assert [row["subject"] for row in second["items"]] == ["Alpha"]


def test_a_merged_ticket_is_shown_where_it_is_asked_for(shelf: DeskUnderTest) -> None:
    """A list shows the ticket that goes on; the one that was merged into it only on demand."""
    agent = shelf.browser("agent")
    write(shelf, "Beta", merged_into="t_" + "0" * 26)
    try:
        assert found(agent, "") == "EDGA"
        assert found(agent, "tag=printer") == "A"
        assert found(agent, "merged=true") == "EDGBA"
        assert found(agent, "merged=true&tag=printer") == "BA"
    finally:
        write(shelf, "Beta", merged_into=None)


# Views


def test_everybody_has_the_built_in_views_with_counts(shelf: DeskUnderTest) -> None:
    """Each counts what it finds for the reader, in an order of its own."""
    agent = shelf.browser("agent")
    views = agent.get("/api/tickets/views?counts=true").json["items"]

    assert {view["id"]: view["count"] for view in views} == {
        "mine": 1,
        "unassigned": 3,
        "all_open": 4,
        "pending": 1,
        "snoozed": 1,
        "breached": 1,
        "solved": 1,
    }
    for view in views:
        assert len(found(agent, f"view={view['id']}")) == view["count"]
        assert (view["built_in"], view["changeable"], view["more"]) == (True, False, False)


def test_a_count_costs_a_read_a_view(shelf: DeskUnderTest) -> None:
    """Seven built-in views are counted at seven reads beside the session's two and the two lists."""
    agent = shelf.browser("agent")
    agent.get("/api/tickets/")
    shelf.counts.reset()

    agent.get("/api/tickets/views?counts=true")

    assert (shelf.counts.reads, shelf.counts.writes) == (2 + 2 + 7, 0)
