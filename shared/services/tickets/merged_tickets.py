"""Following merged tickets to the one that is left: for late mail, and for replies that are on their way."""

from __future__ import annotations

from typing import Final

from shared import codec
from shared.domain.tickets import COLLECTION, Ticket
from shared.store.contract import Reader

_FOLLOWED: Final = (
    5  # merging shortens every pointer to one step; this ends what a bug would make a circle
)


def follow(reader: Reader, ticket_id: str, mailbox_id: str) -> tuple[str, Ticket] | None:
    """Return a ticket, or the one that it was merged into; None where it is missing or of another mailbox."""
    for _ in range(_FOLLOWED):
        found = reader.get(COLLECTION, ticket_id)
        if found is None or found.data["mailbox_id"] != mailbox_id:
            return None
        ticket = codec.from_document(Ticket, found.data)
        if ticket.merged_into is None:
            return ticket_id, ticket
        ticket_id = ticket.merged_into
    return None
