"""The store embedded: one SQLite database for a laptop and for tests, with Firestore's rules.

It is never more permissive than Firestore: the same limits, the same order of values, and a query
without its index in infra/indexes.json is refused. A transaction holds the database's only write lock
from its first read on, so transactions follow one another and none has to be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection, IntegrityError
from typing import Final, TypeVar

from shared.clock import Clock
from shared.store import cursor, entries
from shared.store.buffer import InsideWork, Write, WriteBuffer
from shared.store.contract import (
    AlreadyExists,
    Data,
    Document,
    Missing,
    Page,
    Query,
    Transaction,
)
from shared.store.entries import Registry, Shape
from shared.store.indexes import Indexes
from shared.store.ordering import name_key
from shared.store.plan import Plan, plan
from shared.store.sqlite_file import SqliteFile
from shared.store.values import Checked, check_key, check_size, escaped, from_json, to_json

T = TypeVar("T")

_FORMAT: Final = 1
_SCHEMA: Final = f"""
CREATE TABLE IF NOT EXISTS about (format INTEGER NOT NULL, name TEXT NOT NULL, commit_time INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
    number INTEGER PRIMARY KEY, collection TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL,
    UNIQUE (collection, id)
);
{entries.SCHEMA}
"""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_DUMPED_AT_ONCE: Final = 1_000


class SqliteStore:
    """One database of documents in a SQLite file, or in memory where `path` is None.

    With `rehearse`, every `work` runs twice and what it wrote the first time is thrown away, so that
    tests catch work that has effects outside of its transaction. Raises ValueError where the file holds
    another database or another format.
    """

    def __init__(
        self,
        path: Path | None,
        database: str,
        indexes: Indexes,
        clock: Clock,
        *,
        rehearse: bool = False,
        busy_timeout_seconds: float = 10.0,
    ) -> None:
        self.database = database
        self._indexes = indexes
        self._clock = clock
        self._rehearse = rehearse
        self._inside_work = InsideWork()
        self._file = SqliteFile(path, busy_timeout_seconds)
        with self._file.writing() as connection:
            self._prepare(connection)
            self._registry = Registry.load(connection)

    def get(self, collection: str, id: str) -> Document | None:
        """Return the document, or None."""
        self._inside_work.check_outside()
        check_key(collection, id)
        with self._file.reading() as connection:
            return _read(connection, collection, id)

    def get_all(self, keys: Sequence[tuple[str, str]]) -> list[Document | None]:
        """Return the documents of one moment, in the order asked."""
        self._inside_work.check_outside()
        for collection, id_ in keys:
            check_key(collection, id_)
        with self._file.reading() as connection:
            return [_read(connection, collection, id_) for collection, id_ in keys]

    def query(self, query: Query) -> Page:
        """Return one page."""
        self._inside_work.check_outside()
        plan = self._plan(query)
        index = self._ensure_index(plan)
        with self._file.reading() as connection:
            return _page(connection, index, query, plan)

    def count(self, query: Query, up_to: int) -> int:
        """Return how many documents fulfil the query, at most `up_to`; its limit and cursor do not matter."""
        self._inside_work.check_outside()
        plan = self._plan(query)
        index = self._ensure_index(plan)
        with self._file.reading() as connection:
            return len(entries.walk(connection, index, plan, None, up_to))

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` while nobody else writes, then apply its writes."""
        with self._inside_work, self._file.writing() as connection:
            if self._rehearse:
                with _SqliteTransaction(connection, self._registry, self._plan) as transaction:
                    work(transaction)
            with _SqliteTransaction(connection, self._registry, self._plan) as transaction:
                result = work(transaction)
            registry = transaction.apply(self._clock)
        self._learn(registry)
        return result

    def dump(self) -> Iterator[Document]:
        """Return every document, by collection and id: for tests and invariants."""
        self._inside_work.check_outside()
        last = ("", "")
        while True:
            with self._file.reading() as connection:
                rows = connection.execute(
                    "SELECT collection, id, data FROM documents WHERE (collection, id) > (?, ?) "
                    "ORDER BY collection, id LIMIT ?",
                    (*last, _DUMPED_AT_ONCE),
                ).fetchall()
            if not rows:
                return
            for collection, id_, text in rows:
                yield Document(collection, id_, from_json(text))
            last = rows[-1][:2]

    def close(self) -> None:
        """Close the file; nothing can be asked afterwards."""
        self._file.close()

    def _prepare(self, connection: Connection) -> None:
        for statement in _SCHEMA.split(";"):
            connection.execute(statement)
        about = connection.execute("SELECT format, name FROM about").fetchone()
        if about is None:
            connection.execute("INSERT INTO about VALUES (?, ?, 0)", (_FORMAT, self.database))
        elif about != (_FORMAT, self.database):
            raise ValueError(f"the file holds another database than {self.database!r}")

    def _plan(self, query: Query) -> Plan:
        taken = plan(query)
        self._indexes.require_for(self.database, taken)
        return taken

    def _ensure_index(self, plan: Plan) -> int:
        shape = Shape.of(plan)
        index = self._registry.find(plan.collection, shape)
        if index is None:
            with self._file.writing() as connection:
                registry, index = _with_index(connection, plan.collection, shape)
            self._learn(registry)
        return index

    def _learn(self, registry: Registry) -> None:
        """Remember the indexes of the file, after the commit that made them."""
        if registry.newest > self._registry.newest:
            self._registry = registry


class _SqliteTransaction(WriteBuffer):
    """What one run of `work` sees; its writes wait until `apply`."""

    def __init__(
        self, connection: Connection, registry: Registry, take_apart: Callable[[Query], Plan]
    ) -> None:
        super().__init__()
        self._connection = connection
        self._registry = registry
        self._take_apart = take_apart

    def get(self, collection: str, id: str) -> Document | None:
        """Return the document, or None."""
        self.check_reading()
        check_key(collection, id)
        return _read(self._connection, collection, id)

    def get_all(self, keys: Sequence[tuple[str, str]]) -> list[Document | None]:
        """Return the documents in the order asked."""
        return [self.get(collection, id_) for collection, id_ in keys]

    def query(self, query: Query) -> Page:
        """Return one page."""
        self.check_reading()
        plan = self._take_apart(query)
        shape = Shape.of(plan)
        index = self._registry.find(plan.collection, shape)
        if index is None:
            self._registry, index = _with_index(self._connection, plan.collection, shape)
        return _page(self._connection, index, query, plan)

    def apply(self, clock: Clock) -> Registry:
        """Make the writes, in their order, in the open transaction; return the indexes kept up."""
        if not self.writes:
            return self._registry
        if not self._registry.is_current(self._connection):
            self._registry = Registry.load(self._connection)
        moment = None
        if any(write.checked.has_server_time for write in self.writes):
            moment = _next_commit_time(self._connection, clock)
        for write in self.writes:
            self._apply(write, moment)
        return self._registry

    def _apply(self, write: Write, moment: datetime | None) -> None:
        collection, id_ = write.collection, write.id
        stored = None
        if write.verb != "create":
            stored = self._connection.execute(
                "SELECT number, data FROM documents WHERE collection = ? AND id = ?",
                (collection, id_),
            ).fetchone()
        if stored is None:
            self._apply_to_nothing(write, moment)
            return
        number, text = stored
        old = from_json(text)
        new: Data | None = None
        if write.verb == "delete":
            self._connection.execute("DELETE FROM documents WHERE number = ?", (number,))
        else:
            checked, new = write.checked, write.checked.resolved(moment)
            if write.verb == "update":
                new = {**old, **new}
                checked = Checked(new)
                check_size(collection, id_, checked)
            self._connection.execute(
                "UPDATE documents SET data = ? WHERE number = ?", (_text(checked, new), number)
            )
        key = name_key(id_)
        entries_of = self._registry.entries
        before, after = entries_of(collection, key, old), entries_of(collection, key, new)
        entries.replace(self._connection, number, before, after)

    def _apply_to_nothing(self, write: Write, moment: datetime | None) -> None:
        collection, id_ = write.collection, write.id
        if write.verb == "update":
            raise Missing("store.missing")
        if write.verb == "delete":
            return
        data = write.checked.resolved(moment)
        try:
            number = self._connection.execute(
                "INSERT INTO documents (collection, id, data) VALUES (?, ?, ?)",
                (collection, id_, _text(write.checked, data)),
            ).lastrowid
        except IntegrityError:
            raise AlreadyExists("store.already_exists") from None
        assert number is not None
        new = self._registry.entries(collection, name_key(id_), data)
        entries.replace(self._connection, number, set(), new)


def _read(connection: Connection, collection: str, id_: str) -> Document | None:
    row = connection.execute(
        "SELECT data FROM documents WHERE collection = ? AND id = ?", (collection, id_)
    ).fetchone()
    return Document(collection, id_, from_json(row[0])) if row else None


def _page(connection: Connection, index: int, query: Query, plan: Plan) -> Page:
    start = cursor.position(query, plan)
    found = []
    for number in entries.walk(connection, index, plan, start, query.limit):
        id_, text = connection.execute(
            "SELECT id, data FROM documents WHERE number = ?", (number,)
        ).fetchone()
        found.append(Document(query.collection, id_, from_json(text)))
    full = len(found) == query.limit
    return Page(tuple(found), cursor.after_document(query, plan, found[-1]) if full else None)


def _next_commit_time(connection: Connection, clock: Clock) -> datetime:
    """Return the clock's time, or the microsecond after the last commit where that is later."""
    now = (clock.now() - _EPOCH) // _MICROSECOND
    connection.execute("UPDATE about SET commit_time = max(commit_time + 1, ?)", (now,))
    moment: int = connection.execute("SELECT commit_time FROM about").fetchone()[0]
    return _EPOCH + moment * _MICROSECOND


def _with_index(connection: Connection, collection: str, shape: Shape) -> tuple[Registry, int]:
    """Return the indexes of the file with the one that is asked, which is built where it lacks."""
    registry = Registry.load(connection)
    if registry.find(collection, shape) is None:
        entries.build(connection, collection, shape)
        registry = Registry.load(connection)
    index = registry.find(collection, shape)
    assert index is not None
    return registry, index


def _text(checked: Checked, data: Data) -> str:
    return to_json(escaped(data) if checked.has_dollar else data)
