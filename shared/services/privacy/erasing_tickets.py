"""Erasing what stands in somebody's own tickets, one bounded step after the other.

The ticket itself comes last and forgets whose it was: so the next of their tickets is always the first
that is found, and a step that is done again finds what is left to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, TypeVar

from shared import codec, log
from shared.app import App
from shared.audit.events import Action
from shared.domain import messages, notes, notifications, replies, satisfaction, tickets, uploads
from shared.domain.erasures import Erasure
from shared.domain.events import ERASURE_REQUESTED
from shared.domain.messages import Message
from shared.domain.notes import Note
from shared.domain.replies import Reply
from shared.domain.satisfaction import Answer
from shared.domain.tickets import Ticket
from shared.domain.uploads import Upload
from shared.services import outbox, sealed_files
from shared.services.outbox import Outbox
from shared.services.privacy import erased_content, erasure_steps
from shared.services.tickets import ticket_changes
from shared.store.contract import Document, Filter, Page, Query, Transaction

T = TypeVar("T")

FIRST: Final = "messages"
_PAGE: Final = 20
_IN_FLIGHT_WAITS: Final = timedelta(minutes=3)  # longer than handing a mail over lasts


def step(app: App, erasure: Erasure, customer_ids: Sequence[str]) -> bool:
    """Do the next step in the first ticket that is theirs; False where there is none any more.

    The phase is that of one ticket. Where another is the first by now, since that one was cleared by a
    disconnect or another came before it, it is begun from its first phase: nothing may be passed over.
    """
    of_them = Filter("customer_id", "in", list(customer_ids))
    found = app.store.query(Query(tickets.COLLECTION, (of_them,), limit=1)).documents
    if not found:
        return False
    id, ticket = found[0].id, codec.from_document(Ticket, found[0].data)
    if id != erasure.item:
        erasure = replace(erasure, item=id, phase=FIRST, cursor=None)
    _STEPS[erasure.phase](app, erasure, id, ticket)
    return True


def _messages(app: App, erasure: Erasure, id: str, _: Ticket) -> None:
    page = _page(app, erasure, messages.COLLECTION, id)

    def work(tx: Transaction, again: Sequence[Document]) -> int:
        before = {d.id: codec.from_document(Message, d.data) for d in again}
        erased = {
            one: erased_content.message(message)
            for one, message in before.items()
            if message.received_at <= erasure.requested_at and message.state != messages.ERASED
        }
        for one, message in erased.items():
            tx.put(messages.COLLECTION, one, codec.to_document(message))
            tx.delete(messages.BODIES, one)
        return len(erased)

    _commit(app, erasure, page, "notes", work, "messages")


def _notes(app: App, erasure: Erasure, id: str, _: Ticket) -> None:
    page = _page(app, erasure, notes.COLLECTION, id)

    def work(tx: Transaction, again: Sequence[Document]) -> int:
        left = [d for d in again if d.data["sealed"] is not None]
        for document in left:
            note = erased_content.note(app, codec.from_document(Note, document.data))
            tx.put(notes.COLLECTION, document.id, codec.to_document(note))
        return len(left)

    _commit(app, erasure, page, "replies", work, "notes")


def _replies(app: App, erasure: Erasure, id: str, _: Ticket) -> None:
    page = _page(app, erasure, replies.COLLECTION, id)
    stored = [codec.from_document(Reply, d.data) for d in page.documents]
    if any(erased_content.is_in_flight(reply) for reply in stored):
        log.event("WARNING", "erasure.put_off", reason="reply_in_flight")
        event = {"kind": erasure.kind.value, "id": erasure.target_id, "step": erasure.step}
        app.bus.publish(ERASURE_REQUESTED, event, app.clock.now() + _IN_FLIGHT_WAITS)
        return

    def work(tx: Transaction, again: Sequence[Document]) -> int:
        before = {d.id: codec.from_document(Reply, d.data) for d in again}
        left = {one: reply for one, reply in before.items() if reply.sealed or not reply.done}
        for one, reply in left.items():
            tx.put(replies.COLLECTION, one, codec.to_document(erased_content.reply(reply)))
        return len(left)

    _commit(app, erasure, page, "uploads", work, "replies")


def _uploads(app: App, erasure: Erasure, id: str, _: Ticket) -> None:
    page = _page(app, erasure, uploads.COLLECTION, id)
    for document in page.documents:
        sealed_files.delete(app, codec.from_document(Upload, document.data).object)

    def work(tx: Transaction, again: Sequence[Document]) -> int:
        for document in again:
            tx.delete(uploads.COLLECTION, document.id)
        return len(again)

    _commit(app, erasure, page, "notifications", work, "uploads")


def _notifications(app: App, erasure: Erasure, id: str, _: Ticket) -> None:
    page = _page(app, erasure, notifications.COLLECTION, id)

    def work(tx: Transaction, again: Sequence[Document]) -> int:
        for document in again:
            tx.delete(notifications.COLLECTION, document.id)
        return len(again)

    _commit(app, erasure, page, "ticket", work, "notifications")


def _ticket(app: App, erasure: Erasure, id: str, _: Ticket) -> None:
    """Erase the ticket, and what the customer said of the help that they got."""
    app.envelope.load([_.mailbox_id])
    author = ticket_changes.function(app, "erasure")

    def work(tx: Transaction, box: Outbox) -> None:
        if not erasure_steps.is_due(tx, erasure):
            return
        ticket, rating = tx.get_all([(tickets.COLLECTION, id), (satisfaction.COLLECTION, id)])
        if ticket is not None:
            before = codec.from_document(Ticket, ticket.data)
            after = erased_content.ticket(app, id, before)
            action = Action.TICKET_ERASED
            ticket_changes.write(app, tx, box, id, before, after, author, action)
        if rating is not None:
            answer = codec.from_document(Answer, rating.data)
            left = codec.to_document(erased_content.answer(app, id, answer))
            tx.put(satisfaction.COLLECTION, id, left)
        following = erasure.at(FIRST).counting(tickets=int(ticket is not None))
        erasure_steps.follow(tx, box, erasure, following)

    outbox.commit(app, work)


_STEPS: Final[Mapping[str, Callable[[App, Erasure, str, Ticket], None]]] = {
    FIRST: _messages,
    "notes": _notes,
    "replies": _replies,
    "uploads": _uploads,
    "notifications": _notifications,
    "ticket": _ticket,
}


def _page(app: App, erasure: Erasure, collection: str, ticket_id: str) -> Page:
    own = (Filter("ticket_id", "==", ticket_id),)
    return app.store.query(Query(collection, own, limit=_PAGE, cursor=erasure.cursor))


def _commit(
    app: App,
    erasure: Erasure,
    page: Page,
    following: str,
    change: Callable[[Transaction, Sequence[Document]], int],
    counted: str,
) -> None:
    """Change a page's documents, read again in the transaction, and go on: with the next page, or phase."""
    keys = [(document.collection, document.id) for document in page.documents]

    def work(tx: Transaction, box: Outbox) -> None:
        if not erasure_steps.is_due(tx, erasure):
            return
        again = [document for document in tx.get_all(keys) if document is not None]
        more: dict[str, Any] = {counted: change(tx, again)}
        phase = erasure.phase if page.next is not None else following
        erasure_steps.follow(tx, box, erasure, erasure.at(phase, page.next).counting(**more))

    outbox.commit(app, work)
