"""What the product asks of a document store.

A `Store` is one database of documents, addressed by collection and id. The product has three
(`(default)`, `keyring`, `audit`), each with its own rights, so no transaction can span two.

Promises of every implementation
- `transact(work)` is serialisable: `work` sees one state, and its writes happen all or not at all.
- `work` may be called several times (on conflict), so it has no effect but through its transaction and
  its return value. After five conflicts the caller gets Unavailable("store.contended"): nothing was written.
- Inside `work` every read stands before the first write; a read after a write is a bug and raises
  RuntimeError; so is asking the store itself, or another transaction of it, inside of `work`.
- `create` of an existing document fails the whole transaction with AlreadyExists; `update` of a missing
  one fails it with Missing. Both are raised by `transact`, not inside `work`.
- When a call returns, its writes survive the loss of the process. When it raises
  Unavailable("store.unavailable"), they happened whole or not at all, and the caller cannot know which: so
  writers are idempotent.
- A value is None, bool, int (64 bits), float (finite), str, bytes, datetime (aware, UTC, microseconds), a
  list of values (never of lists), or a mapping from str to values, whose order is not kept; nested 20
  deep at most. A document has at most 1 MiB (1,048,576 bytes) and 40,000 index entries (two a field, one a
  list element), a transaction writes at most 10 MiB. Anything else is a bug: ValueError, TypeError or
  TooBig, before anything is written.
- SERVER_TIME becomes the store's time of the commit, the same wherever one transaction says it, and in a
  list it may not stand. A later commit never has an earlier time; it may have the same one, because
  Firestore counts in milliseconds.
- `query` needs an index, as Firestore does: equality on single fields and order by one field are free,
  every other combination must stand in infra/indexes.json, else MissingIndex, on a laptop as in the
  cloud. Inequality on one field only, and that one is ordered first. At most 30 disjunctions.
- A query names top-level fields, orders by none that it fixes, asks for membership in one array only, and
  for None by equality only; anything else is a ValueError.
- Values are ordered as Firestore orders them: null, booleans, numbers, times, texts by their UTF-8 bytes,
  bytes, lists, maps. Inequality finds values of the same type only; 1 equals 1.0. A document without a
  field that a query orders by or filters on is not returned by it.
- Nothing listens: there is no subscription to changes.

The rules are those of Cloud Firestore in Native mode
(https://firebase.google.com/docs/firestore/query-data/queries, .../quotas).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol, TypeAlias, TypeVar

from shared.errors import Conflict, NotFound

T = TypeVar("T")


class ServerTime:
    """The type of SERVER_TIME."""

    def __repr__(self) -> str:
        return "SERVER_TIME"


SERVER_TIME: Final = ServerTime()

Value: TypeAlias = (
    bool
    | int
    | float
    | str
    | bytes
    | datetime
    | ServerTime
    | Sequence["Value"]
    | Mapping[str, "Value"]
    | None
)
Data: TypeAlias = Mapping[str, Value]

MAX_DOCUMENT_BYTES: Final = 1_048_576
MAX_TRANSACTION_BYTES: Final = 10_485_760
MAX_DISJUNCTIONS: Final = 30
MAX_ATTEMPTS: Final = 5

Operator: TypeAlias = Literal[
    "==", "<", "<=", ">", ">=", "in", "array_contains", "array_contains_any"
]


class AlreadyExists(Conflict):
    """A `create` met a document of that id."""


class Missing(NotFound):
    """An `update` found no document of that id."""


class TooBig(ValueError):
    """A document is over 1 MiB: a bug of the caller, who bounds what it stores."""


class MissingIndex(RuntimeError):
    """A query that infra/indexes.json does not cover: a bug; the message has the index to add."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was read. `data` holds datetimes where SERVER_TIME was written."""

    collection: str
    id: str
    data: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition; for `in` and `array_contains_any` the value is a list of at most 30."""

    field: str
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class Order:
    """Order by one field; ties are broken by document id in the same direction."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Documents of one collection that fulfil all filters, in order, at most `limit`.

    `cursor` is the `next` of an earlier page of the same query, whose limit may have been another;
    anything else is Invalid("cursor.invalid").
    """

    collection: str
    filters: tuple[Filter, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a query; `next` is None where it is shorter than the limit, so it is the last.

    After a full page that happens to be the last comes an empty one: to know better would cost a read.
    """

    documents: tuple[Document, ...]
    next: str | None = None


class Reader(Protocol):
    """What may be read, inside a transaction and outside."""

    def get(self, collection: str, id: str) -> Document | None:
        """Return the document, or None. One read, also of a missing one."""
        ...

    def get_all(self, keys: Sequence[tuple[str, str]]) -> list[Document | None]:
        """Return the documents of (collection, id) in the order asked. One read each."""
        ...

    def query(self, query: Query) -> Page:
        """Return one page. A read for each document returned, at least one."""
        ...


class Transaction(Reader, Protocol):
    """Reads, then writes; nothing is visible to others before `transact` returns."""

    def create(self, collection: str, id: str, data: Data) -> None:
        """Write a document that must not exist yet."""
        ...

    def put(self, collection: str, id: str, data: Data) -> None:
        """Write a document whole, whether or not it exists."""
        ...

    def update(self, collection: str, id: str, changes: Data) -> None:
        """Replace the named top-level fields of a document that must exist.

        A field that goes away is set to None; there are no dotted paths.
        """
        ...

    def delete(self, collection: str, id: str) -> None:
        """Remove a document; removing a missing one is no error."""
        ...


class Store(Reader, Protocol):
    """One database."""

    def count(self, query: Query, up_to: int) -> int:
        """Return how many documents fulfil the query, at most `up_to`. One read for each 1,000 counted.

        The query's own limit and cursor do not matter.
        """
        ...

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in a transaction and return what it returns; see the module's promises."""
        ...
