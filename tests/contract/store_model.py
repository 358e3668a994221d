"""A model of queries that is too simple to be wrong: look at every document, sort them all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cmp_to_key

from shared.store.contract import Data, Query, Value

_TYPES = (type(None), bool, (int, float), datetime, str, bytes, list, dict)


def expected_ids(documents: Mapping[str, Data], query: Query) -> list[str]:
    """Return the ids of all documents that fulfil the query, in order, without regard to its limit."""
    orders = query.order
    unequal = [one.field for one in query.filters if one.operator in {"<", "<=", ">", ">="}]
    fields = [one.field for one in orders] or unequal[:1]
    found = [
        id_
        for id_, data in documents.items()
        if all(field in data for field in fields)
        and all(one.field in data and _fulfils(data[one.field], one) for one in query.filters)
    ]

    def by_order(a: str, b: str) -> int:
        direction = 1
        for one in orders:
            direction = -1 if one.descending else 1
            if result := compare(documents[a][one.field], documents[b][one.field]):
                return result * direction
        if not orders and unequal:
            result = compare(documents[a][unequal[0]], documents[b][unequal[0]])
            return result or _sign(a.encode(), b.encode())
        return _sign(a.encode(), b.encode()) * direction

    return sorted(found, key=cmp_to_key(by_order))


def _fulfils(value: Value, condition) -> bool:
    wanted = condition.value
    match condition.operator:
        case "==":
            return compare(value, wanted) == 0
        case "in":
            return any(compare(value, one) == 0 for one in wanted)
        case "array_contains":
            return isinstance(value, list) and any(compare(one, wanted) == 0 for one in value)
        case "array_contains_any":
            return isinstance(value, list) and any(
                compare(one, other) == 0 for one in value for other in wanted
            )
    if _rank(value) != _rank(wanted):
        return False
    result = compare(value, wanted)
    return {"<": result < 0, "<=": result <= 0, ">": result > 0, ">=": result >= 0}[
        condition.operator
    ]


def compare(a, b) -> int:
    """Return -1, 0 or 1 where `a` sorts before, with or after `b`."""
    if _rank(a) != _rank(b):
        return _sign(_rank(a), _rank(b))
    if isinstance(a, str):
        return _sign(a.encode(), b.encode())
    if isinstance(a, dict):
        a = [part for name in sorted(a) for part in (name, a[name])]
        b = [part for name in sorted(b) for part in (name, b[name])]
    if isinstance(a, list):
        for one, other in zip(a, b, strict=False):
            if result := compare(one, other):
                return result
        return _sign(len(a), len(b))
    return 0 if a is None else _sign(a, b)


def _rank(value: Value) -> int:
    return next(rank for rank, kind in enumerate(_TYPES) if isinstance(value, kind))


def _sign(a, b) -> int:
    return (a > b) - (a < b)
