"""Documents as an export shows them: what is plain and what was sealed, without what only machines need."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared import clock, codec
from shared.app import App
from shared.domain.customers import Customer
from shared.domain.places import place
from shared.errors import NotFound
from shared.services.exchange.export_plan import HIDDEN, HIDDEN_ENDINGS, WITH_CUSTOMERS, Source
from shared.services.organisation.organisation import OWNER
from shared.store.contract import MAX_DISJUNCTIONS, Document, Filter, Page, Query, Value

_PAGE = 100


def rows(app: App, user_id: str, source: Source, page: Page) -> Iterator[dict[str, Any]]:
    """Yield the rows of a page of a source, each {"id", "collection", members, "content"}."""
    documents = [d for d in page.documents if _is_shown(source, user_id, d.data)]
    if source.owner == "self":
        app.envelope.load([document.id for document in documents])
    for document in documents:
        yield _row(app, source, document, _owner(source, user_id, document))
    if source.collection == "customers":
        yield from _beside(app, [id for document in documents for id in _all_ids(document)])


def _all_ids(customer: Document) -> tuple[str, ...]:
    """Return a customer's id and those of who was merged into them, whose notes are theirs too."""
    return (customer.id, *codec.from_document(Customer, customer.data).merged)


def _is_shown(source: Source, user_id: str, data: Mapping[str, Value]) -> bool:
    if source.scope == "requester":
        return data.get("mailbox_id") is None  # what is a mailbox's stands there
    # A draft is its author's alone until it is sent.
    return data.get("state") != "draft" or data.get("author_id") == user_id


def _beside(app: App, customer_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield what is written about customers, under their keys."""
    for collection, field in WITH_CUSTOMERS.items():
        for at in range(0, len(customer_ids), MAX_DISJUNCTIONS):
            some = list(customer_ids[at : at + MAX_DISJUNCTIONS])
            cursor: str | None = None
            while True:
                filters = (Filter(field, "in", some),)
                page = app.store.query(Query(collection, filters, limit=_PAGE, cursor=cursor))
                for document in page.documents:
                    owner = str(document.data[field])
                    yield _shown(app, collection, document, owner, None, None)
                cursor = page.next
                if cursor is None:
                    break


def _row(app: App, source: Source, document: Document, owner: str) -> dict[str, Any]:
    return _shown(app, source.collection, document, owner, source.plain, source.content)


def _owner(source: Source, user_id: str, document: Document) -> str:
    if source.owner == "self" or source.by == "id":
        return document.id
    if source.owner == "organisation":
        return OWNER
    return user_id if source.owner == "requester" else str(document.data["mailbox_id"])


def _shown(
    app: App,
    collection: str,
    document: Document,
    owner: str,
    plain: Sequence[str] | None,
    content: Sequence[str] | None,
) -> dict[str, Any]:
    members = {
        name: _json(value)
        for name, value in document.data.items()
        if name not in HIDDEN
        and not name.endswith(HIDDEN_ENDINGS)
        and (plain is None or name in plain)
    }
    row = {"collection": collection, "id": document.id} | members
    sealed = document.data.get("sealed")
    if isinstance(sealed, str):
        row["content"] = _opened(app, owner, place(collection, document.id), sealed, content)
    return row


def _opened(
    app: App, owner: str, context: str, sealed: str, content: Sequence[str] | None
) -> Mapping[str, Any] | None:
    """Open a sealed member; None where its key was destroyed."""
    try:
        opened = app.envelope.open(owner, context, sealed)
    except NotFound:
        return None
    assert isinstance(opened, Mapping)
    return {name: value for name, value in opened.items() if content is None or name in content}


def _json(value: Value) -> Any:
    if isinstance(value, datetime):
        return clock.to_text(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {name: _json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    return value
