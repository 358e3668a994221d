"""A mail that one of our people forwards is the customer's who wrote it."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.people import USERS
from tests.desk import SALES, SUPPORT, DeskUnderTest, mail

PASSED = "mx.google.com; dmarc=pass header.from=example.com"
TEXT = """\
Could somebody look at this?

---------- Forwarded message ---------
From: Dave Ash <dave@customers.example.org>
Date: Mon, 2 Mar 2026 at 09:30
Subject: My invoice
To: <agent@example.com>

It is wrong.
"""


def forwarded(desk: DeskUnderTest, *, results: str = PASSED, **headers: str) -> dict[str, Any]:
    """Let a forward arrive, whose sender Gmail has looked at; give its ticket."""
    given = {"subject": "Fwd: My invoice", "sender": f"Agent <{desk.people['agent'][0]}>"}
    raw = mail(text=TEXT, message_id="<f@example.com>", **given | headers)
    desk.deliver(f"Authentication-Results: {results}\n".encode() + raw)
    [ticket] = desk.tickets()
    return ticket


def test_the_ticket_is_the_customers(desk: DeskUnderTest) -> None:
    """Who wrote first is its customer; the message still says who passed it on."""
    desk.connect()

    ticket = forwarded(desk)

    assert ticket["customer"] == {"name": "Dave Ash", "address": "dave@customers.example.org"}
    view = desk.browser("agent").get(f"/api/tickets/{ticket['id']}").json
    assert view["messages"][0]["sender"]["address"] == desk.people["agent"][0]
    path = f"/api/tickets/{ticket['id']}/replies"
    reply = desk.browser("agent").send("POST", path, {"text": "We look at it."}).json
    assert [who["address"] for who in reply["to"]] == ["dave@customers.example.org"]
    desk.sandbox.advance_clock(60)
    desk.deliver(mail("Mine too", sender="dave@customers.example.org"))
    newest, first = desk.tickets()
    assert newest["customer_id"] == first["customer_id"] is not None


@pytest.mark.parametrize(
    "headers",
    [
        {"results": "mx.google.com; dmarc=fail header.from=example.com"},
        {"results": "mx.google.com; spf=pass"},
        {"sender": "Nora Lind <nora@customers.example.net>"},
        {"sender": "Viewer <viewer@example.com>"},
        {"subject": "My invoice"},
    ],
)
def test_nobody_else_speaks_for_a_customer(desk: DeskUnderTest, headers: dict[str, str]) -> None:
    """A sender who is not proved, is none of our people, may not work there, or forwards nothing."""
    desk.connect()
    sender = headers.get("sender", desk.people["agent"][0])

    ticket = forwarded(desk, **headers)

    assert ticket["customer"]["address"] in sender


def test_a_colleague_of_another_mailbox_speaks_for_nobody(desk: DeskUnderTest) -> None:
    """Only who works in the mailbox, and still has access."""
    desk.connect(SUPPORT, "supervisor")
    desk.connect(SALES)

    assert forwarded(desk)["customer"]["address"] == desk.people["agent"][0]
    assert len(desk.documents(USERS)) > 1
