"""Whom a restored desk has to erase again, though their key is gone, and with it their name and address.

Their tickets of the backup say both, under the mailboxes' keys. What is found is sealed once more, under a
key that lives as long as the erasure: other people's tickets that name them are found by it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from shared import codec
from shared.app import App
from shared.domain import customers, tickets
from shared.domain.customers import Details
from shared.domain.places import place
from shared.domain.tickets import Ticket
from shared.errors import NotFound
from shared.services.customers import customer_matching
from shared.store.contract import Filter, Query

_TICKETS: Final = 100


def details(app: App, customer_ids: Sequence[str], tokens: Collection[str]) -> Details:
    """Return name and addresses as their tickets say them; `tokens` are of their addresses, where known."""
    of_them = (Filter("customer_id", "in", list(customer_ids)),)
    found = Details()
    for document in app.store.query(Query(tickets.COLLECTION, of_them, limit=_TICKETS)).documents:
        ticket = codec.from_document(Ticket, document.data)
        if ticket.sealed is None:
            continue
        context = place(tickets.COLLECTION, document.id)
        try:
            said = app.envelope.open(ticket.mailbox_id, context, ticket.sealed)["customer"] or {}
        except NotFound:  # the mailbox was disconnected
            continue
        address = str(said.get("address", ""))
        if address and (not tokens or customer_matching.token_of(app, address) in tokens):
            one = Details(name=str(said.get("name", "")), addresses=(address.lower(),))
            found = customers.together(found, one)
    return found


def sealed(app: App, customer_id: str, known: Details) -> str:
    """Return what was found, sealed under a key that goes with the erasure."""
    app.envelope.create(customer_id)
    return customer_matching.seal(app, customer_id, known)
