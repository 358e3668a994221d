"""What tickets are found by: equality tokens of the words of their sealed summaries, under the mailbox's key.

The store learns how many words a ticket has and which tickets of one mailbox share one, and no word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from shared.app import App
from shared.domain.places import place
from shared.domain.search_words import ticket_words
from shared.domain.tickets import COLLECTION, Ticket
from shared.errors import NotFound

_PURPOSE: Final = "search"


def tokens(app: App, mailbox_id: str, words: Iterable[str]) -> tuple[str, ...]:
    """Return the tokens of words in a mailbox. Raises NotFound("key.not_found")."""
    return tuple(app.envelope.token(mailbox_id, _PURPOSE, word) for word in words)


def indexed(app: App, ticket_id: str, ticket: Ticket) -> Ticket:
    """Return a ticket with the tokens of its subject and customer: after its summary was sealed anew."""
    if ticket.sealed is None:
        return replace(ticket, search_tokens=())
    try:
        summary = app.envelope.open(ticket.mailbox_id, place(COLLECTION, ticket_id), ticket.sealed)
    except NotFound:  # the mailbox was disconnected: there is nothing left to find
        return replace(ticket, search_tokens=())
    customer = summary.get("customer") or {"name": "", "address": ""}
    words = ticket_words(summary.get("subject") or "", customer["name"], customer["address"])
    return replace(ticket, search_tokens=tuple(sorted(tokens(app, ticket.mailbox_id, words))))
