"""Erasing a customer, through the function that does it step by step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from shared.domain.erasures import ErasureKind
from shared.services import statements
from shared.services.privacy import erasing
from tests.desk import SUPPORT, DeskUnderTest, desk_in, mail

NORA: Final = "nora@customers.example.net"
CANARY: Final = "Zeppelinkanarie"
LEFT_ALONE: Final = "Sven Falk <sven@others.example.net>"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskUnderTest]:
    """Give a desk with a mailbox and a customer's mail."""
    with desk_in(tmp_path / "home") as desk:
        desk.connect()
        desk.deliver(mail(f"The {CANARY} is on fire", f"{CANARY}: please send somebody."))
        yield desk


def customer(desk: DeskUnderTest, address: str = NORA) -> str:
    """Return the id of the customer who has this address."""
    found = desk.browser("supervisor").get(f"/api/tickets/customers?q={address}").json["items"]
    return str(found[0]["id"])


def erase(desk: DeskUnderTest, id: str) -> dict[str, Any]:
    """Erase a customer and let everything that follows happen; return the erasure."""
    erasing.request(desk.app(), ErasureKind.CUSTOMER, id, "act_somebody")
    desk.settle()
    erasure = dict(desk.documents("erasures")[f"customer.{id}"])
    assert erasure["state"] == "done"
    return erasure


def everything(desk: DeskUnderTest) -> str:
    """Return all that the store holds, with every member opened that opens anywhere."""
    app = desk.app()
    owners = list(desk.documents("keys", "keyring"))
    found = []
    for document in desk.files["(default)"].dump():
        found.append(f"{document.collection}/{document.id} {dict(document.data)}")
        sealed = document.data.get("sealed")
        for owner in owners if isinstance(sealed, str) else ():
            try:
                context = f"{document.collection}/{document.id}/sealed"
                found.append(json.dumps(app.envelope.open(owner, context, str(sealed))))
            except Exception:  # noqa: BLE001 - another one's
                continue
    return "\n".join(found)


def test_a_customers_key_is_gone_with_its_copy(desk: DeskUnderTest) -> None:
    """Nothing sealed under it opens again, in no backup."""
    id = customer(desk)

    erase(desk, id)

    assert id not in desk.documents("keys", "keyring")
    assert [e["target"]["id"] for e in desk.audit() if e["action"] == "customer.erased"] == [id]


def test_nothing_of_them_is_left_in_the_store(desk: DeskUnderTest) -> None:
    """Neither name nor address nor a word of theirs, whoever holds which key."""
    id, agent = customer(desk), desk.browser("agent")
    (ticket,) = desk.tickets()
    path = f"/api/tickets/{ticket['id']}"
    assert agent.send("POST", f"{path}/notes", {"text": f"{CANARY} called"}).status_code == 201
    assert agent.send("POST", f"{path}/replies", {"text": f"About {CANARY}"}).status_code == 201
    noted = {"text": f"{CANARY} is kind"}
    assert agent.send("POST", f"/api/tickets/customers/{id}/notes", noted).status_code == 201
    assert CANARY in everything(desk)

    erasure = erase(desk, id)

    assert CANARY not in everything(desk)
    assert NORA not in everything(desk)
    assert "Nora Lind" not in everything(desk)
    counts = erasure["counts"]
    assert (counts["messages"], counts["notes"], counts["replies"]) == (1, 1, 1)
    assert (counts["tickets"], counts["customer_notes"]) == (1, 1)


def test_the_ticket_stays_as_code_and_state(desk: DeskUnderTest) -> None:
    """Who worked on it still finds it, empty, and its timeline says why."""
    (before,) = desk.tickets()

    erase(desk, customer(desk))

    (after,) = desk.tickets()
    assert (after["code"], after["state"]) == (before["code"], before["state"])
    assert (after["subject"], after["customer"], after["customer_id"]) == ("", None, None)
    agent = desk.browser("agent")
    opened = agent.get(f"/api/content/tickets/{after['id']}").json
    assert opened["timeline"][-1]["action"] == "ticket.erased"
    assert agent.get("/api/tickets/?limit=10").status_code == 200
    assert agent.get(f"/api/content/search?q={CANARY}").json["items"] == []


def test_an_erased_message_is_never_read_again(desk: DeskUnderTest) -> None:
    """Its mail is still in Gmail, and yet neither page nor export nor a redelivery brings it back."""
    (message_id,) = desk.documents("messages")
    gmail_id = desk.documents("messages")[message_id]["gmail_id"]

    erase(desk, customer_id := customer(desk))

    agent = desk.browser("agent")
    assert agent.get(f"/api/content/messages/{message_id}").status_code == 404
    received = {"mailbox_id": desk.mailboxes[SUPPORT], "gmail_id": gmail_id}
    assert desk.push("create_ticket", received).status_code == 204
    assert desk.push("poll_mailboxes", {}).status_code == 204
    desk.settle()
    assert desk.documents("messages")[message_id]["state"] == "erased"
    assert len(desk.documents("messages")) == 1
    assert desk.documents("bodies") == {}
    assert CANARY not in everything(desk)
    assert desk.documents("customers")[customer_id]["sealed"] is None


def test_who_is_named_in_others_tickets_is_taken_out_of_them(desk: DeskUnderTest) -> None:
    """A recipient, a name in a note or a draft goes; what others wrote of their own matter stays."""
    id = customer(desk)
    desk.deliver(
        mail("A garden", "Trees.", sender=LEFT_ALONE, to=SUPPORT, cc=f"Nora Lind <{NORA}>")
    )
    ticket = next(t for t in desk.tickets() if t["subject"] == "A garden")
    path = f"/api/tickets/{ticket['id']}"
    agent = desk.browser("agent")
    told = {"text": f"Nora Lind ({NORA.upper()}) asked as well"}
    assert agent.send("POST", f"{path}/notes", told).status_code == 201
    draft = {"text": f"Dear Sven, dear {NORA}", "everybody": True}
    assert agent.send("POST", f"{path}/replies", draft).status_code == 201

    erase(desk, id)

    left = everything(desk)
    assert "Nora Lind" not in left
    assert NORA.lower() not in left.lower()
    opened = agent.get(f"/api/content/tickets/{ticket['id']}").json
    assert opened["ticket"]["subject"] == "A garden"
    assert opened["ticket"]["customer"]["address"] == "sven@others.example.net"
    assert opened["notes"][0]["text"] == "█████ (█████) asked as well"
    assert opened["messages"][0]["body"]["text"].strip() == "Trees."


def test_mail_that_comes_later_is_somebody_news(desk: DeskUnderTest) -> None:
    """Nobody is barred from writing again; what was erased does not come back by it."""
    erase(desk, id := customer(desk))

    desk.deliver(mail("Something else", "Hello again."))

    assert customer(desk) != id
    assert sorted(t["subject"] for t in desk.tickets()) == ["", "Something else"]


def test_the_receipt_is_signed_and_says_what_stays(desk: DeskUnderTest) -> None:
    """Whoever holds it can check it with the public key; the audit log holds its hash."""
    id = customer(desk)

    erasure = erase(desk, id)

    kind, said = statements.read(desk.app(), erasure["receipt"].encode())
    assert (kind, said["id"], said["key_destroyed"]) == ("erasure", id, True)
    assert said["erased"]["messages"] == 1
    assert "Gmail" in said["stays"]
    assert said["backups_forgotten_by"] > said["earlier_versions_forgotten_by"]
    (entry,) = (e for e in desk.audit() if e["action"] == "customer.erased")
    told = entry["changes"][0]["after"]
    assert told == statements.Statement(kind, erasure["receipt"]).sha256


def test_an_erasure_may_be_asked_for_again(desk: DeskUnderTest) -> None:
    """After a restore it is, and a late event of the earlier run means nothing."""
    id = customer(desk)
    first = erase(desk, id)

    second = erase(desk, id)
    answer = desk.push("erase", {"kind": "customer", "id": id, "step": 0})

    assert answer.status_code == 204
    assert second["step"] > first["step"]
