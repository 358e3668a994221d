"""Finding the ticket that a message belongs to, in the order of the design.

Signed reply token → same mailbox and Gmail thread → the newest message that shares an id with it
(its own Message-ID, In-Reply-To, References; so mail that we never saw ties two answers together) →
a ticket code in the subject, if the sender takes part → a new ticket. What a person writes to a ticket
that is done for longer than the mailbox allows goes to a new one that follows it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from shared import codec
from shared.app import App
from shared.domain import messages, tickets
from shared.domain.arrivals import Arrival
from shared.domain.messages import Direction, Message, ThreadReason
from shared.domain.tickets import Ticket, TicketState
from shared.keys.contract import TOKEN_KEY
from shared.mail import thread
from shared.services.receiving.message_facts import Facts
from shared.services.tickets import merged_tickets, ticket_generations
from shared.services.tickets.ticket_generations import GmailThread
from shared.store.contract import Filter, Order, Query, Transaction

_FOLLOW_UPS: Final = 10  # in a chain of tickets that went on one another, each done for long
_WAITING: Final = 100  # Gmail's own limit of messages in a thread
_COPIES: Final = 10
_DONE: Final = frozenset({TicketState.SOLVED, TicketState.CLOSED})


@dataclass(frozen=True, slots=True)
class Match:
    """Where a message belongs. `ticket` is None where it does not exist yet.

    `waiting` are messages sent from Gmail that came before the ticket and now become part of it. A ticket
    that goes on with one that is done for too long `follows` it, as the next of its Gmail `thread`.
    """

    ticket_id: str
    ticket: Ticket | None
    link: ThreadReason
    waiting: tuple[Waiting, ...] = ()
    relative: tuple[str, Message] | None = None
    follows: tuple[str, Ticket] | None = None
    thread: GmailThread | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message whose ticket does not exist yet."""

    arrival: Arrival
    sealed: str | None


@dataclass(frozen=True, slots=True)
class Copies:
    """The same mail, delivered more than once: the first is the original, the others point to it."""

    original: str | None = None
    later: tuple[str, ...] = ()


def find(app: App, tx: Transaction, facts: Facts, replied_to: str | None = None) -> Match:
    """Return where the message belongs; reads only. `replied_to` is the ticket of a reply of ours."""
    if replied_to and (found := merged_tickets.follow(tx, replied_to, facts.mailbox_id)):
        return Match(*found, ThreadReason.REPLY_TOKEN)
    match = _belongs(app, tx, facts)
    if facts.muted or facts.direction is Direction.OUT:
        return match
    return _goes_on(app, tx, facts, match)


def _belongs(app: App, tx: Transaction, facts: Facts) -> Match:
    signed = _signed(app, facts)
    for ticket_id in signed:
        if found := merged_tickets.follow(tx, ticket_id, facts.mailbox_id):
            return Match(*found, ThreadReason.REPLY_TOKEN)
    of_thread = ticket_generations.read(tx, facts.mailbox_id, facts.gmail_thread_id)
    if of_thread.current:
        return Match(*of_thread.current, ThreadReason.GMAIL_THREAD)
    if relative := _relative(tx, facts):
        return _with_relative(tx, facts, *relative)
    if found := _by_code(tx, facts):
        return Match(*found, ThreadReason.SUBJECT_CODE)
    if facts.reply_id and signed and tx.get(tickets.COLLECTION, signed[0]) is None:
        # We wrote it, of a ticket that a restored desk does not know yet: it keeps its id, and so its code.
        return Match(signed[0], None, ThreadReason.REPLY_TOKEN)
    return Match(of_thread.origin_id, None, ThreadReason.NEW)


def _goes_on(app: App, tx: Transaction, facts: Facts, match: Match) -> Match:
    """Return where a person's mail goes whose ticket may be done: that one again, or what follows it."""
    settings = app.service_terms.remembered(facts.mailbox_id).settings
    within = timedelta(days=settings.reopen_within_days)
    for _ in range(_FOLLOW_UPS):
        ticket = match.ticket
        if ticket is None or ticket.state not in _DONE:
            return match
        # Who was written to since then is answering that.
        done_at = max(ticket.state_changed_at, ticket.last_reply_at or ticket.state_changed_at)
        received_at = facts.arrival.received_at
        kept = ticket.erased_at is None  # nothing goes on in a ticket whose content was erased
        if kept and thread.on_closed("human", done_at, received_at, within) != "follow_up":
            return match
        after = ticket.followed_by and merged_tickets.follow(
            tx, ticket.followed_by, facts.mailbox_id
        )
        if not after:
            return _follow_up(tx, facts, match, (match.ticket_id, ticket))
        match = replace(match, ticket_id=after[0], ticket=after[1])
    return match


def _follow_up(tx: Transaction, facts: Facts, match: Match, follows: tuple[str, Ticket]) -> Match:
    of_thread = ticket_generations.read(tx, facts.mailbox_id, facts.gmail_thread_id)
    waiting = () if of_thread.origin else _waiting_for(tx, of_thread.next_id)
    return Match(of_thread.next_id, None, match.link, waiting, match.relative, follows, of_thread)


def copies(tx: Transaction, facts: Facts, match: Match) -> Copies:
    """Return the other copies of this mail in the mailbox: equal Message-ID, or equal bytes without one.

    They are looked for where there may be some: in a thread that is known, and where the newest relative
    names this mail's Message-ID, being a copy of it or an answer that came first.
    """
    relative = match.relative[1] if match.relative else None
    if relative is not None:
        may_be = facts.message_token in (relative.message_token, *relative.thread_tokens)
    else:
        may_be = match.ticket is not None
    others = []
    if may_be:
        same = Filter("message_token", "==", facts.message_token)
        page = tx.query(Query(messages.COLLECTION, (same,), limit=_COPIES))
        others = [(d.id, codec.from_document(Message, d.data)) for d in page.documents]
    mine = (facts.arrival.received_at, facts.message_id)
    order = sorted((message.received_at, id) for id, message in others)
    if order and order[0] < mine:
        return Copies(original=order[0][1])
    return Copies(later=tuple(id for _, id in order))


def _signed(app: App, facts: Facts) -> list[str]:
    if not facts.references:
        return []
    key = app.keys.primary(TOKEN_KEY).value
    found = (thread.read_message_id(key, reference) for reference in facts.references)
    return [pair[0] for pair in found if pair is not None]


def _relative(tx: Transaction, facts: Facts) -> tuple[str, Message] | None:
    """Return the newest message that shares an id with this one."""
    page = tx.query(
        Query(
            messages.COLLECTION,
            (
                Filter("mailbox_id", "==", facts.mailbox_id),
                Filter("thread_tokens", "array_contains_any", list(facts.thread_tokens)),
            ),
            (Order("received_at", descending=True),),
            limit=1,
        )
    )
    for document in page.documents:
        return document.id, codec.from_document(Message, document.data)
    return None


def _with_relative(tx: Transaction, facts: Facts, id: str, relative: Message) -> Match:
    if found := merged_tickets.follow(tx, relative.ticket_id, facts.mailbox_id):
        return Match(*found, ThreadReason.REFERENCES, relative=(id, relative))
    waiting = _waiting_for(tx, relative.ticket_id)
    return Match(relative.ticket_id, None, ThreadReason.REFERENCES, waiting, (id, relative))


def _waiting_for(tx: Transaction, ticket_id: str) -> tuple[Waiting, ...]:
    page = tx.query(
        Query(
            messages.COLLECTION,
            (Filter("ticket_id", "==", ticket_id),),
            (Order("received_at"),),
            limit=_WAITING,
        )
    )
    return tuple(_waiting(d.id, codec.from_document(Message, d.data)) for d in page.documents)


def _waiting(id: str, message: Message) -> Waiting:
    arrival = Arrival(
        message_id=id,
        received_at=message.received_at,
        direction=message.direction,
        muted=message.muted,
        gmail_thread_id=message.gmail_thread_id,
        link=message.thread_reason,
        people=message.people,
        customer_id=message.customer_id,
        by_desk=message.reply_id is not None,
    )
    return Waiting(arrival, message.sealed)


def _by_code(tx: Transaction, facts: Facts) -> tuple[str, Ticket] | None:
    """Return the ticket of a code in the subject.

    Anybody can type a code: it counts for somebody who takes part, when nothing looks forged.
    """
    if not facts.subject_codes or not facts.may_use_code:
        return None
    code = Filter("code", "==", facts.subject_codes[0])
    page = tx.query(Query(tickets.COLLECTION, (code,), limit=1))
    for document in page.documents:
        ticket = codec.from_document(Ticket, document.data)
        if ticket.mailbox_id == facts.mailbox_id and facts.sender_token in ticket.participants:
            if ticket.merged_into is None:
                return document.id, ticket
            return merged_tickets.follow(tx, ticket.merged_into, facts.mailbox_id)
    return None
