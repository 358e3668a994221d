"""One ticket as people see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared import codec
from shared.app import App
from shared.domain import messages
from shared.domain.messages import Message
from shared.domain.tickets import family
from shared.permissions import Actor, Permission
from shared.services.tickets import ticket_changes, ticket_fields
from shared.services.tickets.ticket_rows import MessageRow, TicketRow, message_row, ticket_row
from shared.store.contract import Filter, Order, Query

_MESSAGES_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket, opened. `merged_from` are tickets whose messages are shown here too."""

    ticket: TicketRow
    fields: Mapping[str, object]  # values by the id of the custom field
    merged_from: tuple[str, ...]
    messages: tuple[MessageRow, ...]
    more_messages: bool


def read_ticket(app: App, actor: Actor, ticket_id: str) -> TicketView:
    """Return a ticket with its newest messages, in the order in which Gmail received them.

    `more_messages` says that older ones stand before them.
    """
    ticket = ticket_changes.load(app.store, actor, ticket_id, Permission.TICKET_READ)
    page = app.store.query(
        Query(
            messages.COLLECTION,
            (Filter("ticket_id", "in", family(ticket_id, ticket)),),
            (Order("received_at", descending=True),),
            limit=_MESSAGES_SHOWN,
        )
    )
    rows: list[MessageRow] = []
    known: set[str] = set()
    shown = [(d.id, codec.from_document(Message, d.data)) for d in reversed(page.documents)]
    returned = messages.undelivered(shown)
    for id, message in shown:
        rows.append(message_row(app, id, message, known, returned))
        known.update(message.people)
    return TicketView(
        ticket=ticket_row(app, ticket_id, ticket),
        fields=ticket_fields.values(app, ticket_id, ticket),
        merged_from=ticket.merged_from,
        messages=tuple(rows),
        more_messages=page.next is not None,
    )
