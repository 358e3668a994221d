"""Erasing what a mailbox's rules say is too old: one bounded step an event, each in one transaction.

A step looks for the first thing that is too old and erases it, or as much of it as a transaction should
hold; what it counted is committed with it, so that a step which is done twice counts once. What is on hold
is passed over. See docs/decisions/0066-retention.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import messages, notes, replies, retention, satisfaction, tickets
from shared.domain.customers import COLLECTION as CUSTOMERS
from shared.domain.customers import Customer
from shared.domain.erasures import Erasure, ErasureKind
from shared.domain.messages import Message
from shared.domain.notes import Note
from shared.domain.replies import Reply
from shared.domain.retention import Kept
from shared.domain.satisfaction import Answer
from shared.domain.tickets import Ticket, family
from shared.services import audit_log, outbox
from shared.services.outbox import Outbox
from shared.services.privacy import erasure_steps
from shared.services.replies import uploads
from shared.services.retention import legal_holds, retention_rules, too_old
from shared.services.tickets import ticket_changes
from shared.store.contract import Filter, Query, Transaction

_BEING_SENT: Final = frozenset({replies.ReplyState.SENDING, replies.ReplyState.UNKNOWN})
BATCH: Final = 50  # documents of one kind in one transaction


def step(app: App, erasure: Erasure) -> None:
    """Do the step that is due and commit it with the next. Raises Unavailable."""
    mailbox_id = erasure.target_id
    kind = Kept(erasure.phase) if erasure.phase else Kept.TICKETS
    rules = retention_rules.load(app.store, mailbox_id)
    cutoff = rules.cutoff(kind, erasure.requested_at)
    if cutoff is None or legal_holds.held(app.store, mailbox_ids=[mailbox_id]):
        _next_kind(app, erasure, kind)
        return
    page = too_old.page(app, mailbox_id, kind, cutoff, erasure.cursor)
    ids = [one.id for one in page.found]
    if not ids:
        if page.next is None:
            _next_kind(app, erasure, kind)
        else:
            erasure_steps.go_on(app, erasure, erasure.at(kind.value, page.next))
    elif kind is Kept.TICKETS:
        _erase_ticket(app, erasure, ids[0], cutoff)
    elif kind is Kept.NOTES:
        _erase_notes(app, erasure, ids)
    elif kind is Kept.COMMENTS:
        _erase_comments(app, erasure, ids)
    else:
        _erase_customer(app, erasure, ids[0])


def _next_kind(app: App, erasure: Erasure, kind: Kept) -> None:
    """Go on with the next kind; after the last one the run is over, and what it erased is recorded."""
    kinds = list(Kept)
    if kind is not kinds[-1]:
        following = kinds[kinds.index(kind) + 1]
        erasure_steps.go_on(app, erasure, erasure.at(following.value))
        return

    def work(tx: Transaction, box: Outbox) -> None:
        if not erasure_steps.is_due(tx, erasure):
            return
        done = erasure.done(app.clock.now())
        if erasure.counts:
            happened = Happened(
                Action.RETENTION_APPLIED,
                audit_log.function(app),
                Target("mailbox", erasure.target_id, erasure.target_id),
                changes=tuple(
                    {"field": name, "before": None, "after": count}
                    for name, count in erasure.counts.items()
                ),
            )
            done = replace(done, last_audit_id=audit_log.record(app, box, happened))
        erasure_steps.follow(tx, box, erasure, done)

    outbox.commit(app, work)


def _erase_ticket(app: App, erasure: Erasure, ticket_id: str, cutoff: datetime) -> None:
    """Erase a part of a ticket's content, and with the last part what the ticket itself says."""

    def work(tx: Transaction, box: Outbox) -> None:
        found = tx.get(tickets.COLLECTION, ticket_id)
        due = erasure_steps.is_due(tx, erasure)
        ticket = None if found is None else codec.from_document(Ticket, found.data)
        if not due or ticket is None:
            return
        if not retention.is_too_old(ticket, cutoff) or too_old.is_held(tx, ticket):
            erasure_steps.follow(tx, box, erasure, erasure)  # it was touched or held meanwhile
            return
        part = _Part(app, tx, ticket_id, ticket)
        counts = part.write(app.clock.now())
        erasure_steps.follow(tx, box, erasure, erasure.counting(**counts))

    outbox.commit(app, work)


class _Part:
    """What one transaction erases of a ticket: everything is read before anything is written."""

    def __init__(self, app: App, tx: Transaction, ticket_id: str, ticket: Ticket) -> None:
        self._app, self._tx = app, tx
        self._tickets = [(ticket_id, ticket)]
        self._ids = family(ticket_id, ticket)
        for document in tx.get_all([(tickets.COLLECTION, id) for id in ticket.merged_from]):
            if document is not None:
                merged = codec.from_document(Ticket, document.data)
                self._tickets.append((document.id, merged))
        of_them = Filter("ticket_id", "in", self._ids)
        stored = (of_them, Filter("state", "==", "stored"))
        found = tx.query(Query(messages.COLLECTION, stored, limit=BATCH)).documents
        self._messages = [(d.id, codec.from_document(Message, d.data)) for d in found]
        written = (of_them, Filter("deleted_at", "==", None))
        found = tx.query(Query(notes.COLLECTION, written, limit=BATCH)).documents
        self._notes = [(d.id, codec.from_document(Note, d.data)) for d in found]
        begun = (of_them, Filter("done", "==", False))
        found = tx.query(Query(replies.COLLECTION, begun, limit=BATCH)).documents
        written_here = [(d.id, codec.from_document(Reply, d.data)) for d in found]
        # What is being sent, or may be, is left to its own end, which erases it too.
        self._replies = [(id, r) for id, r in written_here if r.state not in _BEING_SENT]
        self._files = uploads.existing(tx, [u for _, r in self._replies for u in r.upload_ids])
        rated = tx.get_all([(satisfaction.COLLECTION, id) for id in self._ids])
        self._answers = [
            (d.id, codec.from_document(Answer, d.data)) for d in rated if d is not None
        ]

    def write(self, now: datetime) -> dict[str, int]:
        """Write what is left of all that was read; returns how much was erased, by what it was."""
        for id, message in self._messages:
            document = codec.to_document(retention.erased_message(message))
            self._tx.put(messages.COLLECTION, id, document)
            self._tx.delete(messages.BODIES, id)
        for id, note in self._notes:
            self._tx.put(notes.COLLECTION, id, codec.to_document(retention.erased_note(note, now)))
        counts = {"messages": len(self._messages), "notes": len(self._notes)}
        full = BATCH in (len(self._messages), len(self._notes), len(self._replies))
        for id, reply in self._replies:
            cancelled = replies.erased(reply, now)
            self._tx.put(replies.COLLECTION, id, codec.to_document(cancelled))
        uploads.expire(self._app, self._tx, self._files)
        if not full:
            self._write_last(now)
            counts |= {"tickets": len(self._tickets)}
        return {name: count for name, count in counts.items() if count}

    def _write_last(self, now: datetime) -> None:
        for id, answer in self._answers:
            erased = retention.erased_comment(answer, now)
            self._tx.put(satisfaction.COLLECTION, id, codec.to_document(erased))
        for id, ticket in self._tickets:
            erased_ticket = retention.erased_ticket(ticket, now)
            erased_ticket = replace(erased_ticket, version=ticket.version + 1, changed_by=None)
            self._tx.put(tickets.COLLECTION, id, ticket_changes.document(erased_ticket))


def _erase_notes(app: App, erasure: Erasure, note_ids: Sequence[str]) -> None:
    now = app.clock.now()

    def work(tx: Transaction, box: Outbox) -> None:
        found = tx.get_all([(notes.COLLECTION, id) for id in note_ids])
        if not erasure_steps.is_due(tx, erasure):
            return
        erased = 0
        for document in found:
            if document is not None:
                note = codec.from_document(Note, document.data)
                if note.deleted_at is None:
                    left = retention.erased_note(note, now)
                    tx.put(notes.COLLECTION, document.id, codec.to_document(left))
                    erased += 1
        erasure_steps.follow(tx, box, erasure, _counting(erasure, notes=erased))

    outbox.commit(app, work)


def _erase_comments(app: App, erasure: Erasure, ticket_ids: Sequence[str]) -> None:
    now = app.clock.now()

    def work(tx: Transaction, box: Outbox) -> None:
        found = tx.get_all([(satisfaction.COLLECTION, id) for id in ticket_ids])
        if not erasure_steps.is_due(tx, erasure):
            return
        erased = 0
        for document in found:
            if document is not None and document.data["erased_at"] is None:
                answer = codec.from_document(Answer, document.data)
                left = retention.erased_comment(answer, now)
                tx.put(satisfaction.COLLECTION, document.id, codec.to_document(left))
                erased += 1
        erasure_steps.follow(tx, box, erasure, _counting(erasure, comments=erased))

    outbox.commit(app, work)


def _erase_customer(app: App, erasure: Erasure, customer_id: str) -> None:
    """Ask for the erasure of a customer of whom no ticket says anything any more, and leave them here."""

    def work(tx: Transaction, box: Outbox) -> None:
        found = tx.get(CUSTOMERS, customer_id)
        wanted = erasure_steps.wanted(app, ErasureKind.CUSTOMER, customer_id, app.function)
        known = erasure_steps.load(tx, f"{ErasureKind.CUSTOMER.value}.{customer_id}")
        if not erasure_steps.is_due(tx, erasure):
            return
        customer = None if found is None else codec.from_document(Customer, found.data)
        held = legal_holds.held(tx, customer_ids=[customer_id])
        if customer is None or held or erasure.target_id not in customer.mailbox_ids:
            erasure_steps.follow(tx, box, erasure, erasure)
            return
        erasure_steps.begin(tx, box, wanted, known)
        left = tuple(id for id in customer.mailbox_ids if id != erasure.target_id)
        tx.update(CUSTOMERS, customer_id, {"mailbox_ids": left})
        erasure_steps.follow(tx, box, erasure, erasure.counting(customers=1))

    outbox.commit(app, work)


def _counting(erasure: Erasure, **more: int) -> Erasure:
    return erasure.counting(**{name: count for name, count in more.items() if count})
