"""What rules look at: a ticket, and the message that an event is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from shared import codec
from shared.app import App
from shared.domain import messages, tickets
from shared.domain.messages import Message
from shared.domain.places import place
from shared.domain.rules import Facts, Field, plain
from shared.domain.tickets import Ticket
from shared.services.tickets.ticket_rows import open_sealed
from shared.store.contract import Document


def of_message(app: App, found: Document | None, ticket_id: str, ticket: Ticket) -> Facts:
    """Return the facts of a message; where there is none, what the ticket itself knows of its customer."""
    if found is None or found.data.get("state") != "stored":
        summary = open_sealed(
            app, ticket.mailbox_id, place(tickets.COLLECTION, ticket_id), ticket.sealed
        )
        senders = _addresses([summary.get("customer")])
        return {
            Field.SUBJECT: _values([summary.get("subject")]),
            Field.SENDER: senders,
            Field.SENDER_DOMAIN: _domains(senders),
        }
    message = codec.from_document(Message, found.data)
    fields = open_sealed(
        app, message.mailbox_id, place(messages.COLLECTION, found.id), message.sealed
    )
    senders = _addresses([fields.get("from")])
    return {
        Field.SUBJECT: _values([fields.get("subject")]),
        Field.SENDER: senders,
        Field.SENDER_DOMAIN: _domains(senders),
        Field.RECIPIENT: _addresses([*fields.get("to", ()), *fields.get("cc", ())]),
        Field.ATTACHMENT: frozenset({"yes" if message.attachments else "no"}),
        Field.KIND: frozenset({message.kind}),
    }


def of_ticket(ticket: Ticket) -> Facts:
    """Return the facts of a ticket as it is at this moment."""
    return {
        Field.STATE: frozenset({ticket.state.value}),
        Field.PRIORITY: frozenset({ticket.priority.value}),
        Field.TAG: _values(ticket.tags),
        Field.ASSIGNEE: _values([ticket.assignee_id or ""]),
        Field.TEAM: _values([ticket.team_id or ""]),
        Field.RATING: frozenset({ticket.rating.value if ticket.rating else ""}),
        Field.BREACHED: frozenset(target.value for target in ticket.breached),
    }


def message_of(ticket: Ticket) -> str:
    """Return the id of the message that stands for a ticket where an event names none."""
    return ticket.customer_message_id or ticket.first_message_id


def _values(texts: Iterable[str | None]) -> frozenset[str]:
    return frozenset(plain(text) for text in texts if text is not None)


def _addresses(people: Iterable[Mapping[str, Any] | None]) -> frozenset[str]:
    return frozenset(plain(person["address"]) for person in people if person is not None)


def _domains(addresses: frozenset[str]) -> frozenset[str]:
    return frozenset(address.rpartition("@")[2] for address in addresses)
