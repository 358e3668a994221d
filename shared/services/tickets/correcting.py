"""Putting a message into the ticket that it belongs to, when the desk threaded it wrongly."""

from __future__ import annotations

from dataclasses import dataclass

from shared import ids
from shared.app import App
from shared.audit.events import Action
from shared.domain import arrivals, messages
from shared.domain.messages import ThreadReason
from shared.domain.tickets import Ticket, family
from shared.errors import Invalid, NotFound
from shared.permissions import Actor, Permission
from shared.services import outbox
from shared.services.outbox import Outbox
from shared.services.tickets import departing, ticket_changes
from shared.services.tickets.departing import Departure
from shared.store.contract import Transaction


@dataclass(frozen=True, slots=True)
class Belonging:
    """The ticket to which a message belongs."""

    ticket_id: str


def correct(
    app: App, actor: Actor, ticket_id: str, message_id: str, to: Belonging, version: int
) -> tuple[str, Ticket]:
    """Move a message to another ticket of its mailbox; return that one. Done already, it is returned.

    There it counts as any mail that joins: a person's mail opens what waits or is done. Later mail of its
    Gmail thread follows it where it is the newest of the thread in its ticket. `version` is that of the
    ticket which it leaves. Raises NotFound, Forbidden, Conflict("ticket.changed_meanwhile"),
    Conflict("ticket.merged"), Invalid("ticket.correction_impossible") for another mailbox, and what
    `departing.read` raises: a ticket's last message stays, and the tickets can be merged.
    """
    if not ids.is_id(ids.TICKET, to.ticket_id):
        raise NotFound("ticket.not_found")

    def work(tx: Transaction, box: Outbox) -> tuple[str, Ticket]:
        old = ticket_changes.load(tx, actor, ticket_id, Permission.TICKET_WRITE)
        new = ticket_changes.load(tx, actor, to.ticket_id, Permission.TICKET_WRITE)
        found = tx.get(messages.COLLECTION, message_id)
        if found is not None and found.data.get("ticket_id") in family(to.ticket_id, new):
            return to.ticket_id, new
        if old.mailbox_id != new.mailbox_id:
            raise Invalid("ticket.correction_impossible")
        ticket_changes.require_whole(old)
        ticket_changes.require_whole(new)
        ticket_changes.require_version(old, version)
        departure = departing.read(tx, ticket_id, old, (message_id,))
        return to.ticket_id, _write(app, tx, box, actor, departure, to.ticket_id, new)

    return outbox.commit(app, work)


def _write(
    app: App,
    tx: Transaction,
    box: Outbox,
    actor: Actor,
    departure: Departure,
    to_id: str,
    to: Ticket,
) -> Ticket:
    author = ticket_changes.person(actor)
    [chosen] = departure.chosen
    arrival = departing.arrival(chosen, departure.ticket, ThreadReason.CORRECTED)
    joined = arrivals.joined(to, arrival, ThreadReason.CORRECTED, app.clock.now())
    arrived = departing.summarised(app, to_id, to, joined.ticket, departure.chosen)
    arrived = departing.pointed(departure, to_id, arrived, to_id)
    left = departing.left(app, departure)
    left = departing.pointed(departure, departure.ticket_id, left, to_id)
    departing.write(tx, departure, left, to_id)
    if joined.displaced is not None:
        displaced = joined.displaced
        reason = {"thread_reason": displaced.reason.value}
        tx.update(messages.COLLECTION, displaced.message_id, reason)
    told = ({"field": "message", "before": departure.ticket_id, "after": chosen[0]},)
    moved = Action.MESSAGE_MOVED
    written = ticket_changes.write(app, tx, box, to_id, to, arrived, author, moved, told)
    ticket_changes.write(app, tx, box, departure.ticket_id, departure.ticket, left, author, moved)
    return written
