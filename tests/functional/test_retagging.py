"""A tag of a mailbox gets another name, or goes: on its tickets, in its rules and shared views."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared.domain.people import USERS
from shared.services.rules import rule_book
from shared.services.tagging import retagging
from tests.desk import SALES, SUPPORT, DeskUnderTest, mail
from tests.functional.test_disconnecting import disconnect
from tests.functional.test_known_tags import tag


@pytest.fixture
def desk(desk: DeskUnderTest) -> DeskUnderTest:
    """Give a desk with two mailboxes, led by one supervisor."""
    desk.connect(SUPPORT, "agent", "supervisor")
    desk.connect(SALES, "supervisor")
    return desk


def where(desk: DeskUnderTest, address: str = SUPPORT) -> str:
    """Return where the tags of a mailbox are changed."""
    return f"/api/admin/mailboxes/{desk.mailboxes[address]}/tags"


def retag(
    desk: DeskUnderTest, name: str, into: str | None, role: str = "supervisor", **more: Any
) -> TestResponse:
    """Ask for another name, or none."""
    return desk.browser(role).send("POST", where(desk), {"tag": name, "into": into}, **more)


def tagged(desk: DeskUnderTest, subject: str, *tags: str, to: str = SUPPORT) -> str:
    """Let a mail arrive and put tags on its ticket; return the ticket's id."""
    desk.deliver(mail(subject, to=to), to=to)
    supervisor = desk.browser("supervisor")
    [row] = [
        one for one in supervisor.get("/api/tickets/").json["items"] if one["subject"] == subject
    ]
    tag(supervisor, row, *tags)
    return str(row["id"])


def tags_of(desk: DeskUnderTest, ticket_id: str) -> list[str]:
    """Return the tags of a ticket."""
    found: list[str] = desk.documents("tickets")[ticket_id]["tags"]
    return found


def rule(desk: DeskUnderTest, **body: Any) -> str:
    """Write a rule of the first mailbox; return where it stands."""
    new = {"name": "A rule", "when": ["ticket_created"]} | body
    path = f"/api/admin/mailboxes/{desk.mailboxes[SUPPORT]}/rules"
    answer = desk.browser("supervisor").send("POST", path, new)
    assert answer.status_code == 201, answer.data
    return f"{path}/{answer.json['id']}"


def close(desk: DeskUnderTest, ticket_id: str) -> None:
    """Close a ticket."""
    desk.app().store.transact(lambda tx: tx.update("tickets", ticket_id, {"state": "closed"}))


def test_two_spellings_become_one_on_closed_tickets_too(desk: DeskUnderTest) -> None:
    """More than one step of them; another mailbox's stay; each timeline tells it, and no rule starts."""
    many = [tagged(desk, f"Printer {n}", "druck") for n in range(retagging._TICKETS + 1)]
    both = tagged(desk, "Both", "druck", "print")
    other = tagged(desk, "Elsewhere", "druck", to=SALES)
    close(desk, many[0])
    rule(desk, when=["ticket_changed"], actions={"add_tags": ["chased"]})

    begun = retag(desk, " DRUCK ", "Print")
    assert (begun.status_code, begun.json["state"]) == (202, "queued")
    desk.settle()

    assert all(tags_of(desk, id) == ["print"] for id in [*many, both])
    assert tags_of(desk, other) == ["druck"]
    [done] = desk.browser("supervisor").get(where(desk)).json["items"]
    assert (done["state"], done["tag"], done["into"]) == ("done", "druck", "print")
    assert (done["tickets"], done["rules"], done["views"]) == (len(many) + 1, 0, 0)
    opened = desk.browser("agent").get(f"/api/content/tickets/{many[1]}").json
    assert opened["timeline"][-1]["changes"] == [
        {"field": "tags", "before": "druck", "after": "print"}
    ]
    told = [e for e in desk.audit() if e["action"] == "tag.changed"]
    assert [one["changes"] for one in told] == [
        [{"field": "tag", "before": "druck", "after": "print"}]
    ]


def test_rules_and_shared_views_go_along(desk: DeskUnderTest) -> None:
    """What sets, removes or looks for the tag does so by its new name; one's own views are one's own."""
    looks = {"field": "tag", "operator": "is", "values": ["Druck", "vip"]}
    path = rule(
        desk, conditions=[looks], actions={"add_tags": ["druck", "a"], "remove_tags": ["b"]}
    )
    supervisor = desk.browser("supervisor")
    shared = {
        "name": "Printing",
        "filters": {"tag": "druck"},
        "mailbox_id": desk.mailboxes[SUPPORT],
    }
    own = {"name": "Mine", "filters": {"tag": "druck"}}
    views = [supervisor.send("POST", "/api/tickets/views", new).json["id"] for new in (shared, own)]
    assert retag(desk, "druck", "print").status_code == 202
    desk.settle()

    found = supervisor.get(path).json
    assert found["conditions"][0]["values"] == ["print", "vip"]
    assert found["actions"]["add_tags"] == ["a", "print"]
    rows = {one["id"]: one for one in supervisor.get("/api/tickets/views").json["items"]}
    assert [rows[id]["filters"]["tag"] for id in views] == ["print", "druck"]
    [done] = supervisor.get(where(desk)).json["items"]
    assert (done["rules"], done["views"]) == (1, 1)
    later = tagged(desk, "After that", "vip")
    assert "druck" not in tags_of(desk, later)


def test_a_tag_goes_and_no_rule_brings_it_back(desk: DeskUnderTest) -> None:
    """A rule that did nothing else is switched off; one that did more goes on without it."""
    only = rule(desk, actions={"add_tags": ["druck"]})
    more = rule(desk, actions={"add_tags": ["druck"], "priority": "high"})
    desk.deliver(mail("One"))
    [ticket_id] = desk.documents("tickets")
    assert tags_of(desk, ticket_id) == ["druck"]

    assert retag(desk, "druck", None).status_code == 202
    desk.settle()
    desk.clock.advance(31)  # type: ignore[attr-defined]  # until every instance has read the rules anew
    desk.deliver(mail("Two"))

    assert [one["tags"] for one in desk.documents("tickets").values()] == [[], []]
    supervisor = desk.browser("supervisor")
    assert supervisor.get(only).json["enabled"] is False
    kept = supervisor.get(more).json
    assert (kept["enabled"], kept["actions"]["add_tags"]) == (True, [])
    assert kept["actions"]["priority"] == "high"


def test_one_at_a_time_once(desk: DeskUnderTest) -> None:
    """Two that run against each other would never end; the same request twice is one."""
    tagged(desk, "Printer", "druck")
    first = retag(desk, "druck", "print", idempotency_key="a1")
    assert retag(desk, "druck", "print", idempotency_key="a1").json["id"] == first.json["id"]
    back = retag(desk, "print", "druck")
    assert (back.status_code, back.json["code"]) == (409, "tag.changing")
    desk.settle()
    assert retag(desk, "print", "druck").status_code == 202


@pytest.mark.parametrize(
    ("name", "into", "code"),
    [
        ("druck", "DRUCK ", "tag.same"),
        ("druck", "a,b", "ticket.tag_invalid"),
        ("druck", "", "ticket.tag_invalid"),
        ("x" * 41, "druck", "ticket.tag_invalid"),
    ],
)
def test_what_is_no_tag_is_refused(desk: DeskUnderTest, name: str, into: str, code: str) -> None:
    """With a code that says why, and nothing is begun."""
    answer = retag(desk, name, into)
    assert (answer.status_code, answer.json["code"]) == (400, code)
    assert desk.browser("supervisor").get(where(desk)).json["items"] == []


def test_who_leads_the_mailbox_no_more_ends_it(desk: DeskUnderTest) -> None:
    """Asked again before each step: the rest keeps its tag, and that is said."""
    ticket_id = tagged(desk, "Printer", "druck")
    supervisor = desk.browser("supervisor")
    assert retag(desk, "druck", "print").status_code == 202
    user_id = next(id for id, d in desk.documents(USERS).items() if d["role"] == "supervisor")
    desk.app().store.transact(lambda tx: tx.update(USERS, user_id, {"mailbox_ids": []}))
    desk.settle()

    assert tags_of(desk, ticket_id) == ["druck"]
    everywhere = [desk.mailboxes[SUPPORT]]
    desk.app().store.transact(lambda tx: tx.update(USERS, user_id, {"mailbox_ids": everywhere}))
    [ended] = supervisor.get(where(desk)).json["items"]
    assert (ended["state"], ended["failure"]) == ("done", "permission.missing")


def test_erasing_a_customer_ends_no_renaming(
    desk: DeskUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exports of their mailboxes go; a renaming under way holds nothing of anybody, and goes on."""
    monkeypatch.setattr(retagging, "_TICKETS", 1)
    tickets = [tagged(desk, f"Printer {n}", "druck") for n in range(30)]
    customer = desk.documents("tickets")[tickets[0]]["customer_id"]
    desk.deliver(mail("Another", sender="Omar <omar@customers.example.net>"))
    other = next(id for id in desk.documents("customers") if id != customer)
    assert retag(desk, "druck", "print").status_code == 202
    path = f"/api/admin/privacy/customers/{other}/erase"
    assert desk.browser("administrator").send("POST", path).status_code == 202
    desk.settle()

    assert all(tags_of(desk, id) == ["print"] for id in tickets)
    [done] = desk.browser("supervisor").get(where(desk)).json["items"]
    assert (done["state"], done["tickets"]) == ("done", len(tickets))


def test_rules_that_would_not_fit_end_it(
    desk: DeskUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A longer name in many rules may be too much: nothing is half done, and it is said."""
    ticket_id = tagged(desk, "Printer", "druck")
    path = rule(desk, actions={"add_tags": ["druck"]})
    assert retag(desk, "druck", "print " * 6).status_code == 202
    monkeypatch.setattr(rule_book, "MAX_BYTES", 10)
    desk.settle()

    supervisor = desk.browser("supervisor")
    [ended] = supervisor.get(where(desk)).json["items"]
    assert (ended["state"], ended["failure"]) == ("done", "rule.too_many")
    assert tags_of(desk, ticket_id) == ["druck"]
    assert supervisor.get(path).json["actions"]["add_tags"] == ["druck"]


def test_a_disconnected_mailboxs_tags_are_forgotten(desk: DeskUnderTest) -> None:
    """What was renamed names its tags no more."""
    tagged(desk, "Printer", "druck")
    retag(desk, "druck", "print")
    desk.settle()
    assert disconnect(desk).status_code == 204
    desk.settle()
    assert "druck" not in str(desk.documents("jobs"))
