"""Index entries in SQLite: sorted bytes for each document, as in Firestore.

An index belongs to one shape of query: these fields equal, this array holding, in this order. Its
entries are the documents that have all of those fields, sorted by one key: the values that are fixed,
then those of the order, then the id. So every page is one walk along a B-tree from a known place, or one
walk for each disjunction, merged; what it costs depends on the page and not on the collection. An index
is made from the documents when a query of its shape is first asked, and kept by every write from then on.
"""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from shared.store.contract import Value
from shared.store.cursor import Position
from shared.store.ordering import after, inverted, kind_key, name_key, sort_key
from shared.store.plan import Plan
from shared.store.values import from_json

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS indexes (
    number INTEGER PRIMARY KEY, collection TEXT NOT NULL, shape TEXT NOT NULL,
    UNIQUE (collection, shape)
);
CREATE TABLE IF NOT EXISTS entries (
    "index" INTEGER NOT NULL, key BLOB NOT NULL, document INTEGER NOT NULL,
    PRIMARY KEY ("index", key)
) WITHOUT ROWID;
"""

_WALK: Final = 'SELECT key, document FROM entries WHERE "index" = ? AND key >= ? AND key < ? '


class Shape(NamedTuple):
    """What queries must have in common to share an index.

    The order's directions are relative to its first: a walk may go either way.
    """

    equalities: tuple[str, ...]
    membership: str | None
    order: tuple[tuple[str, bool], ...]

    @classmethod
    def of(cls, plan: Plan) -> Shape:
        """Return the shape of a query."""
        return cls(
            tuple(condition.field for condition in plan.equalities),
            plan.membership.field if plan.membership else None,
            tuple((one.field, one.descending != plan.order[0].descending) for one in plan.order),
        )

    def keys(self, data: Mapping[str, Value], id_key: bytes) -> list[bytes]:
        """Return the document's keys in this index: none, one, or one for each array element."""
        try:
            fixed = b"".join([sort_key(data[field]) for field in self.equalities])
            order = self.suffix([data[field] for field, _ in self.order], id_key)
            if self.membership is None:
                return [fixed + order]
            elements = data[self.membership]
        except KeyError:
            return []
        if not isinstance(elements, (list, tuple)):
            return []
        return [fixed + element + order for element in {sort_key(one) for one in elements}]

    def suffix(self, values: Iterable[Value], id_key: bytes) -> bytes:
        """Return the part of a key that orders documents of equal fixed values."""
        parts = [
            inverted(sort_key(value)) if backwards else sort_key(value)
            for value, (_, backwards) in zip(values, self.order, strict=True)
        ]
        backwards = bool(self.order) and self.order[-1][1]
        return b"".join([*parts, inverted(id_key) if backwards else id_key])


@dataclass(frozen=True, slots=True)
class Registry:
    """The indexes that a database file has, as one state of the file tells."""

    newest: int
    by_collection: Mapping[str, tuple[tuple[int, Shape], ...]]

    @classmethod
    def load(cls, connection: sqlite3.Connection) -> Registry:
        """Read which indexes the file has."""
        by_collection: dict[str, list[tuple[int, Shape]]] = defaultdict(list)
        newest = 0
        for number, collection, text in connection.execute("SELECT * FROM indexes ORDER BY number"):
            equalities, membership, order = json.loads(text)
            shape = Shape(tuple(equalities), membership, tuple((f, b) for f, b in order))
            by_collection[collection].append((number, shape))
            newest = number
        return cls(newest, {name: tuple(indexes) for name, indexes in by_collection.items()})

    def is_current(self, connection: sqlite3.Connection) -> bool:
        """Say whether the file has no index that is not known here; indexes are never removed."""
        [newest] = connection.execute("SELECT max(number) FROM indexes").fetchone()
        return (newest or 0) == self.newest

    def find(self, collection: str, shape: Shape) -> int | None:
        """Return the number of the index, None where there is none yet."""
        for number, known in self.by_collection.get(collection, ()):
            if known == shape:
                return number
        return None

    def entries(
        self, collection: str, id_key: bytes, data: Mapping[str, Value] | None
    ) -> set[tuple[int, bytes]]:
        """Return the entries that a document has; None stands for a document that is not there."""
        if data is None:
            return set()
        return {
            (number, key)
            for number, shape in self.by_collection.get(collection, ())
            for key in shape.keys(data, id_key)
        }


def build(connection: sqlite3.Connection, collection: str, shape: Shape) -> None:
    """Add an index and the entries of all documents that are there; needs a write transaction."""
    number = connection.execute(
        "INSERT INTO indexes (collection, shape) VALUES (?, ?)", (collection, json.dumps(shape))
    ).lastrowid
    documents = connection.execute(
        "SELECT number, id, data FROM documents WHERE collection = ?", (collection,)
    )
    connection.executemany(
        "INSERT INTO entries VALUES (?, ?, ?)",
        (
            (number, key, document)
            for document, id_, text in documents
            for key in shape.keys(from_json(text), name_key(id_))
        ),
    )


def replace(
    connection: sqlite3.Connection,
    document: int,
    old: set[tuple[int, bytes]],
    new: set[tuple[int, bytes]],
) -> None:
    """Turn the entries of a document from `old` to `new`, touching those that differ only."""
    if gone := old - new:
        connection.executemany('DELETE FROM entries WHERE "index" = ? AND key = ?', gone)
    if come := new - old:
        connection.executemany(
            "INSERT INTO entries VALUES (?, ?, ?)", [(*entry, document) for entry in come]
        )


def walk(
    connection: sqlite3.Connection, index: int, plan: Plan, start: Position | None, limit: int
) -> list[int]:
    """Return the numbers of at most `limit` documents that fulfil the query, in its order."""
    shape = Shape.of(plan)
    backwards = bool(plan.order) and plan.order[0].descending
    low, high = _bounds(plan)
    if start is not None:
        place = shape.suffix(start.values, name_key(start.id))
        low, high = (low, min(high, place)) if backwards else (max(low, place + b"\x00"), high)
    sql = _WALK + ("ORDER BY key DESC LIMIT ?" if backwards else "ORDER BY key LIMIT ?")

    def along(prefix: bytes, rows: Iterable[tuple[bytes, int]]) -> Iterator[tuple[bytes, int]]:
        return ((key[len(prefix) :], document) for key, document in rows)

    with ExitStack() as stack:
        walks = []
        for choice in plan.disjunctions():
            prefix = b"".join(map(sort_key, choice))
            parameters: tuple[Any, ...] = (index, prefix + low, prefix + high, limit)
            rows = stack.enter_context(closing(connection.execute(sql, parameters)))
            walks.append(along(prefix, rows))
        found: list[int] = []
        for _, document in heapq.merge(*walks, reverse=backwards):
            if not found or found[-1] != document:  # one document may fulfil several disjunctions
                found.append(document)
            if len(found) == limit:
                break
        return found


def _bounds(plan: Plan) -> tuple[bytes, bytes]:
    """Return the half-open range of suffixes that the inequalities leave."""
    low, high = b"", b"\xff"
    for condition in plan.inequalities:
        key = sort_key(condition.value)
        low = max(low, kind_key(key))
        high = min(high, after(kind_key(key)))
        match condition.operator:
            case ">":
                low = max(low, after(key))
            case ">=":
                low = max(low, key)
            case "<":
                high = min(high, key)
            case _:
                high = min(high, after(key))
    return low, high
