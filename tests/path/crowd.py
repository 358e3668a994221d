"""A desk among many tickets, and what one step of it costs there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from functools import partial
from typing import Any, Final

from shared import ids
from shared.store.contract import Data, Transaction
from tests.desk import DeskUnderTest

NORA: Final = "Nora Lind <nora@customers.example.net>"
BOB: Final = "Bob Moss <bob@customers.example.net>"
MANY: Final = 20_000

Counted = tuple[tuple[int, ...], dict[str, int]]
Documents = dict[tuple[str, str], Data | None]


def counting(desk: DeskUnderTest, work: Callable[[], Any]) -> Counted:
    """Return (reads, writes, published) and the calls of Gmail of one step."""
    desk.counts.reset()
    desk.sandbox.reset_calls()
    work()
    return astuple(desk.counts), desk.sandbox.calls()


def crowd_of(desk: DeskUnderTest, number: int) -> Documents:
    """Copy a ticket and a message that there are, so many times, under ids of their own."""
    crowd: dict[tuple[str, str], dict[str, Any]] = {}
    app = desk.app()
    summary = {"subject": "One of many", "customer": None}
    for collection, prefix in (("tickets", ids.TICKET), ("messages", ids.MESSAGE)):
        first = next(iter(desk.documents(collection).values()))
        for i in range(number):
            id = ids.derived_id(prefix, "crowd", str(i))
            crowd[collection, id] = _another(first, i)
            if collection == "tickets":  # a summary opens only where it was sealed for
                context = f"tickets/{id}/sealed"
                sealed = app.envelope.seal(first["mailbox_id"], context, summary)
                crowd[collection, id] |= {"sealed": sealed}
    documents: Documents = dict(crowd)
    write(desk, documents)
    return documents


def write(desk: DeskUnderTest, documents: Documents) -> None:
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
