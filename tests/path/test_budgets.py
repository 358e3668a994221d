"""What each step of the mail path reads, writes, publishes and asks of Gmail: the budgets, counted."""

from __future__ import annotations

from tests.desk import SUPPORT, DeskUnderTest, mail
from tests.path.crowd import NORA, Counted, counting


def test_a_push_with_news(crowded: DeskUnderTest) -> None:
    """2 reads, 2 writes, one history.list and one publish a message."""
    for number in range(3):
        last = crowded.sandbox.deliver(SUPPORT, mail(message_id=f"<n{number}@x.example.net>"))
    event = {"emailAddress": SUPPORT, "historyId": int(last["historyId"])}

    counted = counting(crowded, lambda: crowded.push("gmail_push", event))

    assert counted == ((2, 2, 3), {"history.list": 1})


def test_a_poll_without_news(crowded: DeskUnderTest) -> None:
    """1 read, nothing written, one history.list."""
    counted = counting(crowded, lambda: crowded.tick("poll_mailboxes"))

    assert counted == ((1, 0, 0), {"history.list": 1})


def test_a_mail_of_somebody_known_opens_a_ticket(crowded: DeskUnderTest) -> None:
    """At most 5 reads; message, ticket, outbox, body and code are written; 1 get, 1 publish."""
    counted = _taking_in(crowded, mail("New", sender=NORA, message_id="<k@x.example.net>"))

    assert counted == ((4, 5, 1), {"messages.get": 1})


def test_a_mail_of_somebody_new_opens_a_ticket(crowded: DeskUnderTest) -> None:
    """The customer and their key are two writes more."""
    new = "Eve Oak <eve@customers.example.org>"

    counted = _taking_in(crowded, mail("New", sender=new, message_id="<3@x.example.org>"))

    assert counted == ((4, 7, 1), {"messages.get": 1})


def test_a_mail_joins_by_its_thread(crowded: DeskUnderTest) -> None:
    """At most 5 reads; message, ticket, outbox and body are written."""
    answer = mail("Re: Printer", sender=NORA, message_id="<t@x.example.net>", **_to("<1@"))

    counted = _taking_in(crowded, answer)

    assert counted == ((4, 4, 1), {"messages.get": 1})


def test_a_mail_joins_by_references(crowded: DeskUnderTest) -> None:
    """A mail of another Gmail thread finds its ticket at no more than 5 reads."""
    answer = mail("Other words", sender=NORA, message_id="<3@x.example.net>", **_to("<1@"))

    counted = _taking_in(crowded, answer)

    assert counted == ((5, 4, 1), {"messages.get": 1})


def test_a_second_delivery(crowded: DeskUnderTest) -> None:
    """It finds its work done at one read, and asks Gmail for nothing."""
    gmail_id = crowded.sandbox.messages(SUPPORT)[0]["id"]

    counted = counting(crowded, lambda: crowded.push("create_ticket", _event(crowded, gmail_id)))

    assert counted == ((1, 0, 0), {})


def test_an_audit_entry(crowded: DeskUnderTest) -> None:
    """The sealer finds at one read that it will be woken; the entry is created, its outbox row deleted."""
    crowded.settle()  # warm: what follows from events knows that nobody asked to be called
    raw = mail("Something else", message_id="<a@x.example.net>")
    gmail_id = crowded.sandbox.deliver(SUPPORT, raw)["id"]
    crowded.push("create_ticket", _event(crowded, gmail_id))

    counted = counting(crowded, crowded.courier.deliver_due)

    assert counted == ((1, 2, 0), {})


def _taking_in(desk: DeskUnderTest, raw: bytes) -> Counted:
    desk.sandbox.advance_clock(1)
    gmail_id = desk.sandbox.deliver(SUPPORT, raw)["id"]
    return counting(desk, lambda: desk.push("create_ticket", _event(desk, gmail_id)))


def _event(desk: DeskUnderTest, gmail_id: str) -> dict[str, str]:
    return {"mailbox_id": desk.mailboxes[SUPPORT], "gmail_id": gmail_id}


def _to(parent: str) -> dict[str, str]:
    name = f"{parent}x.example.net>"
    return {"in_reply_to": name, "references": name}
