"""What a mailbox promises to those who write to it, for transactions that change its tickets."""

from __future__ import annotations

from datetime import datetime

from shared.app import App
from shared.domain import service_clock
from shared.domain.service_clock import ServiceTerms
from shared.domain.tickets import Ticket


def wound(app: App, ticket: Ticket, now: datetime) -> Ticket:
    """Return a ticket with its due times as of now, inside a transaction of `outbox.commit`.

    The mailbox's settings are remembered for 30 seconds, so this costs no read of the transaction's own.
    """
    known = app.mailboxes.remembered(ticket.mailbox_id)
    terms = ServiceTerms(known.settings, known.mailbox.connected_at)
    return service_clock.wound(ticket, terms, now)
