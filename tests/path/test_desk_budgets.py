"""What an agent's steps read, write and ask of Gmail: the budgets of DESIGN §11, counted.

The same numbers at 100 and at 20,000 tickets, so no step costs more in an old desk than in a young one.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import SUPPORT, DeskBrowser, DeskUnderTest, mail
from tests.path.crowd import MANY, NORA, Counted, counting
from tests.stopped_clock import StoppedClock

PAGE = 50


@pytest.fixture(scope="module")
def agent(crowded: DeskUnderTest) -> DeskBrowser:
    """Give an agent's browser whose session, mailbox key and access token are warm."""
    browser = crowded.browser("agent")
    browser.get("/api/tickets/")
    browser.get("/api/content/search?q=warm")
    return browser


@pytest.fixture(scope="module")
def talk(crowded: DeskUnderTest) -> str:
    """Give a ticket of ten messages, whose bodies are in the cache."""
    for number in range(10):
        headers = {"message_id": f"<talk{number}@x.example.net>"}
        if number:
            headers["in_reply_to"] = headers["references"] = "<talk0@x.example.net>"
        thread = crowded.sandbox.messages(SUPPORT)[0]["threadId"] if number else None
        raw = mail("Long talk", sender=NORA, **headers)
        gmail_id = crowded.sandbox.deliver(SUPPORT, raw, thread_id=thread)["id"]
        event = {"mailbox_id": crowded.mailboxes[SUPPORT], "gmail_id": gmail_id}
        crowded.push("create_ticket", event)
    crowded.settle()
    [id] = [id for id, t in crowded.documents("tickets").items() if t["message_count"] == 10]
    return id


def asking(desk: DeskUnderTest, browser: DeskBrowser, path: str) -> tuple[Counted, Any]:
    """Return what a GET costs, and its answer."""
    answers = []
    counted = counting(desk, lambda: answers.append(browser.get(path)))
    assert answers[0].status_code == 200, answers[0].json
    return counted, answers[0].json


@pytest.mark.parametrize(
    "query", ["", "&state=new", "&state=new,open&assignee=none", "&state=new,open,pending,on_hold"]
)
def test_a_page_of_50_tickets(crowded: DeskUnderTest, agent: DeskBrowser, query: str) -> None:
    """50 + 2 reads, whatever of the filter an index knows; nothing written, Gmail not asked."""
    counted, page = asking(crowded, agent, f"/api/tickets/?limit={PAGE}{query}")

    assert len(page["items"]) == PAGE
    assert counted == ((PAGE + 2, 0, 0), {})


def test_the_page_after_it(crowded: DeskUnderTest, agent: DeskBrowser) -> None:
    """A page costs the same wherever it begins."""
    cursor = agent.get("/api/tickets/?limit=40").json["next"]

    counted, page = asking(crowded, agent, f"/api/tickets/?limit=40&cursor={cursor}")

    assert len(page["items"]) == 40
    assert counted == ((40 + 2, 0, 0), {})


def test_a_page_of_a_view(crowded: DeskUnderTest, agent: DeskBrowser) -> None:
    """A built-in view is a filter like any other."""
    counted, page = asking(crowded, agent, "/api/tickets/?limit=50&view=unassigned")

    assert len(page["items"]) == PAGE
    assert counted == ((PAGE + 2, 0, 0), {})


def test_the_counts_of_views(crowded: DeskUnderTest, agent: DeskBrowser) -> None:
    """A count stops at 999 and says that there are more: two reads a view, however many tickets there are."""
    ((reads, writes, published), calls), found = asking(
        crowded, agent, "/api/tickets/views?counts=true"
    )

    counts = {row["id"]: (row["count"], row["more"]) for row in found["items"]}
    number = len(crowded.documents("tickets"))
    assert counts["all_open"] == ((999, True) if number > MANY else (number, False))
    assert counts["solved"] == (0, False)
    assert reads <= 2 + 2 + 2 * len(counts)
    assert (writes, published, calls) == (0, 0, {})


def test_a_search(crowded: DeskUnderTest, agent: DeskBrowser) -> None:
    """At most 50 + 4 reads and one messages.list a mailbox, though every ticket has the word."""
    counted, found = asking(crowded, agent, "/api/content/search?q=customers")

    assert found["more"] is True
    assert len(found["items"]) >= PAGE // 2
    (reads, writes, published), calls = counted
    assert reads <= PAGE + 4
    assert (writes, published, calls) == (0, 0, {"messages.list": 1})


def test_a_search_by_code(crowded: DeskUnderTest, agent: DeskBrowser, talk: str) -> None:
    """Session, person, code and ticket; Gmail is not asked."""
    code = crowded.documents("tickets")[talk]["code"]

    counted, found = asking(crowded, agent, f"/api/content/search?q={code}")

    assert [hit["ticket"]["id"] for hit in found["items"]] == [talk]
    assert counted == ((4, 0, 0), {})


def test_a_feed_without_news(crowded: DeskUnderTest, agent: DeskBrowser) -> None:
    """3 reads: session, person and a query that finds nothing."""
    assert isinstance(crowded.clock, StoppedClock)
    crowded.clock.advance(60)
    cursor = agent.get("/api/tickets/feed").json["next"]

    counted, page = asking(crowded, agent, f"/api/tickets/feed?cursor={cursor}")

    assert page["items"] == []
    assert counted == ((3, 0, 0), {})


def test_opening_a_ticket_of_ten(crowded: DeskUnderTest, agent: DeskBrowser, talk: str) -> None:
    """Cached: at most 28 reads and 2 writes, and the trace's event is published; Gmail is not asked."""
    counted, page = asking(crowded, agent, f"/api/content/tickets/{talk}")

    assert {m["body_state"] for m in page["messages"]} == {"here"}
    assert counted == ((28, 2, 1), {})
    again, _ = asking(crowded, agent, f"/api/content/tickets/{talk}")
    assert again == ((27, 0, 0), {})


def test_opening_a_ticket_that_is_not_cached(crowded: DeskUnderTest, talk: str) -> None:
    """Three messages are fetched, and no more."""
    assert isinstance(crowded.clock, StoppedClock)
    crowded.clock.advance(24 * 3600)
    browser = crowded.browser("agent")
    browser.get("/api/content/search?q=warm")

    (_, calls), page = asking(crowded, browser, f"/api/content/tickets/{talk}")

    states = [m["body_state"] for m in page["messages"]]
    assert states == ["folded"] * 7 + ["here"] * 3
    assert calls == {"messages.get": 3}
