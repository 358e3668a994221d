"""Tickets that have to do with each other: each names the other."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared import ids
from shared.app import App
from shared.domain.tickets import MAX_LINKS, Ticket
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor, Permission
from shared.services import outbox
from shared.services.outbox import Outbox
from shared.services.tickets import ticket_changes
from shared.store.contract import Transaction


@dataclass(frozen=True, slots=True)
class Linked:
    """The ticket to which another is linked."""

    ticket_id: str


def link(app: App, actor: Actor, ticket_id: str, other_id: str) -> Ticket:
    """Link two tickets, of whichever mailboxes; returns the first. Linked already is no change.

    Raises NotFound, Forbidden, Conflict("ticket.merged"), Conflict("ticket.too_many_links"),
    Invalid("ticket.link_impossible") for a ticket and itself.
    """
    if ticket_id == other_id:
        raise Invalid("ticket.link_impossible")

    def work(tx: Transaction, box: Outbox) -> Ticket:
        pair = _load(tx, actor, ticket_id, other_id)
        for ticket in pair:
            ticket_changes.require_whole(ticket)
        if any(
            len({*own.links, id}) > MAX_LINKS
            for own, id in zip(pair, (other_id, ticket_id), strict=True)
        ):
            raise Conflict("ticket.too_many_links", most=MAX_LINKS)
        first = _write(app, tx, box, actor, ticket_id, pair[0], (*pair[0].links, other_id))
        _write(app, tx, box, actor, other_id, pair[1], (*pair[1].links, ticket_id))
        return first

    return outbox.commit(app, work)


def unlink(app: App, actor: Actor, ticket_id: str, other_id: str) -> None:
    """Take the link between two tickets away, if there is one. Raises NotFound, Forbidden."""

    def work(tx: Transaction, box: Outbox) -> None:
        one, other = _load(tx, actor, ticket_id, other_id)
        _write(app, tx, box, actor, ticket_id, one, _without(one.links, other_id))
        _write(app, tx, box, actor, other_id, other, _without(other.links, ticket_id))

    outbox.commit(app, work)


def _load(tx: Transaction, actor: Actor, ticket_id: str, other_id: str) -> tuple[Ticket, Ticket]:
    if not ids.is_id(ids.TICKET, other_id):
        raise NotFound("ticket.not_found")
    one = ticket_changes.load(tx, actor, ticket_id, Permission.TICKET_WRITE)
    return one, ticket_changes.load(tx, actor, other_id, Permission.TICKET_WRITE)


def _without(links: tuple[str, ...], id: str) -> tuple[str, ...]:
    return tuple(link for link in links if link != id)


def _write(
    app: App,
    tx: Transaction,
    box: Outbox,
    actor: Actor,
    ticket_id: str,
    before: Ticket,
    links: tuple[str, ...],
) -> Ticket:
    after = replace(before, links=tuple(dict.fromkeys(links)))
    if after == before:
        return before
    author = ticket_changes.person(actor)
    return ticket_changes.write(app, tx, box, ticket_id, before, after, author)
