"""Messages that leave one ticket for another, because somebody says that they belong there.

The ticket that they leave is worked out anew from what stays, so it is as if they had never been there.
Later mail of a Gmail thread follows its newest message: where that leaves, the thread goes along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from shared import codec
from shared.app import App
from shared.domain import arrivals, messages
from shared.domain.arrivals import Arrival
from shared.domain.messages import Direction, Message, ThreadReason
from shared.domain.places import place
from shared.domain.tickets import COLLECTION, Ticket, family
from shared.errors import Conflict, NotFound
from shared.services.finding import search_tokens
from shared.services.tickets import ticket_generations
from shared.services.tickets.ticket_generations import GmailThread
from shared.services.tickets.ticket_rows import open_sealed
from shared.store.contract import Filter, Order, Query, Reader, Transaction

MOST_MESSAGES: Final = 1_000  # of a ticket that is taken apart

Stored = tuple[str, Message]


@dataclass(frozen=True, slots=True)
class Departure:
    """What was read of a ticket, whose `chosen` messages leave and whose `rest` stay.

    `merged` are the tickets merged into it under whose ids some of the chosen stand; `threads` the Gmail
    threads whose later mail goes along.
    """

    ticket_id: str
    ticket: Ticket
    chosen: tuple[Stored, ...]
    rest: tuple[Stored, ...]
    merged: Mapping[str, Ticket]
    threads: tuple[GmailThread, ...]


def read(tx: Transaction, ticket_id: str, ticket: Ticket, message_ids: Sequence[str]) -> Departure:
    """Return what leaves and what stays; reads only.

    Raises NotFound("message.not_found") for what does not stand there, Conflict("ticket.would_be_empty")
    where nothing would stay, and Conflict("ticket.too_long").
    """
    wanted = set(message_ids)
    stored = all_of(tx, family(ticket_id, ticket))
    chosen = tuple(one for one in stored if one[0] in wanted)
    if len(chosen) != len(wanted):
        raise NotFound("message.not_found")
    threads = [
        ticket_generations.read(tx, ticket.mailbox_id, thread_id)
        for thread_id in sorted(_threads_of(chosen, stored))
    ]
    # What goes elsewhere already, after an earlier split, stays there.
    own = tuple(t for t in threads if t.current is None or t.current[0] == ticket_id)
    merged = _merged(tx, ticket_id, ticket, chosen)
    return _departure(ticket_id, ticket, chosen, stored, merged, own)


def read_merged(tx: Transaction, ticket_id: str, ticket: Ticket, source: list[str]) -> Departure:
    """Return what leaves a ticket with one that was merged into it, whose family is `source`.

    Its messages keep their ids, and Gmail's threads find it by themselves when its pointer is gone.
    Raises Conflict("ticket.would_be_empty"), Conflict("ticket.too_long").
    """
    stored = all_of(tx, family(ticket_id, ticket))
    chosen = tuple(one for one in stored if one[1].ticket_id in source)
    return _departure(ticket_id, ticket, chosen, stored, {}, ())


def all_of(reader: Reader, ticket_ids: Sequence[str]) -> list[Stored]:
    """Return all messages of a ticket's family. Raises Conflict("ticket.too_long")."""
    of_family = Filter("ticket_id", "in", list(ticket_ids))
    order = (Order("received_at"),)
    page = reader.query(Query(messages.COLLECTION, (of_family,), order, limit=MOST_MESSAGES + 1))
    if len(page.documents) > MOST_MESSAGES:
        raise Conflict("ticket.too_long", most=MOST_MESSAGES)
    return [(d.id, codec.from_document(Message, d.data)) for d in page.documents]


def _departure(
    ticket_id: str,
    ticket: Ticket,
    chosen: tuple[Stored, ...],
    stored: Sequence[Stored],
    merged: Mapping[str, Ticket],
    threads: tuple[GmailThread, ...],
) -> Departure:
    leaving = {id for id, _ in chosen}
    rest = tuple(one for one in stored if one[0] not in leaving)
    if not rest and ticket.first_message_id:
        raise Conflict("ticket.would_be_empty")
    return Departure(ticket_id, ticket, chosen, rest, merged, threads)


def standing(reader: Reader, ticket_id: str) -> tuple[Stored, ...]:
    """Return messages that were sent from Gmail and wait for their ticket under this id."""
    own = Filter("ticket_id", "==", ticket_id)
    page = reader.query(Query(messages.COLLECTION, (own,), (Order("received_at"),), limit=100))
    return tuple((d.id, codec.from_document(Message, d.data)) for d in page.documents)


def arrival(stored: Stored, ticket: Ticket, link: ThreadReason | None = None) -> Arrival:
    """Return a stored message as it came in; `link` where it stands by another reason from now on."""
    id, message = stored
    if link is None:
        link = message.thread_reason
        if link is ThreadReason.NEW:
            first = id == ticket.first_message_id
            link = ticket.first_link if first else ThreadReason.GMAIL_THREAD
    return Arrival(
        message_id=id,
        received_at=message.received_at,
        direction=message.direction,
        muted=message.muted,
        gmail_thread_id=message.gmail_thread_id,
        link=link,
        people=message.people,
        customer_id=message.customer_id,
        by_desk=message.reply_id is not None,
    )


def left(app: App, departure: Departure) -> Ticket:
    """Return the ticket without what leaves: counts, times, subject and customer."""
    return rebuilt(app, departure.ticket_id, departure.ticket, departure.rest)


def rebuilt(app: App, ticket_id: str, ticket: Ticket, stored: Sequence[Stored]) -> Ticket:
    """Return a ticket as these messages of its family make it."""
    own = [arrival(one, ticket) for one in stored if one[1].ticket_id == ticket_id]
    others = [arrival(one, ticket) for one in stored if one[1].ticket_id != ticket_id]
    return summarised(app, ticket_id, ticket, arrivals.rebuilt(ticket, own, others), stored)


def summarised(
    app: App, ticket_id: str, before: Ticket | None, after: Ticket, stored: Iterable[Stored]
) -> Ticket:
    """Return a ticket whose sealed subject and customer are those of its messages, where they changed."""
    known = dict(stored)
    summary: dict[str, Any] = {"subject": "", "customer": None}
    if before is not None:
        context = place(COLLECTION, ticket_id)
        summary |= open_sealed(app, before.mailbox_id, context, before.sealed)
    first = known.get(after.first_message_id)
    if first is not None and (before is None or before.first_message_id != after.first_message_id):
        summary["subject"] = _fields(app, after.first_message_id, first).get("subject", "")
    named = known.get(after.customer_message_id or "")
    if before is None or before.customer_message_id != after.customer_message_id:
        summary["customer"] = None if named is None else _customer(app, after, named)
    sealed = app.envelope.seal(after.mailbox_id, place(COLLECTION, ticket_id), summary)
    return search_tokens.indexed(app, ticket_id, replace(after, sealed=sealed))


def write(tx: Transaction, departure: Departure, after: Ticket, to_ticket_id: str) -> None:
    """Write the messages with their new ticket, and what merged tickets and Gmail threads say of them.

    `after` is the ticket that they leave, which the caller writes, and so is the one they come to.
    """
    for id, _ in departure.chosen:
        moved = {"ticket_id": to_ticket_id, "thread_reason": ThreadReason.CORRECTED.value}
        tx.update(messages.COLLECTION, id, moved)
    first = dict(departure.rest).get(after.first_message_id)
    if (
        first is not None
        and after.first_message_id != departure.ticket.first_message_id
        and first.direction is Direction.IN
        and first.thread_reason is not ThreadReason.CORRECTED
    ):
        new = {"thread_reason": ThreadReason.NEW.value}
        tx.update(messages.COLLECTION, after.first_message_id, new)
    for id, ticket in departure.merged.items():
        own = family(id, ticket)
        fewer = sum(message.ticket_id in own for _, message in departure.chosen)
        tx.update(COLLECTION, id, {"message_count": ticket.message_count - fewer})
    for thread in departure.threads:
        if thread.origin is not None and thread.origin_id not in (
            departure.ticket_id,
            to_ticket_id,
        ):
            tx.update(COLLECTION, thread.origin_id, {"current": to_ticket_id})


def pointed(departure: Departure, ticket_id: str, ticket: Ticket, to_ticket_id: str) -> Ticket:
    """Return a ticket that is the origin of a thread which goes along, pointing to where it goes."""
    if any(thread.origin_id == ticket_id for thread in departure.threads):
        return replace(ticket, current=None if ticket_id == to_ticket_id else to_ticket_id)
    return ticket


def _merged(
    tx: Transaction, ticket_id: str, ticket: Ticket, chosen: Sequence[Stored]
) -> dict[str, Ticket]:
    if all(message.ticket_id == ticket_id for _, message in chosen):
        return {}
    found = tx.get_all([(COLLECTION, id) for id in ticket.merged_from])
    read = {d.id: codec.from_document(Ticket, d.data) for d in found if d is not None}
    standing = {message.ticket_id for _, message in chosen}
    return {id: one for id, one in read.items() if standing & set(family(id, one))}


def _threads_of(chosen: Sequence[Stored], stored: Sequence[Stored]) -> set[str]:
    """Return the Gmail threads whose newest message is among the chosen."""
    newest: dict[str, str] = {}
    for id, message in sorted(stored, key=lambda one: (one[1].received_at, one[0])):
        newest[message.gmail_thread_id] = id
    leaving = {id for id, _ in chosen}
    return {thread for thread, id in newest.items() if id in leaving}


def _customer(app: App, ticket: Ticket, named: Message) -> Any:
    """Return whose mail it is: its sender, or whoever wrote what one of our people passed on."""
    fields = _fields(app, ticket.customer_message_id or "", named)
    return fields.get("customer") or fields.get("from")  # nothing of an erased one


def _fields(app: App, id: str, message: Message) -> Mapping[str, Any]:
    context = place(messages.COLLECTION, id)
    return open_sealed(app, message.mailbox_id, context, message.sealed)
