"""The tags that are in use, as the page offers and manages them."""

from __future__ import annotations

from tests.desk import DeskBrowser, DeskUnderTest, mail


def tag(browser: DeskBrowser, ticket: dict[str, object], *tags: str) -> None:
    """Put tags on a ticket."""
    answer = browser.send(
        "PATCH",
        f"/api/tickets/{ticket['id']}",
        {"add_tags": list(tags)},
        if_match=f'"{ticket["version"]}"',
    )
    assert answer.status_code == 200, answer.data


def test_tags_are_listed_with_how_many_have_them(desk: DeskUnderTest) -> None:
    """In order, each once, of the mailboxes that one may see and of no other."""
    desk.connect("support@example.com", "agent")
    desk.connect("sales@example.com", "supervisor")
    for number in range(3):
        desk.deliver(mail(f"Support {number}", to="support@example.com"))
    desk.deliver(mail("Sales", to="sales@example.com"), to="sales@example.com")
    agent, supervisor = desk.browser("agent"), desk.browser("supervisor")
    first, second, _ = agent.get("/api/tickets/").json["items"]
    tag(agent, first, "printer", "urgent")
    tag(agent, second, "printer")
    tag(supervisor, supervisor.get("/api/tickets/").json["items"][0], "order")

    assert agent.get("/api/tickets/tags").json == {
        "items": [{"tag": "printer", "tickets": 2}, {"tag": "urgent", "tickets": 1}],
        "looked_at": 3,
    }
    sales = desk.mailboxes["sales@example.com"]
    assert agent.get(f"/api/tickets/tags?mailbox_id={sales}").status_code == 404
    found = supervisor.get(f"/api/tickets/tags?mailbox_id={sales}").json["items"]
    assert [one["tag"] for one in found] == ["order"]
