"""One list out of several queries: a store takes 30 alternatives at once, and people ask for more.

The queries have one order and differ in their filters, so that no document is found by two; what they
find is merged. A place in such a list is the value and id of a document, which is a place in each of
its queries.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared.app import App
from shared.errors import Invalid
from shared.store import cursor
from shared.store.contract import MAX_DISJUNCTIONS, Document, Filter, Query
from shared.store.plan import plan


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended: the time by which the list is ordered, and the document's id."""

    at: datetime
    id: str

    def to_text(self, list_of: str) -> str:
        """Return a cursor; `list_of` names the list that it belongs to."""
        text = json.dumps([list_of, self.at.isoformat(), self.id], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

    @classmethod
    def from_text(cls, text: str, list_of: str) -> Position:
        """Read a cursor. Raises Invalid("cursor.invalid") for one of another list."""
        try:
            padded = text + "=" * (-len(text) % 4)
            found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            named, at, id = found
            moment = datetime.fromisoformat(at)
        except (ValueError, TypeError, binascii.Error, RecursionError) as error:
            raise Invalid("cursor.invalid") from error
        if named != list_of or not isinstance(id, str) or not id or moment.tzinfo is None:
            raise Invalid("cursor.invalid")
        return cls(moment.astimezone(UTC), id)


@dataclass(frozen=True, slots=True)
class Found:
    """What a page has, and whether there may be more behind it."""

    documents: tuple[Document, ...]
    more: bool


def split(query: Query, field: str, values: Sequence[str]) -> tuple[Query, ...]:
    """Return queries that together find what `query` finds where `field` has one of these values."""
    alternatives = math.prod(
        len(one.value)
        for one in query.filters
        if one.operator in ("in", "array_contains_any") and isinstance(one.value, (list, tuple))
    )
    size = max(1, MAX_DISJUNCTIONS // alternatives)
    parts = [list(values[start : start + size]) for start in range(0, len(values), size)]
    return tuple(
        replace(query, filters=(Filter(field, "in", part), *query.filters)) for part in parts
    )


def read(app: App, queries: Sequence[Query], after: Position | None, limit: int) -> Found:
    """Return the next documents of all queries in their order, ordered by one field with times."""
    found: list[Document] = []
    more = False
    for query in queries:
        begun = replace(query, limit=limit, cursor=_begin(query, after))
        page = app.store.query(begun)
        found += page.documents
        more = more or page.next is not None
    [order] = queries[0].order
    found.sort(key=lambda d: (d.data[order.field], d.id), reverse=order.descending)
    return Found(tuple(found[:limit]), more or len(found) > limit)


def count(app: App, queries: Sequence[Query], up_to: int) -> int:
    """Return how many documents the queries find together, at most `up_to`."""
    total = 0
    for query in queries:
        total += app.store.count(query, up_to - total)
        if total >= up_to:
            break
    return total


def _begin(query: Query, after: Position | None) -> str | None:
    if after is None:
        return None
    [order] = query.order
    last = Document(query.collection, after.id, {order.field: after.at})
    return cursor.after_document(query, plan(query), last)
