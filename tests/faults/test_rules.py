"""The fault table of rules: whichever call fails, each rule is applied once and none is forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.desk import SUPPORT, DeskUnderTest, desk_in, mail
from tests.faults.rig import Rig, check_every_fault


def two_rules(desk: DeskUnderTest) -> Rig:
    """Let two rules wait for a ticket: one tags it and writes a note, one solves what has that tag."""
    path = f"/api/admin/mailboxes/{desk.connect()}/rules"
    supervisor = desk.browser("supervisor")
    rules: list[dict[str, Any]] = [
        {"actions": {"add_tags": ["seen"], "note": "A rule was here."}},
        {
            "conditions": [{"field": "tag", "operator": "is", "values": ["seen"]}],
            "actions": {"state": "solved"},
        },
    ]
    for rule in rules:
        answer = supervisor.send("POST", path, {"name": "Rule", "when": ["ticket_created"]} | rule)
        assert answer.status_code == 201
    desk.settle()
    desk.clock.advance(31)  # type: ignore[attr-defined]
    desk.sandbox.set_push(drop=100_000)
    gmail_id = desk.sandbox.deliver(SUPPORT, mail(message_id="<1@x.example.net>"))["id"]
    event = {"mailbox_id": desk.mailboxes[SUPPORT], "gmail_id": gmail_id}
    return Rig(desk, "react", lambda: desk.queue.publish("message-received", event))


def test_every_fault_of_rules_ends_as_none_does(tmp_path: Path) -> None:
    """Both rules are applied once, in their order, with one note, whatever dies in between."""
    with desk_in(tmp_path / "home") as desk:
        rig = two_rules(desk)
        expected, calls = rig.undisturbed()

        runs = check_every_fault(rig, expected, calls)

        assert [e["action"] for e in desk.audit()].count("rule.applied") == 2
        assert len(desk.documents("notes")) == 1
        [ticket] = desk.documents("tickets").values()
        assert (ticket["tags"], ticket["state"]) == (["seen"], "solved")
        assert runs == 4 * len(calls) > 0
