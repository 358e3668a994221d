"""However people merge, split and correct: every message stands in one ticket, and every count is right."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.desk import SUPPORT, DeskBrowser, DeskUnderTest, mail

THREADS = 4
STEPS = 14


class Walk:
    """A supervisor who rearranges tickets at random."""

    def __init__(self, desk: DeskUnderTest, seed: int) -> None:
        self.desk = desk
        self.random = random.Random(seed)
        self.browser: DeskBrowser = desk.browser("supervisor")
        self.number = 0
        self.done: list[str] = []
        self.threads: list[str] = []

    def arrive(self, thread: int) -> None:
        """Let the next mail of a Gmail thread arrive, which refers to the thread's first."""
        self.number += 1
        self.desk.sandbox.advance_clock(60)
        headers = {"references": f"<t{thread}@x.example.net>"} if thread < len(self.threads) else {}
        id = f"<t{thread}@x.example.net>" if not headers else f"<m{self.number}@x.example.net>"
        options = {"thread_id": self.threads[thread]} if headers else {}
        self.desk.deliver(mail(f"Mail {self.number}", message_id=id, **headers), **options)
        if not headers:
            self.threads.append(self.desk.sandbox.messages(SUPPORT)[-1]["threadId"])

    def step(self) -> None:
        """Do one thing to tickets that are there."""
        tickets = self.desk.tickets()
        one, other = self.random.sample(tickets, 2) if len(tickets) > 1 else (tickets[0], None)
        kind = self.random.choice(["merge", "unmerge", "split", "correct", "mail"])
        if kind == "mail":
            self.arrive(self.random.randrange(THREADS))
            return
        view = self.browser.get(f"/api/tickets/{one['id']}").json
        ids = [message["id"] for message in view["messages"]]
        path = f"/api/tickets/{one['id']}"
        if kind == "merge" and other is not None:
            body = {"source_id": other["id"], "source_version": other["version"]}
            self._send("POST", f"{path}/merge", body, one)
        elif kind == "unmerge" and view["merged_from"]:
            body = {"source_id": self.random.choice(view["merged_from"])}
            self._send("POST", f"{path}/unmerge", body, one)
        elif kind == "split" and len(ids) > 1:
            some = self.random.sample(ids, self.random.randrange(1, len(ids)))
            self._send("POST", f"{path}/split", {"message_ids": some}, one)
        elif kind == "correct" and len(ids) > 1 and other is not None:
            body = {"ticket_id": other["id"]}
            self._send("PATCH", f"{path}/messages/{self.random.choice(ids)}", body, one)

    def _send(self, method: str, path: str, body: Any, ticket: dict[str, Any]) -> None:
        answer = self.browser.send(method, path, body, if_match=f'"{ticket["version"]}"')
        if answer.status_code == 409:  # the ticket's own messages have all been put elsewhere
            assert answer.json["code"] == "ticket.would_be_empty"
            return
        assert answer.status_code in (200, 201), answer.data
        self.done.append(path.rpartition("/")[2] if method == "POST" else "correct")


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_or_doubled(desk: DeskUnderTest, seed: int) -> None:
    """After a random walk, and after one more mail in each thread."""
    desk.connect()
    walk = Walk(desk, seed)
    for thread in range(THREADS):
        walk.arrive(thread)
        walk.arrive(thread)

    for _ in range(STEPS):
        walk.step()
        check(desk)
    for thread in range(THREADS):
        walk.arrive(thread)
        check(desk)

    assert len(set(walk.done)) >= 2, walk.done


def check(desk: DeskUnderTest) -> None:
    """Compare what tickets say of themselves with the messages that they show."""
    desk.check()
    stored = desk.documents("messages")
    tickets = desk.documents("tickets")
    shown = []
    for id, ticket in tickets.items():
        if ticket["merged_into"] is not None:
            assert tickets[ticket["merged_into"]]["merged_into"] is None
            assert id in tickets[ticket["merged_into"]]["merged_from"]
            continue
        family = {id, *ticket["merged_from"]}
        own = {m: d for m, d in stored.items() if d["ticket_id"] in family}
        shown += own
        times = [d["received_at"] for d in own.values()]
        assert ticket["last_message_at"] == max(times)
        assert ticket["inbound_times"] == sorted(times)[-20:]
        assert ticket["first_message_id"] in own
        assert ticket["customer_message_id"] in own
        assert set(ticket["gmail_threads"]) == {d["gmail_thread_id"] for d in own.values()}
    assert sorted(shown) == sorted(stored)
