"""What has to do with a ticket: what people linked, what went on in another, and what may belong to it.

A mail may tie two tickets together that both existed before. The desk does not merge them by itself: it
shows the other one, and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from shared import codec
from shared.app import App
from shared.domain import messages
from shared.domain.messages import Message
from shared.domain.places import place
from shared.domain.tickets import COLLECTION, Ticket, family
from shared.errors import NotFound
from shared.permissions import Actor, Permission, allows, visible_mailboxes
from shared.services.tickets import merged_tickets, ticket_changes
from shared.services.tickets.ticket_rows import TicketRow, open_sealed, ticket_row
from shared.store.contract import Filter, Order, Query

_NEWEST: Final = 5  # messages of the ticket whose references are looked at
_TIED: Final = 20  # messages that share a reference with one of them
_MAILBOXES: Final = 20  # in which copies are looked for


@dataclass(frozen=True, slots=True)
class RelatedTickets:
    """Tickets that have to do with one, as far as one may see them.

    `suggested` share a reference with its newest mail, in the same mailbox; `copies` hold the mail that
    began it, which was sent to another mailbox too.
    """

    linked: tuple[TicketRow, ...]
    merged: tuple[TicketRow, ...]
    suggested: tuple[TicketRow, ...]
    copies: tuple[TicketRow, ...]


def related(app: App, actor: Actor, ticket_id: str) -> RelatedTickets:
    """Return what has to do with a ticket. Raises NotFound, Forbidden."""
    ticket = ticket_changes.load(app.store, actor, ticket_id, Permission.TICKET_READ)
    linked = [*ticket.links, *(id for id in (ticket.follow_up_of, ticket.followed_by) if id)]
    known = {ticket_id, *linked, *ticket.merged_from}
    suggested = [id for id in _tied(app, ticket_id, ticket) if id not in known]
    copies = [id for id in _copies(app, actor, ticket) if id not in known]
    return RelatedTickets(
        linked=_rows(app, actor, linked),
        merged=_rows(app, actor, ticket.merged_from),
        suggested=_rows(app, actor, suggested),
        copies=_rows(app, actor, copies),
    )


def _rows(app: App, actor: Actor, ticket_ids: Iterable[str]) -> tuple[TicketRow, ...]:
    """Return these tickets, without those of mailboxes that the actor may not see."""
    distinct = list(dict.fromkeys(ticket_ids))
    found = app.store.get_all([(COLLECTION, id) for id in distinct])
    read = [(d.id, codec.from_document(Ticket, d.data)) for d in found if d is not None]
    return tuple(
        ticket_row(app, id, ticket)
        for id, ticket in read
        if allows(actor, Permission.TICKET_READ, ticket.mailbox_id)
    )


def _tied(app: App, ticket_id: str, ticket: Ticket) -> list[str]:
    """Return the tickets whose messages share a reference with this one's newest messages."""
    standing = Filter("ticket_id", "in", family(ticket_id, ticket))
    newest = Query(
        messages.COLLECTION, (standing,), (Order("received_at", descending=True),), limit=_NEWEST
    )
    own = [codec.from_document(Message, d.data) for d in app.store.query(newest).documents]
    tokens = list(dict.fromkeys(token for message in own for token in message.thread_tokens))
    return _sharing(app, ticket.mailbox_id, tokens[: messages.MAX_TOKENS])


def _copies(app: App, actor: Actor, ticket: Ticket) -> list[str]:
    """Return the tickets in other mailboxes that hold the mail which began this one."""
    visible = visible_mailboxes(actor, Permission.TICKET_READ) or frozenset()
    found = app.store.get(messages.COLLECTION, ticket.first_message_id or "none")
    if found is None:
        return []
    first = codec.from_document(Message, found.data)
    context = place(messages.COLLECTION, found.id)
    message_id = open_sealed(app, first.mailbox_id, context, first.sealed).get("message_id")
    copies: list[str] = []
    for mailbox_id in sorted(visible - {ticket.mailbox_id})[:_MAILBOXES]:
        if not message_id:
            break
        try:
            token = app.envelope.token(mailbox_id, "message.id", message_id)
        except NotFound:  # disconnected
            continue
        copies += _sharing(app, mailbox_id, [token])
    return copies


def _sharing(app: App, mailbox_id: str, tokens: list[str]) -> list[str]:
    """Return the tickets of a mailbox with a message that has one of these tokens, merged ones followed."""
    if not tokens:
        return []
    shared = Query(
        messages.COLLECTION,
        (
            Filter("mailbox_id", "==", mailbox_id),
            Filter("thread_tokens", "array_contains_any", tokens),
        ),
        (Order("received_at", descending=True),),
        limit=_TIED,
    )
    standing = [str(d.data["ticket_id"]) for d in app.store.query(shared).documents]
    followed = [merged_tickets.follow(app.store, id, mailbox_id) for id in dict.fromkeys(standing)]
    return [one[0] for one in followed if one is not None]
