"""Following the rules of a mailbox when something happened to one of its tickets.

All that the rules do for one event is one transaction, which also marks the event as done: whatever is
delivered again, each rule is applied once. What a rule did starts no rule, and a ticket takes at most
thirty applications an hour, so that rules cannot chase each other, not even by way of people and machines
outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from shared import codec, ids, log
from shared.app import App
from shared.audit.events import Action
from shared.domain import messages, replies, tickets
from shared.domain.messages import Direction
from shared.domain.recorded import Recorded
from shared.domain.rules import RUNS, Rule, When, holds
from shared.domain.tickets import Ticket
from shared.errors import Conflict, Invalid
from shared.services import outbox
from shared.services.outbox import Outbox
from shared.services.rules import rule_book, rule_facts
from shared.services.tickets import notes, ticket_changes, ticket_fields
from shared.services.tickets.ticket_changes import Author
from shared.store.contract import Document, Reader, Transaction

MAX_AN_HOUR: Final = 30
_KEPT: Final = timedelta(days=40)  # longer than a dead letter, which an operator may still replay

# rule.applied and note.created are left out: what a rule did starts no rule.
_WHEN: Final = {
    Action.TICKET_CREATED.value: frozenset({When.TICKET_CREATED, When.MESSAGE_RECEIVED}),
    Action.TICKET_OPENED.value: frozenset({When.TICKET_CREATED}),
    Action.MESSAGE_JOINED.value: frozenset({When.MESSAGE_RECEIVED, When.REPLY_SENT}),
    Action.REPLY_SENT.value: frozenset({When.REPLY_SENT}),
    Action.TICKET_CHANGED.value: frozenset({When.TICKET_CHANGED}),
    Action.TICKET_STATE_CHANGED.value: frozenset({When.TICKET_CHANGED}),
    Action.TICKET_SNOOZE_ENDED.value: frozenset({When.TICKET_CHANGED}),
    Action.TICKET_SLA_BREACHED.value: frozenset({When.SLA_BREACHED}),
    Action.TICKET_RATED.value: frozenset({When.RATED}),
}


@dataclass(frozen=True, slots=True)
class Runs:
    """The document of what rules did to a ticket in one hour: for which events, and how often."""

    ticket_id: str
    mailbox_id: str
    event_ids: tuple[str, ...]
    applied: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Applied:
    """One rule's application: the ticket before and after it."""

    rule: Rule
    before: Ticket
    after: Ticket


def react_to(app: App, event: Recorded) -> None:
    """Apply a mailbox's rules to what happened. No read, memory warm, where no rule waits for it."""
    kinds = _WHEN.get(event.action, frozenset())
    if not kinds or event.outcome != "success":
        return
    if event.mailbox_id is None or event.target_id is None:
        return
    rules = [rule for rule in app.rules.of(event.mailbox_id) if kinds & set(rule.when)]
    if not rules:
        return

    def work(tx: Transaction, box: Outbox) -> None:
        _run(app, tx, box, event, kinds, rules)

    outbox.commit(app, work)


def followed(
    app: App,
    reader: Reader,
    rules: Sequence[Rule],
    found: Document | None,
    ticket_id: str,
    ticket: Ticket,
) -> list[Applied]:
    """Return what these rules make of a ticket, in order, without writing anything.

    `found` is the message that they look at. Who may no longer work in the mailbox is given no ticket.
    """
    of_message = rule_facts.of_message(app, found, ticket_id, ticket)
    applied = []
    for rule in rules:
        if not holds(rule, {**of_message, **rule_facts.of_ticket(ticket)}):
            continue
        after = _becomes(app, reader, rule, ticket_id, ticket)
        if after != ticket or rule.actions.note is not None:
            applied.append(Applied(rule, ticket, after))
            ticket = after
        if rule.stop:
            break
    return applied


def _run(
    app: App,
    tx: Transaction,
    box: Outbox,
    event: Recorded,
    kinds: frozenset[When],
    rules: Sequence[Rule],
) -> None:
    assert event.target_id is not None
    ticket_id, run_id = event.target_id, _run_id(event)
    stored, run = tx.get_all([(tickets.COLLECTION, ticket_id), (RUNS, run_id)])
    if stored is None:
        return
    ticket = codec.from_document(Ticket, stored.data)
    runs = codec.from_document(Runs, run.data) if run else _no_runs(app, ticket_id, ticket)
    if event.id in runs.event_ids or ticket.merged_into is not None:
        return
    message_id, reply_id = _named(event, "message"), _named(event, "reply")
    found = tx.get(messages.COLLECTION, message_id or rule_facts.message_of(ticket))
    meant = _meant(kinds, found) if message_id else kinds
    if reply_id is not None and _is_automatic(tx.get(replies.COLLECTION, reply_id)):
        return
    waiting = [rule for rule in rules if meant & set(rule.when)]
    applied = followed(app, tx, waiting, found, ticket_id, ticket)
    room = MAX_AN_HOUR - runs.applied
    if len(applied) > room:
        log.event("ERROR", "rules.too_many_applications", ticket=ticket_id)
        applied = applied[: max(room, 0)]
    # Every read stands above this line.
    for one in applied:
        ticket = _write(app, tx, box, event, ticket_id, ticket, one)
    if applied:
        done = (*runs.event_ids, event.id)
        runs = replace(runs, event_ids=done, applied=runs.applied + len(applied))
        tx.put(RUNS, run_id, codec.to_document(runs))


def _write(
    app: App,
    tx: Transaction,
    box: Outbox,
    event: Recorded,
    ticket_id: str,
    ticket: Ticket,
    one: Applied,
) -> Ticket:
    """Write one application, which the log and the timeline name by its rule."""
    by: Author = ticket_changes.function(app, reason=one.rule.id)
    # What the rule made is carried over to the ticket as it was written by the rule before it.
    after = replace(
        one.after,
        version=ticket.version,
        state_changed_at=ticket.state_changed_at,
        last_audit_id=ticket.last_audit_id,
    )
    written = ticket_changes.write(app, tx, box, ticket_id, ticket, after, by, Action.RULE_APPLIED)
    if one.rule.actions.note is not None:
        note_id = ids.derived_id(ids.NOTE, "rule_note", one.rule.id, event.id)
        notes.add(app, tx, box, note_id, ticket_id, written, one.rule.actions.note, by)
    return written


def _becomes(app: App, reader: Reader, rule: Rule, ticket_id: str, ticket: Ticket) -> Ticket:
    """Return the ticket after a rule; as it is where the rule asks for what cannot be."""
    wanted = rule_book.outcome(rule.actions)
    if isinstance(wanted.assignee_id, str):
        try:
            ticket_fields.require_worker(reader, wanted.assignee_id, ticket.mailbox_id)
        except Invalid:
            log.event("WARNING", "rule.assignee_gone", rule=rule.id)
            wanted = replace(wanted, assignee_id=codec.LEFT_OUT)
    if rule.actions.snooze_minutes is not None:
        until = app.clock.now() + timedelta(minutes=rule.actions.snooze_minutes)
        wanted = replace(wanted, snoozed_until=until)
    try:
        return ticket_fields.apply(app, ticket_id, ticket, wanted)
    except (Conflict, Invalid) as error:  # a snooze of what is done, a tag too many
        log.event("WARNING", "rule.not_applicable", rule=rule.id, code=error.code)
        return ticket


def _meant(kinds: frozenset[When], found: Document | None) -> frozenset[When]:
    """Return what a message's event means: received from outside, or a reply that was sent from Gmail.

    One that was written here is a reply too, but told of when it is sent.
    """
    if found is None or found.data.get("state") != "stored" or found.data.get("reply_id"):
        return frozenset()
    if found.data["muted"]:
        return kinds & {When.TICKET_CREATED}
    outgoing = found.data["direction"] == Direction.OUT
    return kinds - {When.MESSAGE_RECEIVED if outgoing else When.REPLY_SENT}


def _is_automatic(reply: Document | None) -> bool:
    """Say whether no person wrote this reply: what the desk answers by itself starts no rule."""
    return reply is None or bool(reply.data["automatic"])


def _named(event: Recorded, field: str) -> str | None:
    named = [change["after"] for change in event.changes if change.get("field") == field]
    return str(named[0]) if named else None


def _run_id(event: Recorded) -> str:
    """Return the id of the ticket's runs in the hour of the event, the same in every delivery."""
    return ids.derived_id("rr", "rule_run", str(event.target_id), event.time[:13])


def _no_runs(app: App, ticket_id: str, ticket: Ticket) -> Runs:
    return Runs(ticket_id, ticket.mailbox_id, (), 0, app.clock.now() + _KEPT)
