"""How long a mailbox's content is kept, and what is left of it after that.

A mailbox has rules of its own; without them everything is kept until it is disconnected. What is erased
leaves its document behind: that there was a ticket, when, and how many messages, still counts and shows, and
a message that was erased is never taken in again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.domain.messages import ERASED, Message
from shared.domain.notes import Note
from shared.domain.satisfaction import Answer
from shared.domain.tickets import Ticket, TicketState

COLLECTION: Final = "retention"
MAX_DAYS: Final = 3_650
DONE: Final = (TicketState.CLOSED, TicketState.SOLVED, TicketState.SPAM)


class Kept(StrEnum):
    """What has its own time, in the order in which it is erased."""

    TICKETS = "tickets"  # solved, closed or spam, and not touched since: all of their content
    NOTES = "notes"  # the texts of notes, also on tickets that are kept
    COMMENTS = "comments"  # what customers wrote with their rating
    CUSTOMERS = "customers"  # whose tickets are all erased


@dataclass(frozen=True, slots=True)
class Rules:
    """The document of a mailbox's rules: days that each kind is kept; None keeps it until the disconnect.

    `active` says that there is any; the daily tick asks for those.
    """

    mailbox_id: str
    tickets: int | None = None
    notes: int | None = None
    comments: int | None = None
    customers: int | None = None
    active: bool = False
    version: int = 0
    changed_by: str | None = None
    last_audit_id: str | None = None

    def cutoff(self, kind: Kept, now: datetime) -> datetime | None:
        """Return before when something of this kind is too old; None where it is kept."""
        days: int | None = getattr(self, kind.value)
        return None if days is None else now - timedelta(days=days)


def last_touched(ticket: Ticket) -> datetime:
    """Return since when nothing happened on a ticket that counts."""
    return max(ticket.last_message_at, ticket.state_changed_at)


def is_too_old(ticket: Ticket, cutoff: datetime) -> bool:
    """Say whether a ticket's content is to be erased, as far as the ticket itself can say."""
    return (
        ticket.erased_at is None
        and not ticket.held
        and ticket.merged_into is None
        and ticket.state in DONE
        and last_touched(ticket) <= cutoff
    )


def erased_ticket(ticket: Ticket, now: datetime) -> Ticket:
    """Return what is left of a ticket: code, state, times, counts, who worked on it and its labels."""
    return replace(
        ticket,
        sealed=None,
        customer_id=None,
        participants=(),
        search_tokens=(),
        followers=(),
        snoozed_until=None,
        erased_at=now,
    )


def erased_message(message: Message) -> Message:
    """Return what is left of a message: which it was, when, and in which ticket."""
    return replace(
        message,
        sealed=None,
        message_token="",
        thread_tokens=(),
        sender_token="",
        people=(),
        authentication={},
        attachments=(),
        reasons=(),
        problems=(),
        duplicate_of=None,
        customer_id=None,
        state=ERASED,
    )


def erased_note(note: Note, now: datetime) -> Note:
    """Return what is left of a note: that there was one, by whom and when."""
    return replace(note, sealed=None, mentions=(), deleted_at=now, version=note.version + 1)


def erased_comment(answer: Answer, now: datetime) -> Answer:
    """Return what is left of a rating: the rating."""
    return replace(answer, sealed=None, erased_at=now)
