"""Erasures: whichever call of a seam fails in whichever step and way, the end is the undisturbed one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from shared.domain import erasures
from shared.domain.erasures import ErasureKind
from shared.services.privacy import erasing
from tests.desk import DeskUnderTest, desk_in, mail
from tests.faults.faulty import WAYS, Rule
from tests.faults.rig import Rig
from tests.rewinding import dump

NORA: Final = "Nora Lind <nora@customers.example.net>"
OTHER: Final = "Sven Falk <sven@others.example.net>"
_TIMES: Final = {"finished_at", "requested_at", "receipt", "last_audit_id", "changed_at"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskUnderTest]:
    """Give a desk with a customer's ticket, with a note and a draft, and one of others that names them."""
    with desk_in(tmp_path / "home") as desk:
        desk.connect()
        desk.deliver(mail("Mine", "Of my own.", sender=NORA))
        desk.deliver(mail("Theirs", "Of others.", sender=OTHER, cc=NORA))
        agent = desk.browser("agent")
        for ticket in desk.tickets():
            path = f"/api/tickets/{ticket['id']}"
            assert (
                agent.send("POST", f"{path}/notes", {"text": "Nora Lind called"}).status_code == 201
            )
            assert agent.send("POST", f"{path}/replies", {"everybody": True}).status_code == 201
        desk.settle()
        yield desk


def left(desk: DeskUnderTest, id: str) -> dict[str, Any]:
    """Return what is left at the end: of everything that an erasure touches, and what the receipt counts."""
    found: dict[str, Any] = dict(dump(desk))
    found["erasure"] = {
        name: value
        for name, value in desk.documents(erasures.COLLECTION)[id].items()
        if name not in _TIMES
    }
    for collection in ("customers", "views", "jobs", "sessions", "users"):
        found[collection] = {
            id: {name: value for name, value in data.items() if name not in _TIMES}
            for id, data in desk.documents(collection).items()
        }
    app = desk.app()
    for collection in ("notes", "replies", "messages", "tickets"):
        found[f"opened {collection}"] = {
            id: app.envelope.open(d["mailbox_id"], f"{collection}/{id}/sealed", d["sealed"])
            for id, d in desk.documents(collection).items()
            if d["sealed"] is not None
        }
    found["keys"] = sorted(desk.documents("keys", "keyring"))
    actions = [entry["action"] for entry in desk.audit()]
    found["audit"] = sorted(one for one in actions if one.endswith(".erased"))
    return found


def strike_everywhere(desk: DeskUnderTest, id: str, event: dict[str, Any]) -> dict[str, Any]:
    """Strike every call in every way; return the end, which is always the same."""
    rig = Rig(desk, "erase", lambda: desk.queue.publish("erasure-requested", event))
    _, calls = rig.undisturbed()
    expected = left(desk, id)
    for at, name in enumerate(calls, 1):
        for when, how in WAYS:
            rule = Rule("erase", at, when, how)
            rig.run(rule)
            assert rule.struck == name, f"call {at} was {name}, now {rule.struck}"
            assert left(desk, id) == expected, f"{how} {when} call {at}, {name}"
    assert len(calls) > 5
    return expected


def begun(desk: DeskUnderTest, kind: ErasureKind, target_id: str) -> tuple[str, dict[str, Any]]:
    """Ask for an erasure; return its id, and the event of the first step."""
    erasing.request(desk.app(), kind, target_id, "act_somebody")
    event = {"kind": kind.value, "id": target_id, "step": 0}
    return erasures.erasure_id(kind, target_id), event


@pytest.mark.slow
def test_an_erasure_of_a_customer_ends_the_same_whatever_fails(desk: DeskUnderTest) -> None:
    """Nothing is left, nothing is counted twice, one receipt is given."""
    nora = next(str(t["customer_id"]) for t in desk.tickets() if t["subject"] == "Mine")

    end = strike_everywhere(desk, *begun(desk, ErasureKind.CUSTOMER, nora))

    assert end["erasure"]["state"] == "done"
    assert end["audit"] == ["customer.erased", "ticket.erased"]
    assert nora not in end["keys"]


@pytest.mark.slow
def test_an_erasure_of_somebody_who_works_here_ends_the_same(desk: DeskUnderTest) -> None:
    """Their account is gone once, and what they wrote stays."""
    agent = next(id for id, d in desk.documents("users").items() if d["role"] == "agent")

    end = strike_everywhere(desk, *begun(desk, ErasureKind.PERSON, agent))

    assert end["erasure"]["state"] == "done"
    assert end["audit"] == ["user.erased"]
    assert agent not in end["keys"]
    assert agent not in end["users"]
    assert len(end["opened notes"]) == 2
