"""Taking a merge back: the ticket that was merged is on its own again, with all that stands under its id.

What came in after the merge stays where it came in, and can be split or corrected by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared import codec, ids
from shared.app import App
from shared.audit.events import Action
from shared.domain.tickets import COLLECTION, Ticket, TicketState, family
from shared.errors import Conflict, NotFound
from shared.permissions import Actor, Permission
from shared.services import outbox
from shared.services.outbox import Outbox
from shared.services.tickets import departing, ticket_changes
from shared.services.tickets.departing import Departure
from shared.store.contract import SERVER_TIME, Transaction


@dataclass(frozen=True, slots=True)
class Merged:
    """The ticket that is to be on its own again."""

    source_id: str


def unmerge(app: App, actor: Actor, target_id: str, version: int, merged: Merged) -> Ticket:
    """Take a ticket out of the one that it was merged into; return it, open. Done already is no change.

    Raises NotFound, also for one that was not merged into this one, Forbidden,
    Conflict("ticket.changed_meanwhile"), and what `departing.read_merged` raises.
    """
    source_id = merged.source_id
    if not ids.is_id(ids.TICKET, source_id):
        raise NotFound("ticket.not_found")

    def work(tx: Transaction, box: Outbox) -> Ticket:
        target = ticket_changes.load(tx, actor, target_id, Permission.TICKET_MERGE)
        source = ticket_changes.load(tx, actor, source_id, Permission.TICKET_MERGE)
        if source.merged_into is None and source_id != target_id:
            return source
        if source.merged_into != target_id:
            raise NotFound("ticket.not_found")
        ticket_changes.require_version(target, version)
        own = family(source_id, source)
        departure = departing.read_merged(tx, target_id, target, own)
        if not departure.chosen and source.first_message_id:
            raise Conflict("ticket.would_be_empty")  # all that it had was put elsewhere meanwhile
        between = _between(tx, target, source_id)
        return _write(app, tx, box, actor, departure, (source_id, source), between)

    return outbox.commit(app, work)


def _between(tx: Transaction, target: Ticket, source_id: str) -> dict[str, Ticket]:
    """Return the other merged tickets through which the source came, and which therefore name it too."""
    found = tx.get_all([(COLLECTION, id) for id in target.merged_from if id != source_id])
    read = {d.id: codec.from_document(Ticket, d.data) for d in found if d is not None}
    return {id: ticket for id, ticket in read.items() if source_id in ticket.merged_from}


def _write(
    app: App,
    tx: Transaction,
    box: Outbox,
    actor: Actor,
    departure: Departure,
    source: tuple[str, Ticket],
    between: dict[str, Ticket],
) -> Ticket:
    source_id, gone = source
    own = set(family(source_id, gone))
    author, action = ticket_changes.person(actor), Action.TICKET_UNMERGED
    left = departing.left(app, departure)
    left = replace(left, merged_from=tuple(id for id in left.merged_from if id not in own))
    back = replace(gone, merged_into=None, state=TicketState.OPEN)
    if departure.chosen:
        back = departing.rebuilt(app, source_id, back, departure.chosen)
    for id in gone.merged_from:
        tx.update(COLLECTION, id, {"merged_into": source_id, "changed_at": SERVER_TIME})
    for id, ticket in between.items():
        fewer = sum(message.ticket_id in own for _, message in departure.chosen)
        kept = [other for other in ticket.merged_from if other not in own]
        count = ticket.message_count - fewer
        tx.update(COLLECTION, id, {"merged_from": kept, "message_count": count})
    ticket_changes.write(app, tx, box, departure.ticket_id, departure.ticket, left, author, action)
    return ticket_changes.write(app, tx, box, source_id, gone, back, author, action)
