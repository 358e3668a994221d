"""Lists of tickets: what a filter finds in the mailboxes that somebody may see, the newest mail first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared import codec
from shared.app import App
from shared.domain.tickets import COLLECTION, Target, Ticket, TicketState
from shared.domain.views import NOBODY, TicketFilter, matches
from shared.permissions import Actor, Permission, require_in, visible_mailboxes
from shared.services.finding import split_queries
from shared.services.finding.split_queries import Position
from shared.services.tickets.ticket_rows import TicketRow, ticket_row
from shared.store.contract import Filter, Order, Query

PAGES_AHEAD: Final = 3  # read for one page where no index knows a condition
COUNTED: Final = 1_000  # more is shown as 999+
_NEWEST_FIRST: Final = (Order("last_message_at", descending=True),)


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A page of a list; `next` asks for the one after it. A page may be short and not the last."""

    items: tuple[TicketRow, ...]
    next: str | None


def list_tickets(
    app: App, actor: Actor, filters: TicketFilter, *, limit: int = 50, cursor: str | None = None
) -> TicketPage:
    """Return the tickets that the filter finds. Raises NotFound for a mailbox that one may not see.

    What no index knows is tried on what was read: at most PAGES_AHEAD pages, then `next` goes on.
    """
    for mailbox_id in filters.mailbox_ids:
        require_in(actor, Permission.TICKET_READ, mailbox_id, "mailbox.not_found")
    return list_seen(app, actor, filters, limit=limit, cursor=cursor)


def list_seen(
    app: App, actor: Actor, filters: TicketFilter, *, limit: int = 50, cursor: str | None = None
) -> TicketPage:
    """Return what `list_tickets` does, of those of the filter's mailboxes that the actor may see."""
    filters = filters.of(actor.user_id)
    mailboxes = seen_mailboxes(actor, filters)
    if not mailboxes:
        return TicketPage((), None)
    name = _name(filters, mailboxes)
    position = None if cursor is None else Position.from_text(cursor, name)
    queries = split_queries.split(query_of(filters), "mailbox_id", mailboxes)
    ahead = PAGES_AHEAD if is_tried(filters) else 1
    now = app.clock.now()
    rows: list[TicketRow] = []
    for _ in range(ahead):
        found = split_queries.read(app, queries, position, limit)
        for document in found.documents:
            position = _position(document.data["last_message_at"], document.id)
            ticket = codec.from_document(Ticket, document.data)
            if matches(filters, ticket, now):
                rows.append(ticket_row(app, document.id, ticket))
            if len(rows) == limit:
                return TicketPage(tuple(rows), position.to_text(name))
        if not found.more:
            return TicketPage(tuple(rows), None)
    return TicketPage(tuple(rows), position.to_text(name) if position else None)


def count_seen(app: App, actor: Actor, filters: TicketFilter) -> int | None:
    """Return how many tickets the filter finds, at most COUNTED; None where only reading them would tell."""
    filters = filters.of(actor.user_id)
    mailboxes = seen_mailboxes(actor, filters)
    if not mailboxes:
        return 0
    query = _count_query(filters, app.clock.now())
    if query is None:
        return None
    return split_queries.count(app, split_queries.split(query, "mailbox_id", mailboxes), COUNTED)


def seen_mailboxes(actor: Actor, filters: TicketFilter) -> list[str]:
    """Return the mailboxes of the filter, or all, in which the actor may read tickets."""
    visible = visible_mailboxes(actor, Permission.TICKET_READ) or frozenset()
    asked = frozenset(filters.mailbox_ids)
    return sorted(visible & asked if asked else visible)


def query_of(filters: TicketFilter) -> Query:
    """Return what an index finds of a filter, in any mailbox: states, and one of the rest."""
    return Query(COLLECTION, (*_plain_filters(filters), *_selected(filters)), _NEWEST_FIRST)


def is_tried(filters: TicketFilter) -> bool:
    """Say whether the filter has conditions that no index knows, so that its tickets must be read."""
    if filters.merged and filters.selects:
        return True
    if filters.breached is not None and not _breached_by_index(filters):
        return True
    others = (filters.priority, filters.snoozed, filters.awaiting_reply)
    return any(one is not None for one in (*others, filters.customer_id, filters.follower))


def _plain_filters(filters: TicketFilter) -> tuple[Filter, ...]:
    found: list[Filter] = []
    states = sorted({state.value for state in filters.states})
    if len(states) == 1:
        found.append(Filter("state", "==", states[0]))
    elif states and len(states) < len(TicketState):
        found.append(Filter("state", "in", states))
    if not filters.merged:
        found.append(Filter("merged_into", "==", None))
    return tuple(found)


def _selected(filters: TicketFilter) -> tuple[Filter, ...]:
    """Return the one condition on assignee, tag, team or breaches that an index knows too."""
    if filters.merged:
        return ()
    if filters.assignee is not None:
        assignee = None if filters.assignee == NOBODY else filters.assignee
        return (Filter("assignee_id", "==", assignee),)
    if filters.tag is not None:
        return (Filter("tags", "array_contains", filters.tag),)
    if filters.team_id is not None:
        return (Filter("team_id", "==", filters.team_id),)
    if _breached_by_index(filters):
        return (Filter("breached", "array_contains_any", [target.value for target in Target]),)
    return ()


def _breached_by_index(filters: TicketFilter) -> bool:
    return filters.breached is True and not filters.selects and not filters.merged


def _count_query(filters: TicketFilter, now: datetime) -> Query | None:
    """Return the query that counts: as for the list, or for what sleeps, by the time it wakes."""
    if not is_tried(filters):
        return query_of(filters)
    awake = TicketFilter(filters.mailbox_ids, filters.states, snoozed=True)
    if filters != awake:
        return None
    asleep = Filter("snoozed_until", ">", now)
    return Query(COLLECTION, (*_plain_filters(filters), asleep), (Order("snoozed_until"),))


def _name(filters: TicketFilter, mailboxes: Sequence[str]) -> str:
    """Return what tells one list from another, so that a cursor of one continues no other."""
    text = json.dumps([codec.to_json(filters), list(mailboxes)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _position(at: object, id: str) -> Position:
    assert isinstance(at, datetime)
    return Position(at, id)
