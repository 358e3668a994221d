"""Cursors: where a page ended, as an opaque text that fits its own query only.

A cursor holds the values that the last document was ordered by, and its id; no offset, so that a page
costs the same wherever it begins and a document that comes or goes meanwhile shifts nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import NamedTuple

from shared.errors import Invalid
from shared.store.contract import Document, Query, Value
from shared.store.plan import Plan
from shared.store.values import Checked, check_key, from_json, to_json


class Position(NamedTuple):
    """The place of a document in the order of a query."""

    values: tuple[Value, ...]
    id: str


def after_document(query: Query, plan: Plan, document: Document) -> str:
    """Return the cursor of the page that begins after `document`."""
    values = [document.data[order.field] for order in plan.order]
    text = to_json([_fingerprint(query), values, document.id])
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def position(query: Query, plan: Plan) -> Position | None:
    """Return where the page of `query` begins, None for the first one.

    Raises Invalid("cursor.invalid") for a cursor that is not one of this query.
    """
    if query.cursor is None:
        return None
    try:
        padded = query.cursor + "=" * (-len(query.cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
        fingerprint, values, last = from_json(text)
        if fingerprint != _fingerprint(query) or len(values) != len(plan.order):
            raise Invalid("cursor.invalid")
        check_key(query.collection, last)
        for value in values:
            Checked({"value": value})
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise Invalid("cursor.invalid") from error
    return Position(tuple(values), last)


def _fingerprint(query: Query) -> str:
    filters = [[one.field, one.operator, one.value] for one in query.filters]
    order = [[one.field, one.descending] for one in query.order]
    text = to_json([query.collection, filters, order])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
