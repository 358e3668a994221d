"""Mail that was lost as no code of ours should lose it: out of the store, as if it had never come in."""

from __future__ import annotations

from shared import ids
from shared.store.contract import Transaction
from tests.desk import SUPPORT, DeskUnderTest


def lose(
    desk: DeskUnderTest, gmail_id: str, mailbox: str = SUPPORT, *, buried: bool = False
) -> str:
    """Take a message that opened a ticket out of the store, with the ticket; return its document's id.

    `buried` leaves the note that Gmail had deleted it.
    """
    mailbox_id = desk.mailboxes[mailbox]
    document_id = ids.message_id(mailbox_id, gmail_id)
    ticket_id = desk.documents("messages")[document_id]["ticket_id"]
    code = desk.documents("tickets")[ticket_id]["code"]
    stone = {"mailbox_id": mailbox_id, "gmail_id": gmail_id, "state": "gone"}

    def work(tx: Transaction) -> None:
        tx.delete("messages", document_id)
        tx.delete("bodies", document_id)
        tx.delete("tickets", ticket_id)
        tx.delete("codes", code)
        if buried:
            tx.put("messages", document_id, stone)

    desk.app().store.transact(work)
    return document_id
