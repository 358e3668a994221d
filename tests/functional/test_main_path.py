"""The main path through every function's front door: a mail arrives, a ticket stands."""

from __future__ import annotations

from tests.desk import DeskUnderTest, mail


def test_a_mail_becomes_a_ticket(desk: DeskUnderTest) -> None:
    """A customer writes; within one round the ticket stands with subject and sender."""
    desk.connect()

    desk.deliver(mail("The printer is on fire"))

    [ticket] = desk.tickets()
    assert ticket["subject"] == "The printer is on fire"
    assert ticket["customer"] == {"name": "Nora Lind", "address": "nora@customers.example.net"}
    assert ticket["state"] == "new"
    assert "ticket.created" in [entry["action"] for entry in desk.audit()]
