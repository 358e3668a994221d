"""The tickets of one Gmail thread: generation 0, and later ones from splits and from going on as new.

Their ids are derived from mailbox, thread and number. The document of generation 0 holds which number was
the latest and which ticket takes the thread's later mail (`current`), so that both are decided in the
transaction that reads it.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared import codec, ids
from shared.domain.tickets import COLLECTION, Ticket
from shared.services.tickets import merged_tickets
from shared.store.contract import Data, Reader


@dataclass(frozen=True, slots=True)
class GmailThread:
    """A Gmail thread of a mailbox, with its generation 0 where there is one.

    `current` is the ticket that its next mail joins; None where no ticket began with this thread, which
    may still have joined one by its references.
    """

    mailbox_id: str
    thread_id: str
    origin: Ticket | None
    current: tuple[str, Ticket] | None

    @property
    def origin_id(self) -> str:
        """The id of generation 0."""
        return ids.ticket_id(self.mailbox_id, self.thread_id)

    @property
    def next_generation(self) -> int:
        """The number of the next ticket of this thread."""
        return 0 if self.origin is None else self.origin.generations + 1

    @property
    def next_id(self) -> str:
        """The id of the next ticket of this thread."""
        return ids.ticket_id(self.mailbox_id, self.thread_id, self.next_generation)

    def noted(self, current: str) -> Data:
        """Return what changes in generation 0 when the next one is made and `current` takes later mail."""
        return {"generations": self.next_generation, "current": current}


def read(reader: Reader, mailbox_id: str, thread_id: str) -> GmailThread:
    """Return a thread: one read, and one more for each pointer that is followed."""
    origin_id = ids.ticket_id(mailbox_id, thread_id)
    found = reader.get(COLLECTION, origin_id)
    if found is None:
        return GmailThread(mailbox_id, thread_id, None, None)
    origin = codec.from_document(Ticket, found.data)
    current: tuple[str, Ticket] | None = (origin_id, origin)
    if origin.current is not None:
        current = merged_tickets.follow(reader, origin.current, mailbox_id)
    elif origin.merged_into is not None:
        current = merged_tickets.follow(reader, origin.merged_into, mailbox_id)
    return GmailThread(mailbox_id, thread_id, origin, current)
