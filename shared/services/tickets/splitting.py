"""Splitting a ticket: some of its messages become a ticket of their own, and the two name each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from shared import codec, ids
from shared.app import App
from shared.audit.events import Action
from shared.domain import arrivals, messages
from shared.domain.messages import ThreadReason
from shared.domain.tickets import COLLECTION, MAX_LINKS, Ticket, family
from shared.errors import Conflict, NotFound
from shared.permissions import Actor, Permission
from shared.services import outbox
from shared.services.outbox import Outbox
from shared.services.tickets import departing, ticket_changes, ticket_codes, ticket_generations
from shared.services.tickets.departing import Departure, Stored
from shared.services.tickets.ticket_generations import GmailThread
from shared.store.contract import Reader, Transaction

MOST_CHOSEN: Final = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """The messages that are to become a ticket of their own."""

    message_ids: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(set(self.message_ids)) <= MOST_CHOSEN:
            raise ValueError("message_ids")


def split(
    app: App, actor: Actor, ticket_id: str, version: int, wanted: Chosen
) -> tuple[str, Ticket]:
    """Make a ticket of some messages of another; return it with its id. Done already, it is found.

    It is new and nobody's, has the team and priority of the old one, and takes the later mail of each
    Gmail thread whose newest message it has. Raises NotFound, Forbidden,
    Conflict("ticket.changed_meanwhile"), Conflict("ticket.merged"), Conflict("ticket.too_many_links"),
    and what `departing.read` raises.
    """
    chosen = tuple(sorted(set(wanted.message_ids)))
    if not all(ids.is_id(ids.MESSAGE, id) for id in chosen):
        raise NotFound("message.not_found")

    def work(tx: Transaction, box: Outbox) -> tuple[str, Ticket]:
        before = ticket_changes.load(tx, actor, ticket_id, Permission.TICKET_WRITE)
        if (done := _done(tx, ticket_id, before, chosen)) is not None:
            return done
        ticket_changes.require_whole(before)
        ticket_changes.require_version(before, version)
        if len(before.links) == MAX_LINKS:
            raise Conflict("ticket.too_many_links", most=MAX_LINKS)
        departure = departing.read(tx, ticket_id, before, chosen)
        first = departure.chosen[0][1]
        thread = ticket_generations.read(tx, before.mailbox_id, first.gmail_thread_id)
        code = ticket_codes.free(tx, thread.next_id)
        waiting = () if thread.origin else departing.standing(tx, thread.next_id)
        new = _new(app, departure, thread, code, waiting)
        return thread.next_id, _write(app, tx, box, actor, departure, thread, new)

    return outbox.commit(app, work)


def _done(
    reader: Reader, ticket_id: str, ticket: Ticket, chosen: tuple[str, ...]
) -> tuple[str, Ticket] | None:
    """Return the ticket that these messages were split into before, so that a repetition finds it."""
    found = reader.get_all([(messages.COLLECTION, id) for id in chosen])
    standing = {str(d.data.get("ticket_id")) for d in found if d is not None}
    if len(standing) != 1 or None in found or standing <= set(family(ticket_id, ticket)):
        return None
    [other_id] = standing
    other = reader.get(COLLECTION, other_id) if other_id in ticket.links else None
    return None if other is None else (other_id, codec.from_document(Ticket, other.data))


def _write(
    app: App,
    tx: Transaction,
    box: Outbox,
    actor: Actor,
    departure: Departure,
    thread: GmailThread,
    new: Ticket,
) -> Ticket:
    old_id, old, new_id = departure.ticket_id, departure.ticket, thread.next_id
    author = ticket_changes.person(actor)
    left = departing.left(app, departure)
    left = replace(left, links=(*old.links, new_id))
    left = departing.pointed(departure, old_id, left, new_id)
    if thread.origin_id == old_id:
        left = replace(left, generations=thread.next_generation)
    departing.write(tx, departure, left, new_id)
    if thread.origin is not None and thread.origin_id != old_id:
        tx.update(COLLECTION, thread.origin_id, {"generations": thread.next_generation})
    told = tuple({"field": "message", "before": old_id, "after": id} for id, _ in departure.chosen)
    written = ticket_changes.create(app, tx, box, new_id, new, author, Action.TICKET_SPLIT, told)
    ticket_changes.write(app, tx, box, old_id, old, left, author, Action.TICKET_SPLIT)
    return written


def _new(
    app: App,
    departure: Departure,
    thread: GmailThread,
    code: str,
    waiting: tuple[Stored, ...],
) -> Ticket:
    """Return the ticket that the chosen messages make, with what waits for a ticket of their thread."""
    old, now = departure.ticket, app.clock.now()
    came = [departing.arrival(one, old, ThreadReason.CORRECTED) for one in departure.chosen]
    came += [departing.arrival(one, old) for one in waiting]
    first, *others = sorted(came, key=lambda one: (one.received_at, one.message_id))
    ticket = arrivals.opened(old.mailbox_id, code, first, now).ticket
    for one in others:
        ticket = arrivals.joined(ticket, one, ThreadReason.CORRECTED, now).ticket
    goes_along = any(t.origin_id == thread.origin_id for t in departure.threads)
    stays = thread.origin is None and not goes_along
    ticket = replace(
        ticket,
        version=1,
        team_id=old.team_id,
        priority=old.priority,
        links=(departure.ticket_id,),
        generation=thread.next_generation,
        current=departure.ticket_id if stays else None,
    )
    return departing.summarised(app, thread.next_id, None, ticket, (*departure.chosen, *waiting))
