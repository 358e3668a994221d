"""Who else has a ticket open or is typing, within seconds."""

from __future__ import annotations

from typing import Any

import pytest

from shared import ids
from tests.desk import SALES, DeskUnderTest, mail
from tests.stopped_clock import StoppedClock


@pytest.fixture
def path(desk: DeskUnderTest) -> str:
    """Let one mail arrive; give where presence at its ticket is told."""
    desk.connect()
    desk.deliver(mail())
    [ticket] = desk.tickets()
    return f"/api/tickets/{ticket['id']}/presence"


def user_id(desk: DeskUnderTest, role: str) -> str:
    """Return the id of one of the desk's people."""
    return ids.derived_id(ids.USER, "demo", desk.people[role][0])


def later(desk: DeskUnderTest, seconds: float) -> None:
    """Let time pass."""
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(seconds)


def told(answer: Any) -> list[tuple[str, bool]]:
    """Return who is there, and whether they type."""
    return [(one["user_id"], one["typing"]) for one in answer.json["others"]]


def test_two_people_at_a_ticket_hear_of_each_other(desk: DeskUnderTest, path: str) -> None:
    """Nobody hears of themselves; typing shows with the next beat."""
    agent, supervisor = desk.browser("agent"), desk.browser("supervisor")

    alone = agent.send("POST", path, {"typing": False})
    first = supervisor.send("POST", path, {"typing": True})
    second = agent.send("POST", path, {"typing": False})

    assert told(alone) == []
    assert told(first) == [(user_id(desk, "agent"), False)]
    assert told(second) == [(user_id(desk, "supervisor"), True)]


def test_who_leaves_is_gone_and_who_is_cut_off_is_forgotten(desk: DeskUnderTest, path: str) -> None:
    """At once, and after 25 seconds without a beat."""
    agent, supervisor = desk.browser("agent"), desk.browser("supervisor")
    agent.send("POST", path, {})
    viewer = desk.browser("viewer")
    viewer.send("POST", path, {})

    assert agent.send("DELETE", path).status_code == 204
    left = told(supervisor.send("POST", path, {}))
    later(desk, 26)
    after = told(supervisor.send("POST", path, {}))

    assert left == [(user_id(desk, "viewer"), False)]
    assert after == []


def test_a_page_that_stays_open_writes_every_ten_seconds(desk: DeskUnderTest, path: str) -> None:
    """However often it asks; who begins to type is told of at once. `since` stays."""
    agent, supervisor = desk.browser("agent"), desk.browser("supervisor")
    agent.send("POST", path, {})
    since = supervisor.send("POST", path, {}).json["others"][0]["since"]
    desk.counts.reset()

    for _ in range(10):
        later(desk, 2)
        agent.send("POST", path, {})
    steady = desk.counts.writes
    agent.send("POST", path, {"typing": True})

    assert steady == 2
    assert desk.counts.writes == 3
    assert supervisor.send("POST", path, {}).json["others"][0]["since"] == since


def test_the_list_shows_who_is_where(desk: DeskUnderTest, path: str) -> None:
    """In the mailboxes that one may see, oneself left out."""
    desk.connect(SALES, "supervisor")
    desk.deliver(mail(to=SALES), to=SALES)
    [sales] = [t for t in desk.tickets() if t["mailbox_id"] == desk.mailboxes[SALES]]
    agent, supervisor = desk.browser("agent"), desk.browser("supervisor")
    agent.send("POST", path, {"typing": True})
    supervisor.send("POST", f"/api/tickets/{sales['id']}/presence", {})

    seen_by_supervisor = supervisor.get("/api/tickets/presence")
    seen_by_agent = agent.get("/api/tickets/presence")

    assert told(seen_by_supervisor) == [(user_id(desk, "agent"), True)]
    assert told(seen_by_agent) == []


def test_nobody_is_there_who_may_not_see_the_ticket(desk: DeskUnderTest) -> None:
    """A ticket of another's mailbox is not there, for its presence neither."""
    desk.connect(SALES, "supervisor")
    desk.deliver(mail(to=SALES), to=SALES)
    [ticket] = desk.tickets("supervisor")
    path = f"/api/tickets/{ticket['id']}/presence"
    agent = desk.browser("agent")

    assert [agent.send(m, path, b).status_code for m, b in (("POST", {}), ("DELETE", None))] == [
        404,
        404,
    ]
    assert desk.documents("presence") == {}


def test_a_beat_costs_the_ticket_and_who_is_there(desk: DeskUnderTest, path: str) -> None:
    """Session and person, the ticket, one for each who is there; one write, or none."""
    agent, supervisor = desk.browser("agent"), desk.browser("supervisor")
    agent.send("POST", path, {})
    supervisor.send("POST", path, {})
    later(desk, 5)
    desk.counts.reset()

    agent.send("POST", path, {})

    assert (desk.counts.reads, desk.counts.writes, desk.counts.published) == (2 + 1 + 2, 0, 0)
