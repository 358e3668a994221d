"""How a message changes a ticket.

Messages arrive in any order, twice, or late; what a ticket is at the end must not depend on it. So
everything that a message changes is a minimum, a maximum, a count or a set over the ticket's messages,
ordered by (received_at, id), and never "what came last into this process".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shared.domain.messages import Direction, ThreadReason
from shared.domain.tickets import (
    MAX_INBOUND_TIMES,
    MAX_PARTICIPANTS,
    MAX_THREADS,
    Ticket,
    TicketState,
)

# A customer who writes again brings these back; on_hold and spam stay what a person made them.
_REOPENED_BY_CUSTOMER: Final = frozenset(
    {TicketState.PENDING, TicketState.SOLVED, TicketState.CLOSED}
)

# Links that hold a ticket's own id or code; the others tie messages to messages.
_NAMES_THE_TICKET: Final = frozenset({ThreadReason.REPLY_TOKEN, ThreadReason.SUBJECT_CODE})


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a ticket needs to know of a message that joins it.

    `link` is why it stands beside others, told by the message alone, so that it is the same whichever of
    them came in first.
    """

    message_id: str
    received_at: datetime
    direction: Direction
    muted: bool
    gmail_thread_id: str
    link: ThreadReason
    people: tuple[str, ...]  # tokens of sender and recipients, the mailbox's own left out
    customer_id: str | None
    by_desk: bool = (
        False  # an outgoing mail that was written here, so the ticket knows of it already
    )


@dataclass(frozen=True, slots=True)
class Displaced:
    """The message that was a ticket's first, and why it stands there now."""

    message_id: str
    reason: ThreadReason


@dataclass(frozen=True, slots=True)
class Joined:
    """A ticket after a message joined it, and what else must be written for it.

    `leads`: the message is now the ticket's first, so the subject is its own. `names_customer`: the
    customer is its sender.
    """

    ticket: Ticket
    reason: ThreadReason
    leads: bool = False
    names_customer: bool = False
    displaced: Displaced | None = None


def opened(mailbox_id: str, code: str, arrival: Arrival, now: datetime) -> Joined:
    """Return the ticket that a message opens."""
    inbound = arrival.direction is Direction.IN
    ticket = Ticket(
        mailbox_id=mailbox_id,
        code=code,
        state=TicketState.NEW,
        state_changed_at=now,
        gmail_threads=(arrival.gmail_thread_id,),
        first_message_id=arrival.message_id,
        first_message_at=arrival.received_at,
        first_is_inbound=inbound,
        first_link=arrival.link,
        last_message_at=arrival.received_at,
        message_count=1,
        customer_id=arrival.customer_id if inbound else None,
        customer_message_at=arrival.received_at if inbound else None,
        customer_message_id=arrival.message_id if inbound else None,
        participants=_people((), arrival.people),
        sealed=None,
    )
    ticket = _talked(ticket, arrival)
    reason = ThreadReason.NEW if inbound else arrival.link
    return Joined(ticket, reason, leads=True, names_customer=inbound)


def joined(ticket: Ticket, arrival: Arrival, link: ThreadReason, now: datetime) -> Joined:
    """Return the ticket with one more message, which `link` ties to it."""
    ticket = replace(ticket, erased_at=None)  # there is content again, which grows old again
    inbound = arrival.direction is Direction.IN
    leads = (arrival.received_at, arrival.message_id) < (
        ticket.first_message_at,
        ticket.first_message_id,
    )
    names_customer = inbound and _names_customer(ticket, arrival)
    grown = replace(
        ticket,
        gmail_threads=_threads(ticket.gmail_threads, arrival.gmail_thread_id),
        last_message_at=max(ticket.last_message_at, arrival.received_at),
        message_count=ticket.message_count + 1,
        participants=_people(ticket.participants, arrival.people),
        version=ticket.version + 1,
        changed_by=None,
    )
    grown = _talked(grown, arrival)
    if leads:
        grown = replace(
            grown,
            first_message_id=arrival.message_id,
            first_message_at=arrival.received_at,
            first_is_inbound=inbound,
            first_link=arrival.link,
        )
    if names_customer:
        grown = replace(
            grown,
            customer_id=arrival.customer_id,
            customer_message_at=arrival.received_at,
            customer_message_id=arrival.message_id,
        )
    if inbound and not arrival.muted:
        # Also where it was received before somebody closed or snoozed: they had not seen it.
        grown = replace(grown, snoozed_until=None)
        if ticket.state in _REOPENED_BY_CUSTOMER:
            grown = replace(grown, state=TicketState.OPEN, state_changed_at=now)
    return Joined(
        grown,
        reason=_reason(arrival, link, leads=leads),
        leads=leads,
        names_customer=names_customer,
        displaced=Displaced(ticket.first_message_id, ticket.first_link)
        if leads and ticket.first_is_inbound
        else None,
    )


def rebuilt(ticket: Ticket, own: Sequence[Arrival], merged: Sequence[Arrival]) -> Ticket:
    """Return a ticket as these messages make it, after others went away; what people set stays.

    `own` stand under its own id and give it subject and customer, `merged` under ids of tickets that were
    merged into it. The count of the conversation only goes on, so that whoever saw the old one is told.
    """
    now = ticket.state_changed_at
    naming = sorted(own or merged, key=lambda a: (a.received_at, a.message_id))
    if ticket.first_message_id:
        first = naming.pop(0)
        fresh = opened(ticket.mailbox_id, ticket.code, first, now).ticket
    else:
        fresh = _without_messages(ticket)
    for arrival in naming:
        fresh = joined(fresh, arrival, arrival.link, now).ticket
    for arrival in merged if own else ():
        fresh = _named_by(joined(fresh, arrival, arrival.link, now).ticket, fresh)
    return replace(
        _named_by(ticket, fresh),
        gmail_threads=fresh.gmail_threads,
        last_message_at=fresh.last_message_at,
        message_count=fresh.message_count,
        participants=fresh.participants,
        conversation=ticket.conversation + 1,
        inbound_times=fresh.inbound_times,
        first_reply_at=fresh.first_reply_at,
        last_reply_at=fresh.last_reply_at,
    )


def _without_messages(ticket: Ticket) -> Ticket:
    """Return a ticket that was opened by hand, as it was before any mail."""
    return replace(
        ticket,
        gmail_threads=(),
        last_message_at=ticket.first_message_at,
        message_count=0,
        inbound_times=(),
        first_reply_at=None,
        last_reply_at=None,
    )


def _named_by(ticket: Ticket, names: Ticket) -> Ticket:
    """Return a ticket with the first message and the customer of `names`."""
    return replace(
        ticket,
        first_message_id=names.first_message_id,
        first_message_at=names.first_message_at,
        first_is_inbound=names.first_is_inbound,
        first_link=names.first_link,
        customer_id=names.customer_id,
        customer_message_at=names.customer_message_at,
        customer_message_id=names.customer_message_id,
    )


def _talked(ticket: Ticket, arrival: Arrival) -> Ticket:
    """Return the ticket that has counted one more mail between people."""
    if arrival.muted:
        return ticket
    at = arrival.received_at
    counted = replace(ticket, conversation=ticket.conversation + (not arrival.by_desk))
    if arrival.direction is Direction.IN:
        times = tuple(sorted((*ticket.inbound_times, at))[-MAX_INBOUND_TIMES:])
        return replace(counted, inbound_times=times)
    return replace(
        counted,
        first_reply_at=min(ticket.first_reply_at or at, at),
        last_reply_at=max(ticket.last_reply_at or at, at),
    )


def _names_customer(ticket: Ticket, arrival: Arrival) -> bool:
    """Say whether this message is the first of those that could name the customer."""
    if ticket.customer_message_at is None or ticket.customer_message_id is None:
        return True
    known = (ticket.customer_id is None, ticket.customer_message_at, ticket.customer_message_id)
    return (arrival.customer_id is None, arrival.received_at, arrival.message_id) < known


def _reason(arrival: Arrival, link: ThreadReason, *, leads: bool) -> ThreadReason:
    """Return why a message stands in a ticket that existed before it came in."""
    if arrival.direction is Direction.OUT:
        return arrival.link
    if leads:
        return ThreadReason.NEW
    return link if link in _NAMES_THE_TICKET else arrival.link


def _people(known: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """Sorted, so that the order of arrival does not show; a full set takes nobody more."""
    if len(known) >= MAX_PARTICIPANTS:
        return known
    return tuple(sorted({*known, *more[:MAX_PARTICIPANTS]}))[:MAX_PARTICIPANTS]


def _threads(known: tuple[str, ...], thread: str) -> tuple[str, ...]:
    if thread in known or len(known) >= MAX_THREADS:
        return known
    return tuple(sorted({*known, thread}))


def by_hand(
    mailbox_id: str, code: str, person: str, customer_id: str | None, now: datetime
) -> Ticket:
    """Return a ticket that a person opens for a customer: no message began it, and none names it.

    `person` is the token of the customer's address. A customer whom nobody knows yet is met when they
    write: their mail names them then.
    """
    return Ticket(
        mailbox_id=mailbox_id,
        code=code,
        state=TicketState.OPEN,
        state_changed_at=now,
        gmail_threads=(),
        first_message_id="",
        first_message_at=now,
        first_is_inbound=False,
        first_link=ThreadReason.NEW,
        last_message_at=now,
        message_count=0,
        customer_id=customer_id,
        customer_message_at=now,
        customer_message_id="",
        participants=(person,),
        sealed=None,
    )
