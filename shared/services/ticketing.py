"""One ticket as people see and change it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from shared import codec
from shared.app import App
from shared.domain import messages
from shared.domain.messages import Message
from shared.domain.tickets import TicketState
from shared.permissions import Actor, Permission
from shared.services import ticket_changes
from shared.services.ticket_rows import MessageRow, TicketRow, message_row, ticket_row
from shared.store.contract import Filter, Order, Query

_MESSAGES_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket, opened."""

    ticket: TicketRow
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
            (Filter("ticket_id", "==", ticket_id),),
            (Order("received_at", descending=True),),
            limit=_MESSAGES_SHOWN,
        )
    )
    rows: list[MessageRow] = []
    known: set[str] = set()
    for document in reversed(page.documents):
        message = codec.from_document(Message, document.data)
        rows.append(message_row(app, document.id, message, known))
        known.update(message.people)
    return TicketView(ticket_row(app, ticket_id, ticket), tuple(rows), page.next is not None)


def change_state(
    app: App, actor: Actor, ticket_id: str, state: TicketState, version: int
) -> TicketRow:
    """Change a ticket's state.

    Raises Conflict("ticket.changed_meanwhile") where `version` is not the current one; its params say
    what is current and who made it so ("": new mail). Changing to the state that it has is no change and
    no event.
    """
    changed = ticket_changes.change(
        app, actor, ticket_id, version, lambda ticket: replace(ticket, state=state)
    )
    return ticket_row(app, ticket_id, changed)
