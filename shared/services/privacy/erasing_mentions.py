"""Erasing somebody out of other people's tickets: as a sender, a recipient, a name in a note or a draft.

They are found by the tokens of their addresses, mailbox by mailbox.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared import codec
from shared.app import App
from shared.domain import mailboxes, messages, notes, replies, tickets
from shared.domain.customers import Details
from shared.domain.erasures import Erasure
from shared.domain.messages import Message
from shared.domain.notes import Note
from shared.domain.replies import Reply
from shared.domain.tickets import Ticket
from shared.errors import NotFound
from shared.services import outbox
from shared.services.outbox import Outbox
from shared.services.privacy import erased_content, erasure_steps
from shared.services.privacy.erased_content import Known
from shared.store.contract import SERVER_TIME, Document, Filter, Query, Transaction

PHASE: Final = "mentions"
_PAGE: Final = 5  # messages of a step: each may be of another ticket, with its notes and drafts
_BESIDE: Final = 50  # notes, and drafts, of a ticket


def step(
    app: App, erasure: Erasure, known: Details, customer_ids: Sequence[str], following: str
) -> None:
    """Do the next step: a few messages of a mailbox, or going on to the next mailbox, or phase."""
    at: Mapping[str, str | None] = json.loads(
        erasure.cursor or '{"mailbox": null, "message": null}'
    )
    mailbox = app.store.query(Query(mailboxes.COLLECTION, limit=1, cursor=at["mailbox"]))
    if not mailbox.documents:
        erasure_steps.go_on(app, erasure, erasure.at(following))
        return
    of_them = _known_in(app, mailbox.documents[0].id, known)
    found: Sequence[Document] = ()
    next_message = None
    if of_them is not None:
        named = Filter("people", "array_contains_any", sorted(of_them.tokens))
        page = app.store.query(
            Query(messages.COLLECTION, (named,), limit=_PAGE, cursor=at["message"])
        )
        found, next_message = page.documents, page.next
    place = {"mailbox": at["mailbox"] if next_message else mailbox.next, "message": next_message}
    goes_on = next_message is not None or mailbox.next is not None
    after = erasure.at(PHASE, json.dumps(place)) if goes_on else erasure.at(following)
    if of_them is None or not found:
        erasure_steps.go_on(app, erasure, after)
        return
    _rewrite(app, erasure, after, of_them, found, customer_ids)


def _known_in(app: App, mailbox_id: str, known: Details) -> Known | None:
    """Return by what somebody is recognised in a mailbox; None where its key was destroyed."""
    try:
        tokens = [app.envelope.token(mailbox_id, "address", one) for one in known.addresses]
    except NotFound:
        return None
    low = frozenset(address.lower() for address in known.addresses)
    return Known(low, known.name, frozenset(tokens)) if tokens else None


def _rewrite(
    app: App,
    erasure: Erasure,
    after: Erasure,
    known: Known,
    found: Sequence[Document],
    customer_ids: Sequence[str],
) -> None:
    # Where they wrote later only, they are somebody new: what that ticket says of them stays.
    earlier = [
        d for d in found if codec.from_document(Message, d.data).received_at <= erasure.requested_at
    ]
    ticket_ids = sorted({str(d.data["ticket_id"]) for d in earlier})
    beside = [
        (collection, document.id)
        for collection in (notes.COLLECTION, replies.COLLECTION)
        for ticket_id in ticket_ids
        for document in app.store.query(
            Query(collection, (Filter("ticket_id", "==", ticket_id),), limit=_BESIDE)
        ).documents
    ]
    keys = [(d.collection, d.id) for d in found]
    keys += [(tickets.COLLECTION, id) for id in ticket_ids]

    def work(tx: Transaction, box: Outbox) -> None:
        if not erasure_steps.is_due(tx, erasure):
            return
        again = [one for one in tx.get_all([*keys, *beside]) if one is not None]
        of_others = _of_others(again, customer_ids)
        counted: dict[str, int] = {}
        for document in of_others:
            changed = _without(app, erasure, document, known)
            if changed is not None:
                tx.put(document.collection, document.id, changed)
                name = f"other_{document.collection}"
                counted[name] = counted.get(name, 0) + 1
                if changed.get("state") == messages.ERASED:
                    tx.delete(messages.BODIES, document.id)
        erasure_steps.follow(tx, box, erasure, after.counting(**counted))

    outbox.commit(app, work)


def _of_others(documents: Sequence[Document], customer_ids: Sequence[str]) -> list[Document]:
    """Return those that are not of their own tickets, which are erased as a whole later."""
    own = {
        document.id
        for document in documents
        if document.collection == tickets.COLLECTION
        and document.data["customer_id"] in customer_ids
    }
    return [one for one in documents if not {one.id, one.data.get("ticket_id")} & own]


def _without(
    app: App, erasure: Erasure, document: Document, known: Known
) -> Mapping[str, Any] | None:
    """Return a document without them, None where that changes nothing."""
    id, data = document.id, document.data
    before: Any
    after: Any
    if document.collection == messages.COLLECTION:
        before = after = codec.from_document(Message, data)
        if before.received_at <= erasure.requested_at:
            wrote = known.wrote(before)
            after = (
                erased_content.message(before)
                if wrote
                else erased_content.message_of_others(app, id, before, known)
            )
    elif document.collection == tickets.COLLECTION:
        before = codec.from_document(Ticket, data)
        after = erased_content.ticket_of_others(app, id, before, known)
        if after != before:
            document_of: dict[str, Any] = codec.to_document(after)
            return document_of | {"changed_at": SERVER_TIME}
    elif document.collection == notes.COLLECTION:
        before = codec.from_document(Note, data)
        after = erased_content.note_of_others(app, id, before, known)
    else:
        before = codec.from_document(Reply, data)
        after = erased_content.reply_of_others(app, id, before, known)
    if after == before:
        return None
    changed: Mapping[str, Any] = codec.to_document(after)
    return changed
