"""What the scenarios have in common: mail that Gmail does not tell of, and all of it in at the end."""

from __future__ import annotations

from collections.abc import Mapping

from shared.bus.courier import Courier
from shared.bus.delivery import Retry
from tests.desk import DeskUnderTest, mail


def numbered(number: int) -> bytes:
    """Return one of many mails that have nothing to do with each other."""
    return mail(f"Mail {number}", message_id=f"<n{number}@x.example.net>")


def untold(desk: DeskUnderTest) -> None:
    """Let Gmail lose every notification from now on."""
    desk.settle()
    desk.sandbox.set_push(drop=100_000)


def poll(desk: DeskUnderTest) -> None:
    """Let the scheduler's poll strike, and everything follow."""
    assert desk.tick("poll_mailboxes").status_code == 204
    run_out(desk)


def run_out(desk: DeskUnderTest) -> None:
    """Let everything happen that is owed, that of later times included."""
    for _ in range(200):
        desk.settle()
        turn = desk.queue.next_turn()
        if turn is None:
            return
        wait = (turn - desk.clock.now()).total_seconds()
        desk.clock.advance(max(0.001, wait))  # type: ignore[attr-defined]
    raise AssertionError("events follow one another without an end")


def all_are_in(desk: DeskUnderTest, number: int) -> None:
    """Assert one document for each message of Gmail's, each in a ticket that counts it."""
    stored = [m for m in desk.documents("messages").values() if m["state"] == "stored"]
    assert len(stored) == number
    assert len({(m["mailbox_id"], m["gmail_id"]) for m in stored}) == number
    tickets = desk.documents("tickets")
    assert {m["ticket_id"] for m in stored} == set(tickets)
    assert sum(ticket["message_count"] for ticket in tickets.values()) == number
    assert desk.queue.dead_letters() == []


def count_in(desk: DeskUnderTest, address: str) -> int:
    """Return how many messages of a mailbox are recorded."""
    stored = desk.documents("messages").values()
    return sum(m["mailbox_id"] == desk.mailboxes[address] for m in stored)


class Answers:
    """Notes what the functions answer to the bus."""

    def __init__(self, desk: DeskUnderTest) -> None:
        self.statuses: list[int] = []
        self._post = desk._post
        retry = Retry(0.01, 1.0, 100)
        desk.courier = Courier(desk.queue, self, desk.desk.signer, desk.clock, retry)

    def __call__(
        self, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, /
    ) -> int:
        status = self._post(url, headers, body, timeout_seconds)
        self.statuses.append(status)
        return status
