"""What people set on a ticket: priority, who works on it, tags, snooze, fields, followers."""

from __future__ import annotations

from typing import Any

import pytest

from local import seed
from shared import clock, ids
from tests.desk import SALES, SUPPORT, DeskBrowser, DeskUnderTest, mail
from tests.stopped_clock import StoppedClock


@pytest.fixture
def ticket(desk: DeskUnderTest) -> dict[str, Any]:
    """Let one mail arrive and give its ticket."""
    desk.connect()
    desk.deliver(mail(message_id="<1@customers.example.net>"))
    [ticket] = desk.tickets()
    return ticket


def patch(browser: DeskBrowser, ticket: dict[str, Any], **change: Any) -> Any:
    """Change a ticket against the version that `ticket` shows."""
    path = f"/api/tickets/{ticket['id']}"
    return browser.send("PATCH", path, change, if_match=f'"{ticket["version"]}"')


def user_id(desk: DeskUnderTest, role: str) -> str:
    """Return the id of one of the desk's people."""
    return ids.derived_id(ids.USER, "demo", desk.people[role][0])


def in_hours(desk: DeskUnderTest, hours: float) -> str:
    """Return a time from now on, as JSON has it."""
    return clock.to_text(clock.from_text(clock.to_text(desk.clock.now())) + hours * HOUR)


HOUR = clock.from_text("2026-01-01T01:00:00Z") - clock.from_text("2026-01-01T00:00:00Z")


def test_several_things_change_at_once_and_are_one_event(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Priority, assignee and tags come back changed; the log has one entry that says all."""
    agent = user_id(desk, "agent")

    answer = patch(
        desk.browser("agent"), ticket, priority="urgent", assignee_id=agent, tags=["printer"]
    )

    expected = {"priority": "urgent", "assignee_id": agent, "tags": ["printer"], "state": "open"}
    assert answer.json == ticket | expected | {"version": ticket["version"] + 1}
    desk.settle()
    [entry] = [e for e in desk.audit() if e["action"] == "ticket.state_changed"]
    assert {change["field"]: change["after"] for change in entry["changes"]} == expected | {
        "tags": "printer"
    }
    [row] = desk.documents("changes").values()
    assert (row["ticket_id"], row["user_id"]) == (ticket["id"], agent)


def test_a_ticket_is_given_back(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Null takes the assignee away; what is not named stays as it is."""
    agent = desk.browser("agent")
    given = patch(agent, ticket, assignee_id=user_id(desk, "agent"), priority="high").json

    back = patch(agent, given, assignee_id=None).json

    assert (back["assignee_id"], back["priority"], back["state"]) == (None, "high", "open")


@pytest.mark.parametrize("who", ["viewer", "auditor", "administrator", "outsider", "nobody"])
def test_only_who_may_work_on_a_ticket_gets_it(
    desk: DeskUnderTest, ticket: dict[str, Any], who: str
) -> None:
    """Somebody who may not change tickets of this mailbox, or who does not exist, is refused."""
    if who == "outsider":
        seed._create(desk.desk, "agent", "outsider@example.com", "a password")
        desk.people[who] = ("outsider@example.com", "a password")
    to = ids.random_id(ids.USER) if who == "nobody" else user_id(desk, who)

    answer = patch(desk.browser("agent"), ticket, assignee_id=to)

    assert (answer.status_code, answer.json["code"]) == (400, "ticket.assignee_invalid")
    assert desk.tickets() == [ticket]


def test_tags_have_one_spelling(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Case, spaces and composition do not make another tag; some are added and taken by name."""
    agent = desk.browser("agent")

    first = patch(agent, ticket, tags=["  Printer ", "PRINTER", "Cafe\u0301  bar", "عاجل"]).json
    then = patch(agent, first, add_tags=["Office"], remove_tags=["printer"]).json

    assert first["tags"] == ["café bar", "printer", "عاجل"]
    assert then["tags"] == ["café bar", "office", "عاجل"]


@pytest.mark.parametrize("tag", ["", "   ", "a,b", "x" * 41, "a\u202eb", "nul\x00"])
def test_what_is_no_tag_is_refused(desk: DeskUnderTest, ticket: dict[str, Any], tag: str) -> None:
    """Nothing, too much, a comma, and what cannot be seen."""
    answer = patch(desk.browser("agent"), ticket, tags=[tag])

    assert (answer.status_code, answer.json["code"]) == (400, "ticket.tag_invalid")


def test_a_ticket_has_at_most_twenty_tags(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """The twenty-first is refused, and none is added."""
    agent = desk.browser("agent")
    full = patch(agent, ticket, tags=[f"tag {number}" for number in range(20)]).json

    answer = patch(agent, full, add_tags=["one more"])

    assert (answer.status_code, answer.json["code"]) == (400, "ticket.too_many_tags")


def test_a_snoozed_ticket_wakes_when_the_customer_writes(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """An absence notice lets it sleep; a person's mail wakes it."""
    until = in_hours(desk, 24)
    snoozed = patch(desk.browser("agent"), ticket, snoozed_until=until).json
    assert snoozed["snoozed_until"] == until
    headers = {"in_reply_to": "<1@customers.example.net>"}

    desk.deliver(mail("Out of office", auto_submitted="auto-replied", **headers))
    asleep = desk.tickets()[0]["snoozed_until"]
    desk.deliver(mail("Re: The printer is on fire", "Still burning.", **headers))

    assert (asleep, desk.tickets()[0]["snoozed_until"]) == (until, None)


def test_a_snooze_is_ended_by_hand_and_by_solving(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Null wakes a ticket, and one that is solved sleeps no longer and cannot be put to sleep."""
    agent = desk.browser("agent")
    snoozed = patch(agent, ticket, snoozed_until=in_hours(desk, 1)).json

    woken = patch(agent, snoozed, snoozed_until=None).json
    again = patch(agent, woken, snoozed_until=in_hours(desk, 1)).json
    solved = patch(agent, again, state="solved").json
    refused = patch(agent, solved, snoozed_until=in_hours(desk, 1))

    assert (woken["snoozed_until"], solved["snoozed_until"]) == (None, None)
    assert (refused.status_code, refused.json["code"]) == (409, "ticket.is_done")


@pytest.mark.parametrize("hours", [0, -1, 24 * 400])
def test_a_snooze_ends_in_the_future_and_within_a_year(
    desk: DeskUnderTest, ticket: dict[str, Any], hours: float
) -> None:
    """A time that is past, or that nobody will remember, is refused."""
    answer = patch(desk.browser("agent"), ticket, snoozed_until=in_hours(desk, hours))

    assert (answer.status_code, answer.json["code"]) == (400, "ticket.snooze_invalid")


# Fields of the organisation's own


def new_field(desk: DeskUnderTest, kind: str, **more: Any) -> dict[str, Any]:
    """Let an administrator add a field."""
    body = {"name": f"A {kind}", "kind": kind} | more
    answer = desk.browser("administrator").send("POST", "/api/admin/custom_fields", body)
    assert answer.status_code == 201, answer.data
    return dict(answer.json)


def test_values_of_every_kind_are_filled_in(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """They come back as they are, are told by id only, and stand nowhere in clear."""
    values: dict[str, Any] = {
        new_field(desk, "text")["id"]: "Order 7731",
        new_field(desk, "number")["id"]: 12.5,
        new_field(desk, "date")["id"]: "2026-12-25",
        new_field(desk, "choice", choices=["red", "green"])["id"]: "green",
        new_field(desk, "checkbox")["id"]: False,
    }
    agent = desk.browser("agent")

    answer = patch(agent, ticket, fields=values)
    again = patch(agent, answer.json, fields=values)

    opened = agent.get(f"/api/tickets/{ticket['id']}").json
    assert opened["fields"] == values
    assert again.json["version"] == answer.json["version"] == ticket["version"] + 1
    desk.settle()
    [entry] = [e for e in desk.audit() if e["action"] == "ticket.changed"]
    assert sorted(c["after"] for c in entry["changes"]) == sorted(values)
    assert "Order 7731" not in str(desk.documents("tickets")) + str(desk.documents("changes"))


def test_a_value_is_taken_away_and_the_others_stay(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Null empties one field."""
    one, other = new_field(desk, "text")["id"], new_field(desk, "text")["id"]
    agent = desk.browser("agent")
    filled = patch(agent, ticket, fields={one: "a", other: "b"}).json

    patch(agent, filled, fields={one: None})

    assert agent.get(f"/api/tickets/{ticket['id']}").json["fields"] == {other: "b"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", ""),
        ("text", 7),
        ("text", "nul\x00"),
        ("text", "half \ud83d"),
        ("text", "x" * 1001),
        ("number", "7"),
        ("number", True),
        ("number", 10**400),
        ("date", "25.12.2026"),
        ("date", "2026-13-01"),
        ("choice", "blue"),
        ("checkbox", "yes"),
        ("checkbox", 1),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(
    desk: DeskUnderTest, ticket: dict[str, Any], kind: str, value: object
) -> None:
    """The answer names the field, and nothing else of the change is made."""
    more = {"choices": ["red"]} if kind == "choice" else {}
    field = new_field(desk, kind, **more)["id"]

    answer = patch(desk.browser("agent"), ticket, priority="low", fields={field: value})

    assert (answer.status_code, answer.json["code"]) == (400, "custom_field.value_invalid")
    assert answer.json["params"] == {"field": field, "kind": kind}
    assert desk.tickets() == [ticket]


def test_a_field_that_is_put_away_keeps_its_values(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """It takes no new one, but the old one is still shown and can be taken away."""
    field = new_field(desk, "text")
    agent = desk.browser("agent")
    filled = patch(agent, ticket, fields={field["id"]: "kept"}).json
    path = f"/api/admin/custom_fields/{field['id']}"
    away = desk.browser("administrator").send("PATCH", path, {"active": False}, if_match='"1"')
    assert (away.status_code, away.json["active"]) == (200, False)

    refused = patch(agent, filled, fields={field["id"]: "new"})
    shown = agent.get(f"/api/tickets/{ticket['id']}").json["fields"]
    emptied = patch(agent, filled, fields={field["id"]: None})

    assert (refused.status_code, refused.json["code"]) == (404, "custom_field.not_found")
    assert (shown, emptied.status_code) == ({field["id"]: "kept"}, 200)


def test_a_field_made_twice_with_one_key_is_one(desk: DeskUnderTest) -> None:
    """A request that is sent again answers with what the first one made."""
    admin = desk.browser("administrator")
    body = {"name": "Order", "kind": "text"}

    answers = [
        admin.send("POST", "/api/admin/custom_fields", body, idempotency_key="k1") for _ in "12"
    ]

    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert len(admin.get("/api/admin/custom_fields").json["items"]) == 1
    assert desk.browser("agent").get("/api/tickets/fields").json["items"] == [answers[0].json]


# Teams


def test_a_ticket_is_given_to_a_team(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Administrators make teams; agents see them and give tickets to them, while they are active."""
    admin = desk.browser("administrator")
    members = sorted([user_id(desk, "agent"), user_id(desk, "supervisor")])
    body = {"name": "Second line", "member_ids": members}
    team = admin.send("POST", "/api/admin/teams", body).json
    agent = desk.browser("agent")

    given = patch(agent, ticket, team_id=team["id"]).json
    path = f"/api/admin/teams/{team['id']}"
    admin.send("PATCH", path, {"active": False, "member_ids": []}, if_match='"1"')
    refused = patch(agent, given, team_id=team["id"])

    assert (given["team_id"], team["member_ids"]) == (team["id"], members)
    assert (refused.status_code, refused.json["code"]) == (404, "team.not_found")
    [listed] = agent.get("/api/tickets/teams").json["items"]
    assert (listed["active"], listed["version"]) == (False, 2)
    desk.settle()
    [entry] = [e for e in desk.audit() if e["action"] == "team.changed"]
    assert [c["before"] for c in entry["changes"]] == [*members, "True"]


def test_a_team_has_no_member_that_does_not_exist(desk: DeskUnderTest) -> None:
    """Ids that name nobody are refused."""
    body = {"name": "Ghosts", "member_ids": [ids.random_id(ids.USER)]}

    answer = desk.browser("administrator").send("POST", "/api/admin/teams", body)

    assert (answer.status_code, answer.json["code"]) == (404, "user.not_found")


# Following


def test_a_ticket_is_followed_and_no_more(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Also by who may only read; twice is once."""
    viewer = desk.browser("viewer")
    path = f"/api/tickets/{ticket['id']}"

    statuses = [viewer.send("POST", f"{path}/follow").status_code for _ in range(2)]
    followed = viewer.get(path).json
    viewer.send("DELETE", f"{path}/follow")

    assert statuses == [204, 204]
    assert followed["ticket"]["followers"] == [user_id(desk, "viewer")]
    assert followed["ticket"]["version"] == ticket["version"] + 1
    assert viewer.get(path).json["ticket"]["followers"] == []


def test_a_ticket_of_anothers_mailbox_is_not_there(desk: DeskUnderTest) -> None:
    """It can be neither changed nor followed by somebody who is no member."""
    desk.connect(SUPPORT)
    desk.connect(SALES, "supervisor")
    desk.deliver(mail(to=SALES), to=SALES)
    [ticket] = desk.tickets("supervisor")
    agent = desk.browser("agent")

    changed = patch(agent, ticket, priority="low")
    followed = agent.send("POST", f"/api/tickets/{ticket['id']}/follow")

    assert (changed.status_code, followed.status_code) == (404, 404)
    assert isinstance(desk.clock, StoppedClock)


def test_a_change_costs_the_same_whatever_the_desk_holds(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Session, person, and the ticket twice; the ticket, its timeline's row and the event."""
    agent = desk.browser("agent")
    ticket = patch(agent, ticket, priority="low").json
    for number in range(3):
        desk.deliver(mail(f"Another {number}"))
    desk.counts.reset()

    patch(agent, ticket, priority="high")

    assert (desk.counts.reads, desk.counts.writes, desk.counts.published) == (2 + 2, 3, 1)
