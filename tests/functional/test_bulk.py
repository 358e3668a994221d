"""One change to many tickets at once."""

from __future__ import annotations

from typing import Any

from tests.desk import SALES, DeskBrowser, DeskUnderTest, mail


def bulk(browser: DeskBrowser, tickets: list[dict[str, Any]], **change: Any) -> Any:
    """Change these tickets in one way."""
    return browser.send("POST", "/api/tickets/bulk", {"tickets": tickets, "change": change})


def seen(ticket: dict[str, Any]) -> dict[str, Any]:
    """Name a ticket with the version that it shows."""
    return {"id": ticket["id"], "version": ticket["version"]}


def three(desk: DeskUnderTest) -> list[dict[str, Any]]:
    """Let three mails arrive; return their tickets."""
    desk.connect()
    for number in range(3):
        desk.deliver(mail(f"Number {number}"))
    return desk.tickets()


def test_each_ticket_is_changed_and_recorded_on_its_own(desk: DeskUnderTest) -> None:
    """Three tickets, three versions, three events."""
    tickets = three(desk)

    answer = bulk(desk.browser("agent"), [seen(t) for t in tickets], state="solved", add_tags=["x"])

    assert answer.status_code == 200
    assert [(i["id"], i["outcome"], i["version"]) for i in answer.json["items"]] == [
        (t["id"], "done", t["version"] + 1) for t in tickets
    ]
    assert {(t["state"], *t["tags"]) for t in desk.tickets()} == {("solved", "x")}
    desk.settle()
    assert len([e for e in desk.audit() if e["action"] == "ticket.state_changed"]) == 3


def test_each_ticket_says_why_it_was_not_changed(desk: DeskUnderTest) -> None:
    """One that changed meanwhile, one of another's mailbox, one that refuses; the others are done."""
    stale, full, fine = three(desk)
    supervisor = desk.browser("supervisor")
    desk.connect(SALES, "supervisor")
    desk.deliver(mail("Hidden", to=SALES), to=SALES)
    [hidden] = [t for t in desk.tickets() if t["subject"] == "Hidden"]
    bulk(supervisor, [seen(stale)], priority="high")
    bulk(supervisor, [seen(full)], tags=[str(number) for number in range(20)])

    items = bulk(
        desk.browser("agent"),
        [seen(stale), seen(hidden), {"id": full["id"]}, seen(fine)],
        add_tags=["one more"],
    ).json["items"]

    assert [(i["outcome"], i["code"]) for i in items] == [
        ("stale", "ticket.changed_meanwhile"),
        ("not_found", "ticket.not_found"),
        ("refused", "ticket.too_many_tags"),
        ("done", None),
    ]
    assert items[0]["version"] == stale["version"] + 1


def test_the_same_request_again_changes_nothing(desk: DeskUnderTest) -> None:
    """An answer that was lost on its way is had again, with the versions of the first time."""
    tickets = three(desk)
    agent = desk.browser("agent")
    first = bulk(agent, [seen(t) for t in tickets], state="pending")
    desk.settle()
    recorded = len(desk.audit())

    second = bulk(agent, [seen(t) for t in tickets], state="pending")
    desk.settle()

    assert second.json == first.json
    assert len(desk.audit()) == recorded


def test_what_is_no_id_is_not_found(desk: DeskUnderTest) -> None:
    """Whatever stands there, the others are done."""
    tickets = three(desk)
    strange = [{"id": id} for id in ("", "a/b", "\ud83d", "t_" + "0" * 26)]

    items = bulk(desk.browser("agent"), [*strange, seen(tickets[0])], state="open").json["items"]

    assert [item["outcome"] for item in items] == ["not_found"] * 4 + ["done"]


def test_a_bulk_has_a_most(desk: DeskUnderTest) -> None:
    """A hundred and one tickets are refused, and so is none."""
    agent = desk.browser("agent")
    ids = [{"id": f"t_{number:026d}"} for number in range(101)]

    answers = [bulk(agent, some, state="open") for some in (ids, [])]

    assert [a.json["code"] for a in answers] == ["request.invalid_member"] * 2
