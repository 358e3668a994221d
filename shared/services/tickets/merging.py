"""Merging one ticket into another of the same mailbox: nothing moves, nothing is lost, nothing counts twice.

The source's messages, notes and replies keep its id; it becomes a pointer that late mail, replies on
their way and readers follow. One transaction writes both tickets, and what was merged into the source
before points to the target from then on, so that no pointer is longer than one step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared import ids
from shared.app import App
from shared.audit.events import Action
from shared.domain import merges
from shared.domain.places import place
from shared.domain.tickets import COLLECTION, MAX_MERGED, Ticket, family
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor, Permission
from shared.services import outbox
from shared.services.finding import search_tokens
from shared.services.outbox import Outbox
from shared.services.tickets import ticket_changes
from shared.services.tickets.ticket_rows import open_sealed
from shared.store.contract import SERVER_TIME, Transaction


@dataclass(frozen=True, slots=True)
class Source:
    """The ticket that is to be merged into another, and the version of it that somebody has seen."""

    source_id: str
    source_version: int


def merge(app: App, actor: Actor, target_id: str, version: int, source: Source) -> Ticket:
    """Merge a ticket into another; return the one that is left. Done already is no change.

    Raises NotFound, Forbidden, Conflict("ticket.changed_meanwhile") for either (its params name the source
    where it is the source), Conflict("ticket.merged") where either went into a third, and
    Invalid("ticket.merge_impossible") for a ticket and itself or of another mailbox,
    Conflict("ticket.too_many_merged").
    """
    if not ids.is_id(ids.TICKET, source.source_id):
        raise NotFound("ticket.not_found")

    def work(tx: Transaction, box: Outbox) -> Ticket:
        target = ticket_changes.load(tx, actor, target_id, Permission.TICKET_MERGE)
        merged = ticket_changes.load(tx, actor, source.source_id, Permission.TICKET_MERGE)
        if merged.merged_into == target_id:
            return target
        _require_possible(target_id, target, source.source_id, merged)
        ticket_changes.require_version(target, version)
        _require_version(source, merged)
        return _write(app, tx, box, actor, (target_id, target), (source.source_id, merged))

    return outbox.commit(app, work)


def _require_possible(target_id: str, target: Ticket, source_id: str, source: Ticket) -> None:
    if target_id == source_id or target.mailbox_id != source.mailbox_id:
        raise Invalid("ticket.merge_impossible")
    ticket_changes.require_whole(target)
    ticket_changes.require_whole(source)
    if len(family(target_id, target)) + len(family(source_id, source)) > MAX_MERGED + 1:
        raise Conflict("ticket.too_many_merged", most=MAX_MERGED)


def _require_version(source: Source, ticket: Ticket) -> None:
    if ticket.version != source.source_version:
        raise Conflict(
            "ticket.changed_meanwhile",
            ticket_id=source.source_id,
            version=ticket.version,
            state=ticket.state.value,
            changed_by=ticket.changed_by or "",
        )


def _write(
    app: App,
    tx: Transaction,
    box: Outbox,
    actor: Actor,
    target: tuple[str, Ticket],
    source: tuple[str, Ticket],
) -> Ticket:
    """Write both tickets, and shorten the pointers of what was merged into the source before."""
    author = ticket_changes.person(actor)
    after = merges.target_of(target[1], target[0], source[1], source[0])
    after = replace(after, sealed=_united_summary(app, target, source))
    after = search_tokens.indexed(app, target[0], after)
    gone = merges.source_of(source[1], target[0])
    left = ticket_changes.write(
        app, tx, box, target[0], target[1], after, author, Action.TICKET_MERGED
    )
    ticket_changes.write(app, tx, box, source[0], source[1], gone, author, Action.TICKET_MERGED)
    for earlier in source[1].merged_from:
        tx.update(COLLECTION, earlier, {"merged_into": target[0], "changed_at": SERVER_TIME})
    return left


def _united_summary(app: App, target: tuple[str, Ticket], source: tuple[str, Ticket]) -> str | None:
    """Return the target's sealed member, with what only the source says: its fields, its customer."""
    (target_id, left), (source_id, gone) = target, source
    own = open_sealed(app, left.mailbox_id, place(COLLECTION, target_id), left.sealed)
    more = open_sealed(app, gone.mailbox_id, place(COLLECTION, source_id), gone.sealed)
    united = {
        **own,
        "customer": own.get("customer") or more.get("customer"),
        "fields": {**more.get("fields", {}), **own.get("fields", {})},
    }
    if not own or united == {"fields": {}, **own}:
        return left.sealed
    return app.envelope.seal(left.mailbox_id, place(COLLECTION, target_id), united)
