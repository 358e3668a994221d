"""Trying a rule on past tickets: what it would match and change, without writing anything."""

from __future__ import annotations

from dataclasses import dataclass

from shared import codec
from shared.app import App
from shared.domain import messages, tickets
from shared.domain.rules import Rule
from shared.domain.tickets import Ticket
from shared.permissions import Actor, Permission, require_in
from shared.services.rules import rule_book, rule_facts, rule_running
from shared.services.tickets import ticket_changes
from shared.services.tickets.ticket_changes import Told
from shared.services.tickets.ticket_rows import TicketRow, ticket_row
from shared.store.contract import Document, Filter, Order, Query


@dataclass(frozen=True, slots=True)
class Trial:
    """A ticket that the rule matches, and what would become of it; `note` says whether it writes one."""

    ticket: TicketRow
    changes: Told
    note: bool


@dataclass(frozen=True, slots=True)
class TrialList:
    """What a rule would do to the newest tickets of its mailbox, of which `looked_at` were tried."""

    looked_at: int
    items: tuple[Trial, ...]


def try_out(app: App, actor: Actor, mailbox_id: str, rule_id: str, limit: int) -> TrialList:
    """Try a rule, enabled or not, on the newest tickets of its mailbox as they are now.

    Each is looked at with the message that its customer began it with; for which events the rule waits
    does not matter. Two reads a ticket. Raises NotFound, Forbidden.
    """
    require_in(actor, Permission.TICKET_READ, mailbox_id, "mailbox.not_found")
    rule = rule_book.read(app, actor, mailbox_id, rule_id)
    newest = (Order("last_message_at", descending=True),)
    mine = (Filter("mailbox_id", "==", mailbox_id),)
    page = app.store.query(Query(tickets.COLLECTION, mine, newest, limit))
    found = [(d.id, codec.from_document(Ticket, d.data)) for d in page.documents]
    first = app.store.get_all(
        [(messages.COLLECTION, rule_facts.message_of(ticket)) for _, ticket in found]
    )
    trials = [
        trial
        for (id, ticket), message in zip(found, first, strict=True)
        if ticket.merged_into is None
        for trial in _trials(app, rule, message, id, ticket)
    ]
    return TrialList(len(found), tuple(trials))


def _trials(app: App, rule: Rule, message: Document | None, id: str, ticket: Ticket) -> list[Trial]:
    applied = rule_running.followed(app, app.store, [rule], message, id, ticket)
    return [
        Trial(
            ticket_row(app, id, ticket),
            ticket_changes.differences(one.before, one.after),
            one.rule.actions.note is not None,
        )
        for one in applied
    ]
