"""Rules of a mailbox: written by who leads it, applied once, in order, and never in a circle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.desk import SUPPORT, DeskBrowser, DeskUnderTest, mail
from tests.replying import passes, replied

INVOICES = {
    "name": "Invoices go to billing",
    "when": ["ticket_created"],
    "conditions": [{"field": "subject", "operator": "contains", "values": ["invoice", "فاتورة"]}],
    "actions": {"priority": "high", "add_tags": ["Invoice"]},
}


@pytest.fixture
def path(desk: DeskUnderTest) -> str:
    """Connect a mailbox and give the path of its rules."""
    return f"/api/admin/mailboxes/{desk.connect()}/rules"


def make(
    desk: DeskUnderTest, path: str, rule: Mapping[str, Any] | None = None, **members: Any
) -> str:
    """Let the supervisor make a rule; return its id when every instance knows it."""
    answer = desk.browser("supervisor").send("POST", path, {**(rule or INVOICES), **members})
    assert answer.status_code == 201, answer.data
    desk.settle()
    desk.clock.advance(31)  # type: ignore[attr-defined] # instances remember rules for 30 s
    id: str = answer.json["id"]
    return id


def the_ticket(desk: DeskUnderTest) -> dict[str, Any]:
    """Return the only ticket as the supervisor sees it."""
    [ticket] = desk.tickets()
    return ticket


def applied(desk: DeskUnderTest) -> list[dict[str, Any]]:
    """Return the audit entries of rules that were applied."""
    return [entry for entry in desk.audit() if entry["action"] == "rule.applied"]


def version(browser: DeskBrowser, path: str) -> str:
    """Return the If-Match of the list as it is."""
    return f'"{browser.get(path).json["version"]}"'


# Applying


def test_a_rule_changes_the_ticket_and_says_so(desk: DeskUnderTest, path: str) -> None:
    """The ticket is as the rule says, and log and timeline name the rule."""
    rule_id = make(desk, path)

    desk.deliver(mail("Your INVOICE 17"))
    desk.settle()

    ticket = the_ticket(desk)
    assert (ticket["priority"], ticket["tags"]) == ("high", ["invoice"])
    [entry] = applied(desk)
    assert entry["reason"] == rule_id
    assert {c["field"]: c["after"] for c in entry["changes"]} == {
        "priority": "high",
        "tags": "invoice",
    }
    rows = [r for r in desk.documents("changes").values() if r["action"] == "rule.applied"]
    assert [(r["ticket_id"], r["reason"]) for r in rows] == [(ticket["id"], rule_id)]


def test_what_does_not_match_stays(desk: DeskUnderTest, path: str) -> None:
    """No change, no event, no write."""
    make(desk, path)

    desk.deliver(mail("The printer is on fire"))

    assert the_ticket(desk)["tags"] == []
    assert applied(desk) == []
    assert desk.documents("rule_runs") == {}


@pytest.mark.parametrize(
    ("condition", "matches"),
    [
        ({"field": "subject", "operator": "contains", "values": ["ON FIRE"]}, True),
        ({"field": "subject", "operator": "contains_not", "values": ["fire"]}, False),
        ({"field": "subject", "operator": "is", "values": ["the printer is on fire"]}, True),
        ({"field": "sender", "operator": "is", "values": ["Nora@Customers.example.net"]}, True),
        ({"field": "sender_domain", "operator": "is", "values": ["customers.example.net"]}, True),
        ({"field": "sender_domain", "operator": "is_not", "values": ["example.com"]}, True),
        ({"field": "recipient", "operator": "is", "values": [SUPPORT]}, True),
        ({"field": "attachment", "operator": "is", "values": ["yes"]}, False),
        ({"field": "kind", "operator": "is", "values": ["human"]}, True),
        ({"field": "state", "operator": "is", "values": ["new", "open"]}, True),
        ({"field": "priority", "operator": "is_not", "values": ["normal"]}, False),
        ({"field": "assignee", "operator": "is", "values": [""]}, True),
        ({"field": "tag", "operator": "is", "values": ["vip"]}, False),
    ],
)
def test_each_field_can_be_asked_for(
    desk: DeskUnderTest, path: str, condition: dict[str, Any], matches: bool
) -> None:
    """Conditions compare whole values or parts, in any case of letters."""
    make(desk, path, conditions=[condition])

    desk.deliver(mail())

    assert (the_ticket(desk)["tags"] == ["invoice"]) is matches


def test_any_condition_is_enough_where_the_rule_says_so(desk: DeskUnderTest, path: str) -> None:
    """`any` needs one that holds, `all` needs every one."""
    conditions = [
        {"field": "subject", "operator": "contains", "values": ["printer"]},
        {"field": "subject", "operator": "contains", "values": ["window"]},
    ]
    make(desk, path, conditions=conditions, actions={"add_tags": ["all"]})
    make(desk, path, conditions=conditions, match="any", actions={"add_tags": ["any"]})

    desk.deliver(mail())

    assert the_ticket(desk)["tags"] == ["any"]


def test_rules_are_tried_in_order_on_what_those_before_left(desk: DeskUnderTest, path: str) -> None:
    """A later rule sees the tag of an earlier one; one that says stop ends the list."""
    tagged = [{"field": "tag", "operator": "is", "values": ["first"]}]
    make(desk, path, conditions=[], actions={"add_tags": ["first"], "state": "pending"})
    make(
        desk, path, conditions=tagged, actions={"add_tags": ["second"], "state": "open"}, stop=True
    )
    make(desk, path, conditions=[], actions={"add_tags": ["never"]})

    desk.deliver(mail())

    ticket = the_ticket(desk)
    assert (ticket["tags"], ticket["state"]) == (["first", "second"], "open")
    assert len(applied(desk)) == 2


def test_a_rule_writes_a_note_and_snoozes_and_gives_to_a_person(
    desk: DeskUnderTest, path: str
) -> None:
    """All that a person could do by hand, a rule does."""
    supervisor = desk.browser("supervisor").get("/api/session/").json["user"]["id"]
    make(
        desk,
        path,
        conditions=[],
        actions={"assignee_id": supervisor, "snooze_minutes": 60, "note": "Look it up first."},
    )

    desk.deliver(mail())

    ticket = the_ticket(desk)
    assert (ticket["assignee_id"], ticket["state"]) == (supervisor, "open")
    assert ticket["snoozed_until"] is not None
    notes = desk.browser("agent").get(f"/api/tickets/{ticket['id']}/notes").json["items"]
    assert [note["text"] for note in notes] == ["Look it up first."]


def test_spam_can_be_put_away_and_a_disabled_rule_does_nothing(
    desk: DeskUnderTest, path: str
) -> None:
    """A rule that is off is kept and passed over."""
    make(desk, path, conditions=[], actions={"state": "closed"}, enabled=False)
    make(desk, path, conditions=[], actions={"state": "spam"})

    desk.deliver(mail())

    assert the_ticket(desk)["state"] == "spam"
    assert len(applied(desk)) == 1


def test_a_message_in_a_known_ticket_is_an_event_of_its_own(desk: DeskUnderTest, path: str) -> None:
    """`message_received` is for every mail from outside that is not muted."""
    make(desk, path, when=["message_received"], conditions=[], actions={"add_tags": ["wrote"]})
    desk.deliver(mail("One", message_id="<1@x.example.net>"))
    ticket = the_ticket(desk)
    desk.browser("agent").send(
        "PATCH",
        f"/api/tickets/{ticket['id']}",
        {"remove_tags": ["wrote"]},
        if_match=f'"{ticket["version"]}"',
    )
    desk.settle()
    assert the_ticket(desk)["tags"] == []

    muted = mail(
        "Out of office",
        message_id="<2@x.example.net>",
        in_reply_to="<1@x.example.net>",
        auto_submitted="auto-replied",
    )
    desk.deliver(muted)
    assert the_ticket(desk)["tags"] == []
    desk.deliver(mail("Re: One", message_id="<3@x.example.net>", in_reply_to="<1@x.example.net>"))

    assert the_ticket(desk)["tags"] == ["wrote"]


def test_a_reply_that_was_sent_is_an_event_once(desk: DeskUnderTest, path: str) -> None:
    """A rule waits for the reply itself, not for its echo; an automatic answer starts none."""
    desk.sandbox.add_account("nora@customers.example.net", "Nora Lind", gmail=True)
    make(desk, path, when=["reply_sent"], conditions=[], actions={"note": "Answered."})
    on = {"acknowledge": True}
    settings = path.replace("/rules", "/settings")
    desk.browser("administrator").send("PATCH", settings, on, if_match='"0"')
    passes(desk, 31)
    desk.deliver(mail())
    passes(desk, 60)
    assert len(desk.documents("replies")) == 1
    assert applied(desk) == []

    replied(desk, the_ticket(desk))
    passes(desk, 60)

    assert len(applied(desk)) == 1


def test_what_is_answered_in_gmail_itself_is_a_reply_too(desk: DeskUnderTest, path: str) -> None:
    """Staff may answer where they like; the rule sees it."""
    make(desk, path, when=["reply_sent"], conditions=[], actions={"note": "Answered."})
    gmail_id = desk.deliver(mail())

    desk.sandbox.act(SUPPORT, "ui_reply", gmail_id, text="On the way.")
    desk.settle()

    assert len(applied(desk)) == 1


def test_a_missed_promise_can_be_escalated(desk: DeskUnderTest, path: str) -> None:
    """A rule waits for the time that passed, and its change is no new event for it."""
    always = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    promises = {"normal": {"first_reply_minutes": 30}, "urgent": {"first_reply_minutes": 10}}
    desk.browser("administrator").send(
        "PATCH",
        path.replace("/rules", "/settings"),
        {"hours": always, "targets": promises},
        if_match='"0"',
    )
    late = {"field": "breached", "operator": "is", "values": ["first_reply"]}
    make(desk, path, when=["sla_breached"], conditions=[late], actions={"priority": "urgent"})
    desk.deliver(mail())

    for _ in range(3):
        passes(desk, 31 * 60)
        desk.tick("apply_deadlines")
        desk.settle()

    ticket = the_ticket(desk)
    assert (ticket["priority"], ticket["breached"]) == ("urgent", ["first_reply"])
    assert len(applied(desk)) == 1


# Once, and never in a circle


def test_an_event_that_is_delivered_again_does_nothing_more(desk: DeskUnderTest, path: str) -> None:
    """Delivered three times, applied once."""
    make(desk, path, conditions=[], actions={"note": "Once."})
    desk.deliver(mail())
    [created] = [e for e in desk.audit() if e["action"] == "ticket.created"]

    for _ in range(3):
        assert desk.push("react", {"id": created["id"], "entry": created}).status_code == 204

    desk.settle()
    assert len(applied(desk)) == 1
    assert len(desk.documents("notes")) == 1


def test_two_rules_that_undo_each_other_end_at_once(desk: DeskUnderTest, path: str) -> None:
    """What a rule did starts no rule, so two that disagree do not chase each other."""
    for state, other in (("open", "pending"), ("pending", "open")):
        condition = {"field": "state", "operator": "is", "values": [state]}
        make(
            desk,
            path,
            when=["ticket_changed"],
            conditions=[condition],
            actions={"state": other},
            stop=True,
        )
    desk.deliver(mail())
    ticket = the_ticket(desk)

    desk.browser("agent").send(
        "PATCH", f"/api/tickets/{ticket['id']}", {"state": "open"}, if_match='"1"'
    )
    desk.settle()

    assert the_ticket(desk)["state"] == "pending"
    assert len(applied(desk)) == 1


def test_a_ticket_takes_thirty_applications_an_hour(desk: DeskUnderTest, path: str) -> None:
    """A machine outside that answers every change cannot keep a rule busy for ever."""
    make(desk, path, when=["message_received"], conditions=[], actions={"note": "Again."})
    desk.deliver(mail("One", message_id="<0@x.example.net>"))
    for number in range(1, 40):
        desk.sandbox.deliver(
            SUPPORT,
            mail(
                "Re: One",
                message_id=f"<{number}@x.example.net>",
                in_reply_to="<0@x.example.net>",
            ),
        )
    desk.settle()

    assert len(applied(desk)) <= 60  # the hour may turn while they come in
    [ticket] = desk.documents("tickets")
    runs = desk.documents("rule_runs").values()
    assert {run["ticket_id"] for run in runs} == {ticket}
    assert max(run["applied"] for run in runs) == 30


def test_no_rule_waits_no_read(desk: DeskUnderTest, path: str) -> None:
    """An event that concerns no rule costs no read while memory is warm."""
    make(desk, path)
    desk.deliver(mail())
    entries = [e for e in desk.audit() if e["action"] in ("content.read", "mailbox.connected")]
    [created] = [e for e in desk.audit() if e["action"] == "ticket.created"]
    changed = created | {"action": "ticket.changed", "id": "e_" + "1" * 26}
    desk.counts.reset()

    for entry in [*entries, changed]:
        assert desk.push("react", {"id": entry["id"], "entry": entry}).status_code == 204

    assert (desk.counts.reads, desk.counts.writes) == (0, 0)


# Writing them


def test_rules_are_read_changed_put_in_order_and_deleted(desk: DeskUnderTest, path: str) -> None:
    """A supervisor keeps the list; each change is in the log, by name and not by content."""
    supervisor = desk.browser("supervisor")
    first, second = make(desk, path), make(desk, path, name="Another")
    changed = supervisor.send(
        "PATCH",
        f"{path}/{first}",
        {"enabled": False, "name": "Off"},
        if_match=version(supervisor, path),
    )
    assert (changed.status_code, changed.json["enabled"]) == (200, False)
    order = supervisor.send(
        "PATCH", path, {"rule_ids": [second, first]}, if_match=version(supervisor, path)
    )
    assert [rule["id"] for rule in order.json["items"]] == [second, first]
    deleted = supervisor.send("DELETE", f"{path}/{second}", if_match=version(supervisor, path))
    assert deleted.status_code == 204

    assert [rule["name"] for rule in supervisor.get(path).json["items"]] == ["Off"]
    assert supervisor.get(f"{path}/{second}").status_code == 404
    desk.settle()
    told = {e["action"]: e for e in desk.audit() if e["action"].startswith("rule")}
    assert set(told) == {"rule.created", "rule.changed", "rules.reordered", "rule.deleted"}
    assert [c["field"] for c in told["rule.changed"]["changes"]] == ["enabled", "name"]


def test_rules_are_sealed(desk: DeskUnderTest, path: str) -> None:
    """Names and conditions hold people's words and addresses; the store shows none."""
    make(desk, path, name="About Nora", actions={"note": "She likes tea."})

    stored = json.dumps(desk.documents("rules"), default=str)

    assert "About Nora" not in stored
    assert "likes tea" not in stored
    assert "invoice" not in stored


def test_a_change_against_an_older_list_is_refused(desk: DeskUnderTest, path: str) -> None:
    """Two who change the list at once do not overwrite each other."""
    rule_id = make(desk, path)
    supervisor = desk.browser("supervisor")

    answer = supervisor.send("PATCH", f"{path}/{rule_id}", {"stop": True}, if_match='"0"')

    assert (answer.status_code, answer.json["code"]) == (409, "rule.changed_meanwhile")


def test_a_rule_that_is_sent_twice_is_made_once(desk: DeskUnderTest, path: str) -> None:
    """The same Idempotency-Key meets what the first request made."""
    supervisor = desk.browser("supervisor")

    answers = [supervisor.send("POST", path, INVOICES, idempotency_key="k1") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert len(supervisor.get(path).json["items"]) == 1


@pytest.mark.parametrize(
    "members",
    [
        {"name": " "},
        {"when": []},
        {"when": ["never"]},
        {"actions": {}},
        {"actions": {"state": "new"}},
        {"actions": {"add_tags": ["a,b"]}},
        {"actions": {"assignee_id": "u_" + "0" * 26}},
        {"actions": {"snooze_minutes": 0}},
        {"actions": {"note": " "}},
        {"conditions": [{"field": "state", "operator": "contains", "values": ["n"]}]},
        {"conditions": [{"field": "subject", "operator": "is", "values": []}]},
        {"conditions": [{"field": "body", "operator": "is", "values": ["x"]}]},
        {"conditions": [{"field": "subject", "operator": "contains", "values": ["x" * 201]}]},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(
    desk: DeskUnderTest, path: str, members: dict[str, Any]
) -> None:
    """Nothing of it is kept."""
    supervisor = desk.browser("supervisor")

    answer = supervisor.send("POST", path, INVOICES | members)

    assert answer.status_code == 400, answer.data
    assert supervisor.get(path).json["items"] == []


def test_a_dry_run_tells_what_would_be_and_writes_nothing(desk: DeskUnderTest, path: str) -> None:
    """The newest tickets are tried, those that match are shown with their changes."""
    rule_id = make(desk, path, enabled=False)
    desk.deliver(mail("Invoice one", message_id="<1@x.example.net>"))
    desk.deliver(mail("Something else", message_id="<2@x.example.net>"))
    before = desk.documents("tickets")

    answer = desk.browser("supervisor").send("POST", f"{path}/{rule_id}/dry_run?limit=10")

    assert answer.status_code == 200, answer.data
    assert answer.json["looked_at"] == 2
    [trial] = answer.json["items"]
    assert trial["ticket"]["subject"] == "Invoice one"
    assert {c["field"]: c["after"] for c in trial["changes"]} == {
        "priority": "high",
        "tags": "invoice",
    }
    assert desk.documents("tickets") == before
