"""What is held on a person: exported without others, asked about, erased, and who had to do with it."""

from __future__ import annotations

import hashlib
import io
import json
import mailbox
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from tests.desk import SUPPORT, DeskBrowser, DeskUnderTest, desk_in, mail

NORA: Final = "nora@customers.example.net"
THIRD: Final = "gustav.strandberg@others.example.org"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskUnderTest]:
    """Give a desk with the mail of a customer, which names a third person and was read by an agent."""
    with desk_in(tmp_path / "home") as desk:
        desk.connect()
        raw = mail(
            "My order",
            f"Please ask {THIRD} or Gustav Strandberg.",
            to=SUPPORT,
            cc=f"Gustav Strandberg <{THIRD}>",
        )
        desk.deliver(raw)
        (ticket,) = desk.tickets()
        assert desk.browser("agent").get(f"/api/content/tickets/{ticket['id']}").status_code == 200
        desk.settle()
        yield desk


def nora(desk: DeskUnderTest) -> str:
    """Return the customer's id."""
    found = desk.browser("supervisor").get(f"/api/tickets/customers?q={NORA}").json["items"]
    return str(found[0]["id"])


def verified(content: bytes) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Import an export again: every file that the manifest names is there whole, and no other."""
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        assert whole.testzip() is None
        files = {name: whole.read(name) for name in whole.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    assert {row["name"] for row in manifest["files"]} == set(files)
    for row in manifest["files"]:
        held = files[row["name"]]
        assert hashlib.sha256(held).hexdigest() == row["sha256"]
        assert len(held) == row["size"]
        if row["name"].endswith(".jsonl"):
            lines = held.splitlines()
            assert len(lines) == row["rows"]
            assert all(json.loads(line) for line in lines)
    return files, manifest


def test_a_customers_export_is_whole_and_holds_nobody_else(
    desk: DeskUnderTest, tmp_path: Path
) -> None:
    """Hashes and counts are right; a third person's address and name are nowhere in it."""
    administrator, id = desk.browser("administrator"), nora(desk)
    made = administrator.send("POST", f"/api/admin/privacy/customers/{id}/exports")
    assert made.status_code == 201, made.data
    desk.settle()
    path = f"/api/admin/privacy/exports/{made.json['id']}/file"

    files, manifest = verified(administrator.get(path).data)

    everything = b"\n".join(files.values()).decode("utf-8", "replace").lower()
    assert "nora@customers.example.net" in everything
    assert THIRD not in everything
    assert "gustav" not in everything
    assert "strandberg" not in everything
    (tmp_path / "mail.mbox").write_bytes(files["messages/mail.mbox"])
    with closing(mailbox.mbox(tmp_path / "mail.mbox")) as letters:
        assert [letter["Subject"] for letter in letters] == ["My order"]
    assert json.loads(files["data/profile.jsonl"])["addresses"] == [NORA]
    assert "بياناتك" in files["README.txt"].decode()
    assert manifest["subject"] == id


def test_ones_own_export_holds_no_secret(desk: DeskUnderTest) -> None:
    """Who works here gets their account and what is theirs, and nothing that proves who they are."""
    agent = desk.browser("agent")
    made = agent.send("POST", "/api/account/data/exports")
    assert made.status_code == 201, made.data
    desk.settle()

    files, _ = verified(agent.get(f"/api/account/data/exports/{made.json['id']}/file").data)

    account = json.loads(files["data/account.jsonl"])
    assert account["address"] == desk.people["agent"][0]
    assert not {"password", "sealed", "address_token"} & set(account)
    held = desk.documents("users")[made_by(desk, "agent")]
    everything = b"".join(files.values()).decode()
    assert held["address_token"] not in everything
    assert str(held["password"]["hash"]) not in everything
    others = desk.browser("viewer")
    path = f"/api/account/data/exports/{made.json['id']}/file"
    assert others.get(path).status_code == 404


def made_by(desk: DeskUnderTest, role: str) -> str:
    """Return the id of whoever has a role."""
    return next(id for id, d in desk.documents("users").items() if d["role"] == role)


def test_a_request_for_erasure_has_a_month_and_a_receipt(desk: DeskUnderTest) -> None:
    """It waits with its clock, is done by an administrator, and leaves a receipt."""
    administrator, id = desk.browser("administrator"), nora(desk)
    asked = administrator.send(
        "POST", "/api/admin/privacy/requests", {"customer_id": id, "kind": "erasure"}
    )
    assert asked.status_code == 201, asked.data
    (waiting,) = administrator.get("/api/admin/privacy/requests").json["items"]
    assert waiting["asked_at"][:7] < waiting["due_at"][:7]
    assert not waiting["runs_out"]
    assert (waiting["name"], waiting["address"]) == ("Nora Lind", "nora@customers.example.net")

    path = f"/api/admin/privacy/requests/{waiting['id']}"
    done = administrator.send("PATCH", path, {"decision": "done"}, if_match='"1"')
    assert done.status_code == 200, done.data
    desk.settle()

    desk.clock.advance(301)  # type: ignore[attr-defined]  # until every instance has forgotten the key
    (settled,) = administrator.get("/api/admin/privacy/requests?state=done").json["items"]
    assert "erasure" in settled["receipt"]
    assert (settled["name"], settled["address"], settled["text"]) == (None, None, None)
    assert administrator.get("/api/admin/privacy/requests").json["items"] == []


def test_those_who_manage_privacy_are_told_as_the_month_runs_out(desk: DeskUnderTest) -> None:
    """A week before its end, a day before, and when it is late: each once."""
    administrator, id = desk.browser("administrator"), nora(desk)
    new = {"customer_id": id, "kind": "correction", "text": "My name is Lindh"}
    asked = administrator.send("POST", "/api/admin/privacy/requests", new).json
    desk.settle()
    assert told(administrator) == []  # nobody is told of their own deed

    due = datetime.fromisoformat(asked["due_at"])
    counts = []
    for days in (-8, -6, -5, 0, 1, 2):
        wait = due + timedelta(days=days, hours=-1) - desk.clock.now()
        desk.clock.advance(wait.total_seconds())  # type: ignore[attr-defined]
        night(desk)
        night(desk)
        counts.append(len(told(desk.browser("administrator"))))

    assert counts == [0, 1, 1, 2, 3, 3]
    administrator = desk.browser("administrator")
    assert set(told(administrator)) == {"data_request_due"}
    assert administrator.get("/api/tickets/notifications").json["unread"] == 3
    assert told(desk.browser("agent")) == []
    read = administrator.send("POST", "/api/tickets/notifications/read", {})
    assert read.json["unread"] == 0


def told(browser: DeskBrowser) -> list[str]:
    """Return of what somebody is told that is no ticket's."""
    items = browser.get("/api/tickets/notifications").json["items"]
    return [one["kind"] for one in items if one["kind"].startswith("data_")]


def test_a_refusal_needs_a_reason(desk: DeskUnderTest) -> None:
    """Whoever asked must be told why."""
    administrator, id = desk.browser("administrator"), nora(desk)
    new = {"customer_id": id, "kind": "correction", "text": "My name is Lindh"}
    path = "/api/admin/privacy/requests"
    asked = administrator.send("POST", path, new).json

    path = f"{path}/{asked['id']}"
    without = administrator.send("PATCH", path, {"decision": "refused"}, if_match='"1"')
    given = {"decision": "refused", "answer": "The passport says Lind"}
    refused = administrator.send("PATCH", path, given, if_match='"1"')

    assert (without.status_code, refused.status_code) == (400, 200)
    assert (refused.json["state"], refused.json["answer"]) == ("refused", given["answer"])


def test_what_is_on_legal_hold_is_not_erased(desk: DeskUnderTest) -> None:
    """The answer says so, and nothing is begun."""
    administrator, id = desk.browser("administrator"), nora(desk)
    hold = {"kind": "customer", "target": id, "reason": "Case 12"}
    assert administrator.send("POST", "/api/admin/legal_holds", hold).status_code == 201

    answer = administrator.send("POST", f"/api/admin/privacy/customers/{id}/erase")

    assert (answer.status_code, answer.json["code"]) == (409, "erasure.on_hold")
    assert desk.documents("erasures") == {}


def test_a_hold_that_comes_meanwhile_stops_an_erasure(desk: DeskUnderTest) -> None:
    """What is not erased yet stays until the hold is lifted; the night after, the erasure goes on."""
    administrator, id = desk.browser("administrator"), nora(desk)
    (ticket,) = desk.tickets()
    begun = administrator.send("POST", f"/api/admin/privacy/customers/{id}/erase")
    assert begun.status_code == 202, begun.data
    hold = {"kind": "ticket", "target": ticket["id"], "reason": "Case 12"}
    held = administrator.send("POST", "/api/admin/legal_holds", hold)
    assert held.status_code == 201, held.data

    desk.settle()

    path = f"/api/admin/privacy/customers/{id}/erasure"
    assert administrator.get(path).json["state"] == "held"
    assert desk.tickets()[0]["subject"] == "My order"
    night(desk)
    assert administrator.get(path).json["state"] == "held"

    lifted = administrator.send("DELETE", f"/api/admin/legal_holds/{held.json['id']}")
    assert lifted.status_code == 204, lifted.data
    night(desk)
    desk.clock.advance(301)  # type: ignore[attr-defined]  # until every instance has forgotten the key
    assert administrator.get(path).json["state"] == "done"
    assert not desk.tickets()[0]["subject"]


def night(desk: DeskUnderTest) -> None:
    """Let the nightly tick of retention pass."""
    desk.queue.publish("tick-retention", {})
    desk.settle()


def test_who_read_what_is_kept_under_the_persons_key(desk: DeskUnderTest) -> None:
    """The agent who opened the ticket stands in the ledger by role, in a row that only the key opens."""
    (row,) = desk.documents("accesses").values()

    assert (row["subject_id"], row["kind"]) == (nora(desk), "read")
    assert "agent" not in row["sealed"]


def test_an_account_is_erased_by_its_owner(desk: DeskUnderTest) -> None:
    """They are out at once; key, sessions and document are gone; what they wrote stays without a name."""
    agent, id = desk.browser("agent"), made_by(desk, "agent")
    (ticket,) = desk.tickets()
    noted = agent.send("POST", f"/api/tickets/{ticket['id']}/notes", {"text": "Of the desk"})
    assert noted.status_code == 201
    slip = agent.send("POST", "/api/account/data/erase", {"email": "somebody@example.com"})
    assert (slip.status_code, slip.json["code"]) == (400, "erasure.not_confirmed")

    own = {"email": desk.people["agent"][0]}
    assert agent.send("POST", "/api/account/data/erase", own).status_code == 204
    assert agent.get("/api/session/").status_code == 401
    desk.settle()

    assert id not in desk.documents("users")
    assert id not in desk.documents("keys", "keyring")
    assert all(d["user_id"] != id for d in desk.documents("sessions").values())
    (note,) = desk.browser("supervisor").get(f"/api/tickets/{ticket['id']}/notes").json["items"]
    assert note["text"] == "Of the desk"
    (entry,) = (e for e in desk.audit() if e["action"] == "user.erased")
    assert entry["target"]["id"].startswith("act_")


def test_who_is_being_erased_is_shown_as_that_and_stays_out(desk: DeskUnderTest) -> None:
    """Nobody lets them in again meanwhile; the receipt is found later, among all others."""
    administrator, id = desk.browser("administrator"), made_by(desk, "agent")
    person = f"/api/admin/people/{id}"
    begun = administrator.send("POST", f"/api/admin/privacy/people/{id}/erase")
    assert (begun.status_code, begun.json["state"]) == (202, "running")
    listed = administrator.get("/api/admin/people").json["items"]
    [row] = [one for one in listed if one["id"] == id]
    assert row["state"] == "erasing"
    version = f'"{row["version"]}"'
    again = administrator.send("PATCH", person, {"disabled": False}, if_match=version)
    assert (again.status_code, again.json["code"]) == (409, "user.being_erased")
    desk.settle()

    done = administrator.get(f"/api/admin/privacy/people/{id}/erasure").json
    assert (done["kind"], done["state"]) == ("person", "done")
    [found] = administrator.get("/api/admin/privacy/erasures").json["items"]
    assert found == done
    assert "erasure" in found["receipt"]
    wrong = administrator.get("/api/admin/privacy/people/usr_nobody/erasure")
    assert (wrong.status_code, wrong.json["code"]) == (404, "erasure.not_found")


def test_the_last_administrator_is_not_erased(desk: DeskUnderTest) -> None:
    """Nobody could manage the desk any more."""
    administrator = desk.browser("administrator")

    own = {"email": desk.people["administrator"][0]}
    answer = administrator.send("POST", "/api/account/data/erase", own)

    assert (answer.status_code, answer.json["code"]) == (409, "user.last_administrator")
