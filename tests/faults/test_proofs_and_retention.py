"""Reconciliation and retention: whichever call of a seam fails, in whichever way, the end is the same."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.desk import SUPPORT, DeskUnderTest, desk_in, mail
from tests.faults.rig import Rig, check_every_fault
from tests.losing import lose


def test_a_reconciliation_ends_the_same_whatever_fails(tmp_path: Path) -> None:
    """A lost mail, one buried as deleted, one deleted by its owner: named, mended, and proven by the next."""
    with desk_in(tmp_path / "home") as desk:
        desk.connect()
        desk.deliver(mail("Kept", message_id="<1@x.example.net>"))
        lose(desk, desk.deliver(mail("Lost", message_id="<2@x.example.net>")))
        buried = desk.deliver(mail("Buried", message_id="<3@x.example.net>"))
        lose(desk, buried, buried=True)
        desk.sandbox.act(
            SUPPORT, "delete", desk.deliver(mail("Tidied", message_id="<4@x.example.net>"))
        )
        desk.clock.advance(3_000)  # type: ignore[attr-defined]

        def begin() -> None:
            _strikes(desk, "tick-reconcile", 0, 60)
            _strikes(
                desk, "tick-deadlines", 5
            )  # every minute, it finds what was left in the outbox

        rig = Rig(desk, "reconcile", begin)

        expected, calls = rig.undisturbed()
        assert expected["statements"] == [(SUPPORT, 3, 1, 2, 0, 0, 1), (SUPPORT, 3, 3, 0, 2, 0, 1)]
        assert len(expected["tickets"]) == 4

        assert check_every_fault(rig, expected, calls) == 4 * len(calls) > 50


def test_retention_ends_the_same_whatever_fails(tmp_path: Path) -> None:
    """An old ticket with its note is erased and counted once, a held one and a young one stay."""
    with desk_in(tmp_path / "home") as desk:
        mailbox_id = desk.connect()
        desk.deliver(mail("Old", message_id="<1@x.example.net>"))
        desk.deliver(mail("Held", message_id="<2@x.example.net>"))
        desk.deliver(mail("Open", message_id="<3@x.example.net>"))
        of = {row["subject"]: row for row in desk.tickets()}
        supervisor, administrator = desk.browser("supervisor"), desk.browser("administrator")
        for subject in ("Old", "Held"):
            path = f"/api/tickets/{of[subject]['id']}"
            supervisor.send("POST", f"{path}/notes", {"text": "Between us."})
            version = supervisor.get(path).json["ticket"]["version"]
            supervisor.send("PATCH", path, {"state": "solved"}, if_match=f'"{version}"')
        hold = {"kind": "ticket", "target": of["Held"]["code"], "reason": "A dispute"}
        assert administrator.send("POST", "/api/admin/legal_holds", hold).status_code == 201
        rules = f"/api/admin/mailboxes/{mailbox_id}/retention"
        days = {"tickets": 30, "notes": 30, "comments": 30, "customers": 30}
        administrator.send("PATCH", rules, days, if_match='"0"')
        desk.settle()
        desk.clock.advance(31 * 86_400)  # type: ignore[attr-defined]
        rig = Rig(desk, "erase", lambda: _strikes(desk, "tick-retention", 0))

        expected, calls = rig.undisturbed()
        counts = '{"messages": 1, "notes": 1, "tickets": 1}'
        assert expected["erasures"] == [("retention", "done", counts)]
        assert len(expected["messages"]) == 2

        assert check_every_fault(rig, expected, calls) == 4 * len(calls) > 50


def _strikes(desk: DeskUnderTest, tick: str, *minutes: float) -> None:
    for later in minutes:
        event: dict[str, Any] = {}
        desk.queue.publish(tick, event, desk.clock.now() + timedelta(minutes=later))
