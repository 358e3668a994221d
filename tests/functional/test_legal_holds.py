"""Legal holds: set with a reason, seen where it counts, lifted again, and recorded."""

from __future__ import annotations

from shared.services.retention import legal_holds
from tests.desk import SUPPORT, DeskUnderTest, mail

PATH = "/api/admin/legal_holds"


def test_a_ticket_is_held_by_its_code_and_says_so(desk: DeskUnderTest) -> None:
    """Whoever sees the ticket sees the hold; who set it and why, those who manage privacy."""
    desk.connect()
    desk.deliver(mail("Evidence"))
    [ticket] = desk.tickets()
    administrator = desk.browser("administrator")

    body = {"kind": "ticket", "target": ticket["code"], "reason": "Case 12 C 345/26"}
    row = administrator.send("POST", PATH, body)
    assert row.status_code == 201
    assert desk.tickets()[0]["held"] is True
    assert legal_holds.held(desk.app().store, ticket_ids=[ticket["id"]])
    read = administrator.get(f"{PATH}/{row.json['id']}").json
    assert (read["reason"], read["target_id"]) == ("Case 12 C 345/26", ticket["id"])
    assert administrator.send("POST", PATH, body).json == row.json  # once more is no other hold

    assert administrator.send("DELETE", f"{PATH}/{row.json['id']}").status_code == 204
    assert desk.tickets()[0]["held"] is False
    assert administrator.get(PATH).json["items"] == []
    desk.settle()
    actions = [entry["action"] for entry in desk.audit() if entry["action"].startswith("legal")]
    assert sorted(actions) == ["legal_hold.lifted", "legal_hold.set"]
    assert "345/26" not in str(desk.audit())


def test_a_customer_and_a_mailbox_are_held(desk: DeskUnderTest) -> None:
    """Each has its own hold, and says so where it is shown."""
    mailbox_id = desk.connect()
    desk.deliver(mail("Evidence"))
    customer_id = desk.tickets()[0]["customer_id"]
    administrator = desk.browser("administrator")
    for kind, target in (("customer", customer_id), ("mailbox", mailbox_id)):
        body = {"kind": kind, "target": target, "reason": "A dispute"}
        assert administrator.send("POST", PATH, body).status_code == 201

    customer = desk.browser("supervisor").get(f"/api/tickets/customers/{customer_id}").json
    assert customer["customer"]["held"] is True
    store = desk.app().store
    assert legal_holds.held(store, customer_ids=[customer_id])
    assert legal_holds.held(store, mailbox_ids=[mailbox_id])
    assert not legal_holds.held(store, ticket_ids=[desk.tickets()[0]["id"]])
    assert {row["reason"] for row in administrator.get(PATH).json["items"]} == {"A dispute"}


def test_what_cannot_be_held_is_refused(desk: DeskUnderTest) -> None:
    """No reason, nothing of that name, or nobody who may."""
    mailbox_id = desk.connect(SUPPORT)
    administrator = desk.browser("administrator")
    for body, code in (
        ({"kind": "mailbox", "target": mailbox_id, "reason": " "}, "request.invalid_member"),
        ({"kind": "ticket", "target": "4QWM-7Z2K9", "reason": "Why"}, "ticket.not_found"),
        ({"kind": "customer", "target": "c_0", "reason": "Why"}, "customer.not_found"),
    ):
        assert administrator.send("POST", PATH, body).json["code"] == code
    refused = desk.browser("supervisor").get(PATH)
    assert (refused.status_code, refused.json["code"]) == (403, "permission.missing")
