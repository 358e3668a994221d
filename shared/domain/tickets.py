"""A ticket: where a conversation with a customer stands, and what people made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.domain.messages import ThreadReason

COLLECTION: Final = "tickets"
CODES: Final = "codes"

MAX_PARTICIPANTS: Final = 100
MAX_THREADS: Final = 30
MAX_TAGS: Final = 20
MAX_FOLLOWERS: Final = 50
MAX_LINKS: Final = 20
MAX_MERGED: Final = 20
MAX_INBOUND_TIMES: Final = 20


class TicketState(StrEnum):
    """Where a ticket stands; `new` is one that nobody has touched."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    SOLVED = "solved"
    CLOSED = "closed"
    SPAM = "spam"


class Priority(StrEnum):
    """How soon a ticket wants an answer."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Target(StrEnum):
    """What an organisation promises a time for."""

    FIRST_REPLY = "first_reply"
    NEXT_REPLY = "next_reply"
    SOLVE = "solve"


class Rating(StrEnum):
    """What a customer said of the help that they got."""

    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Ticket:
    """The document of a ticket.

    `sealed` is {"subject", "customer": {"name", "address"}, "fields": {custom field's id: value}} under the
    mailbox's key: what a list shows, and what people filled in.
    `participants` are equality tokens of everybody seen on it; `gmail_threads` the threads it grew from.
    `first_link` is why the first message would stand here if it were not the first. The customer is the
    sender of `customer_message_id`: the first message from outside whose sender is a person, not a
    machine that returns mail, as far as there is one.

    A ticket that was merged into another keeps its messages, notes and replies, which are shown there: a
    ticket's conversation stands under `family` of its id.

    `conversation` counts what somebody who answers should have read: mail from outside that is not muted,
    mail sent from Gmail itself, and replies queued here. `inbound_times` are the latest of the first kind,
    and `first_reply_at` and `last_reply_at` bound the mail that people sent. `deadline_at` is when
    apply_deadlines must look at the ticket next: a snooze that ends, a promised time that passes.
    """

    mailbox_id: str
    code: str
    state: TicketState
    state_changed_at: datetime
    gmail_threads: tuple[str, ...]
    first_message_id: str
    first_message_at: datetime
    first_is_inbound: bool
    first_link: ThreadReason
    last_message_at: datetime
    message_count: int
    customer_id: str | None
    customer_message_at: datetime | None
    customer_message_id: str | None
    participants: tuple[str, ...]
    sealed: str | None
    assignee_id: str | None = None
    team_id: str | None = None
    priority: Priority = Priority.NORMAL
    tags: tuple[str, ...] = ()
    followers: tuple[str, ...] = ()  # ids of users
    snoozed_until: datetime | None = None
    links: tuple[str, ...] = ()  # ids of related tickets, which name this one too
    follow_up_of: str | None = None  # the closed ticket that this one goes on with
    followed_by: str | None = None  # the ticket that goes on with this one
    merged_into: str | None = None
    merged_from: tuple[str, ...] = ()  # ids of what was merged into this one, however indirectly
    # Of its Gmail thread; later ones come from splits and from going on in a new ticket. Generation 0
    # holds what counts for the thread: which was the latest, and which ticket takes its later mail.
    generation: int = 0
    generations: int = 0
    current: str | None = None  # None: generation 0 itself
    conversation: int = 0
    inbound_times: tuple[datetime, ...] = ()
    first_reply_at: datetime | None = None
    last_reply_at: datetime | None = None
    solved_at: datetime | None = None
    reopened_at: datetime | None = None  # when it was last brought back from solved or closed
    first_reply_due_at: datetime | None = None
    next_reply_due_at: datetime | None = None
    solve_due_at: datetime | None = None
    breached: tuple[Target, ...] = ()
    paused_at: datetime | None = None  # since when the clock of solving stands still,
    paused_seconds: int = 0  # and how long it stood before, in business time
    deadline_at: datetime | None = None
    rating: Rating | None = None
    held: bool = False  # on legal hold
    erased_at: datetime | None = None  # when its content was erased, as too old or at a wish
    destroyed_at: datetime | None = None  # when all of its mailbox was: it was disconnected
    imported: bool = False  # its conversation came from another helpdesk, as notes
    erased: bool = False  # what it held was erased: mail that Gmail still has does not find it
    search_tokens: tuple[str, ...] = ()
    changed_at: datetime | None = None  # the store's time of the last write
    version: int = 1
    changed_by: str | None = None  # the person who made this version; None where mail did
    last_audit_id: str | None = None


def family(ticket_id: str, ticket: Ticket) -> list[str]:
    """Return the ids under which a ticket's messages, notes and replies stand: its own, then merged ones.

    At most 21, so that a query may ask for them at once.
    """
    return [ticket_id, *ticket.merged_from]
