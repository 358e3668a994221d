"""What each step of the mail path reads, writes, publishes and asks of Gmail: the budgets, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import astuple
from functools import partial
from typing import Any, Final

import pytest

from shared import ids
from shared.store.contract import Data, Transaction
from tests.desk import SUPPORT, DeskUnderTest, desk_in, mail

NORA: Final = "Nora Lind <nora@customers.example.net>"
BOB: Final = "Bob Moss <bob@customers.example.net>"
MANY: Final = 20_000

Counted = tuple[tuple[int, ...], dict[str, int]]
Documents = dict[tuple[str, str], Data | None]


@pytest.fixture(scope="module", params=[100, MANY], ids=["100_tickets", "20000_tickets"])
def crowded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DeskUnderTest]:
    """Give a warm desk with many tickets, among them one conversation of Nora's; nobody pushes."""
    with desk_in(tmp_path_factory.mktemp("crowd") / "home") as desk:
        desk.connect()
        desk.deliver(mail("Printer", sender=NORA, message_id="<1@x.example.net>"))
        desk.deliver(mail("Ink", sender=BOB, message_id="<2@x.example.net>"))
        desk.tick("poll_mailboxes")
        desk.settle()
        desk.sandbox.set_push(drop=100_000)
        crowd = _crowd(desk, request.param)
        yield desk
        _write(desk, dict.fromkeys(crowd))


def test_a_push_with_news(crowded: DeskUnderTest) -> None:
    """2 reads, 2 writes, one history.list and one publish a message."""
    for number in range(3):
        last = crowded.sandbox.deliver(SUPPORT, mail(message_id=f"<n{number}@x.example.net>"))
    event = {"emailAddress": SUPPORT, "historyId": int(last["historyId"])}

    counted = _counting(crowded, lambda: crowded.push("gmail_push", event))

    assert counted == ((2, 2, 3), {"history.list": 1})


def test_a_poll_without_news(crowded: DeskUnderTest) -> None:
    """1 read, nothing written, one history.list."""
    counted = _counting(crowded, lambda: crowded.tick("poll_mailboxes"))

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

    counted = _counting(crowded, lambda: crowded.push("create_ticket", _event(crowded, gmail_id)))

    assert counted == ((1, 0, 0), {})


def test_an_audit_entry(crowded: DeskUnderTest) -> None:
    """Nothing is read; the entry is created and its row in the outbox deleted."""
    gmail_id = crowded.sandbox.deliver(SUPPORT, mail(message_id="<3@x.example.net>"))["id"]
    crowded.settle()
    crowded.push("create_ticket", _event(crowded, gmail_id))

    counted = _counting(crowded, crowded.courier.deliver_due)

    assert counted == ((0, 2, 0), {})


def _taking_in(desk: DeskUnderTest, raw: bytes) -> Counted:
    desk.sandbox.advance_clock(1)
    gmail_id = desk.sandbox.deliver(SUPPORT, raw)["id"]
    return _counting(desk, lambda: desk.push("create_ticket", _event(desk, gmail_id)))


def _counting(desk: DeskUnderTest, work: Callable[[], Any]) -> Counted:
    """Return (reads, writes, published) and the calls of Gmail of one step."""
    desk.counts.reset()
    desk.sandbox.reset_calls()
    work()
    return astuple(desk.counts), desk.sandbox.calls()


def _event(desk: DeskUnderTest, gmail_id: str) -> dict[str, str]:
    return {"mailbox_id": desk.mailboxes[SUPPORT], "gmail_id": gmail_id}


def _to(parent: str) -> dict[str, str]:
    name = f"{parent}x.example.net>"
    return {"in_reply_to": name, "references": name}


def _crowd(desk: DeskUnderTest, number: int) -> Documents:
    """Copy a ticket and a message that there are, so many times, under ids of their own."""
    crowd: Documents = {}
    for collection, prefix in (("tickets", ids.TICKET), ("messages", ids.MESSAGE)):
        first = next(iter(desk.documents(collection).values()))
        for i in range(number):
            id = ids.derived_id(prefix, "crowd", str(i))
            crowd[collection, id] = _another(first, i)
    _write(desk, crowd)
    return crowd


def _write(desk: DeskUnderTest, documents: Documents) -> None:
    """Put documents, or delete those that are None."""

    def work(tx: Transaction, part: list[tuple[tuple[str, str], Data | None]]) -> None:
        for (collection, id), data in part:
            if data is None:
                tx.delete(collection, id)
            else:
                tx.put(collection, id, data)

    everything = list(documents.items())
    for start in range(0, len(everything), 2_000):
        desk.files["(default)"].transact(partial(work, part=everything[start : start + 2_000]))


def _another(data: Any, number: int) -> dict[str, Any]:
    """Return a document that nothing ties to the one it is like."""
    other = dict(data)
    for name in ("thread_tokens", "message_token", "gmail_thread_id", "ticket_id", "code"):
        if name in other:
            text = f"{name}-{number}"
            other[name] = [text] if name == "thread_tokens" else text
    if "message_count" in other:
        other["message_count"] = 0
    return other
