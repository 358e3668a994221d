"""What becomes due on tickets by itself: a snooze that ends, a promised time that passes.

`apply_deadlines` asks every minute for the tickets whose `deadline_at` has passed, the longest overdue
first. Each is looked at again in a transaction of its own, so that running twice, or beside a person who
just answered, does nothing more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from shared import codec, log
from shared.app import App
from shared.audit.events import Action
from shared.domain import service_clock
from shared.domain.tickets import COLLECTION, Ticket, TicketState
from shared.errors import Invalid, NotFound
from shared.services import outbox
from shared.services.outbox import Outbox
from shared.services.tickets import service_terms, ticket_changes
from shared.store.contract import Filter, Order, Query, Transaction

PAGE: Final = 100  # tickets a minute; more wait for the next one

# A ticket that was put away to wait for somebody comes back as work; a new one is still new.
_WAITING: Final = frozenset({TicketState.PENDING, TicketState.ON_HOLD})


def apply(app: App) -> int:
    """Do what is due on at most a page of tickets; returns how many were looked at.

    One read where nothing is due. Raises Unavailable where the store fails: the next minute goes on.
    """
    now = app.clock.now()
    due = Query(COLLECTION, (Filter("deadline_at", "<=", now),), (Order("deadline_at"),), PAGE)
    page = app.store.query(due)
    for document in page.documents:
        try:
            while _step(app, document.id, now):
                pass
        except (
            Invalid,
            NotFound,
        ) as error:  # a document that cannot be read must not stop the others
            log.event("ERROR", "deadline.not_applied", ticket=document.id, code=error.code)
    return len(page.documents)


def _step(app: App, ticket_id: str, now: datetime) -> bool:
    """Do the first thing that is due on a ticket, with an event of its own; say whether there was one."""

    def work(tx: Transaction, box: Outbox) -> bool:
        found = tx.get(COLLECTION, ticket_id)
        if found is None:
            return False
        before = codec.from_document(Ticket, found.data)
        if before.deadline_at is None or before.deadline_at > now:
            return False
        by = ticket_changes.function(app)
        if before.snoozed_until is not None and before.snoozed_until <= now:
            after, action = _woken(before), Action.TICKET_SNOOZE_ENDED
        elif missed := service_clock.struck(before, now):
            after = replace(before, breached=(*before.breached, *missed))
            action = Action.TICKET_SLA_BREACHED
        else:  # settings changed since the deadline was worked out
            ticket = service_terms.wound(app, before, now)
            tx.update(COLLECTION, ticket_id, {"deadline_at": ticket.deadline_at})
            return False
        ticket_changes.write(app, tx, box, ticket_id, before, after, by, action)
        return True

    return outbox.commit(app, work)


def _woken(ticket: Ticket) -> Ticket:
    state = TicketState.OPEN if ticket.state in _WAITING else ticket.state
    return replace(ticket, snoozed_until=None, state=state)
