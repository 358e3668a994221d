"""Notes on customers, sealed under the customer's own key, so that they end with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import writing
from shared.domain.customers import NOTES, CustomerNote
from shared.domain.places import place
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor, Permission
from shared.services import audit_log, outbox
from shared.services.customers import customers
from shared.services.outbox import Outbox
from shared.store.contract import SERVER_TIME, AlreadyExists, Filter, Order, Query, Transaction

_MAX_BYTES: Final = 40_000


@dataclass(frozen=True, slots=True)
class CustomerNoteRow:
    """A note on a customer. `customer_id` is another one's where that one was merged since."""

    id: str
    customer_id: str
    author_id: str
    created_at: datetime
    text: str | None  # None of who was erased


@dataclass(frozen=True, slots=True)
class CustomerNotePage:
    """A page of notes, the newest first."""

    items: tuple[CustomerNoteRow, ...]
    next: str | None


def list_notes(
    app: App, actor: Actor, customer_id: str, limit: int, cursor: str | None
) -> CustomerNotePage:
    """Return the notes on a customer, and on who was merged into them. Raises NotFound, Forbidden."""
    id, customer = customers.load(app.store, actor, customer_id, Permission.CUSTOMER_READ)
    about = Filter("customer_id", "in", [id, *customer.merged])
    newest = (Order("created_at", descending=True),)
    page = app.store.query(Query(NOTES, (about,), newest, limit, cursor))
    rows = [_row(app, d.id, codec.from_document(CustomerNote, d.data)) for d in page.documents]
    return CustomerNotePage(tuple(rows), page.next)


def create(app: App, actor: Actor, note_id: str, customer_id: str, text: str) -> CustomerNoteRow:
    """Write a note on a customer; asked again under the same id, return the one that is there.

    Raises NotFound, Forbidden, Invalid("note.text_invalid"), Conflict("customer.erased").
    """
    try:
        kept = writing.text(text, _MAX_BYTES)
    except ValueError as error:
        raise Invalid("note.text_invalid", max_bytes=_MAX_BYTES) from error

    def work(tx: Transaction, box: Outbox) -> None:
        id, _ = customers.load(tx, actor, customer_id, Permission.CUSTOMER_WRITE)
        target = Target("customer", id)
        happened = Happened(Action.CUSTOMER_NOTED, audit_log.person(actor), target)
        note = CustomerNote(
            customer_id=id,
            author_id=actor.user_id,
            created_at=app.clock.now(),
            sealed=_sealed(app, id, note_id, kept),
        )
        note = replace(note, last_audit_id=audit_log.record(app, box, happened))
        document: dict[str, Any] = codec.to_document(note)
        tx.create(NOTES, note_id, document | {"created_at": SERVER_TIME})

    try:
        outbox.commit(app, work)
    except AlreadyExists:
        if _load(app, note_id).author_id != actor.user_id:
            raise
    return _row(app, note_id, _load(app, note_id))


def _sealed(app: App, customer_id: str, note_id: str, text: str) -> str:
    try:
        return app.envelope.seal(customer_id, place(NOTES, note_id), {"text": text})
    except NotFound:
        raise Conflict("customer.erased") from None


def _load(app: App, note_id: str) -> CustomerNote:
    found = app.store.get(NOTES, note_id)
    if found is None:
        raise NotFound("note.not_found")
    return codec.from_document(CustomerNote, found.data)


def _row(app: App, note_id: str, note: CustomerNote) -> CustomerNoteRow:
    try:
        opened = app.envelope.open(note.customer_id, place(NOTES, note_id), note.sealed)
    except NotFound:
        opened = {"text": None}
    return CustomerNoteRow(
        note_id, note.customer_id, note.author_id, note.created_at, opened["text"]
    )
