"""The doors through which the contract suite reaches every implementation of the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from shared.clock import SystemClock
from shared.store.contract import Data, Document, Query, Store, Transaction
from shared.store.firestore import FirestoreStore
from shared.store.indexes import CompositeIndex, FieldSetting, Indexes
from shared.store.sqlite import SqliteStore
from tests.contract.emulators import FirestoreEmulator

PROJECT = "demo-contract"
DATABASE = "(default)"
OTHER_DATABASE = "audit"


def composite(*fields: str) -> CompositeIndex:
    """Return an index of the collection "things": `name`, `-name` for descending, `name[]` for an array."""
    modes = {"-": "descending", "]": "array"}
    return CompositeIndex(
        DATABASE,
        "things",
        tuple(
            (
                name.strip("-[]"),
                modes.get(name[0]) or modes.get(name[-1]) or "ascending",
            )
            for name in fields
        ),
    )


INDEXES = Indexes(
    [
        composite("kind", "rank"),
        composite("kind", "-rank"),
        composite("kind", "rank", "size"),
        composite("kind", "rank", "-size"),
        composite("rank", "-size"),
        composite("rank", "size"),
        composite("kind", "tags[]"),
        composite("tags[]", "-rank"),
        composite("kind", "tags[]", "-rank"),
        composite("kind", "place", "-rank"),
        composite("secret", "rank"),
    ],
    [FieldSetting(DATABASE, "things", "secret", indexed=False)],
)


@dataclass
class Door:
    """One implementation, all of its databases empty at first."""

    client: Callable[[str], Store]
    contenders: int
    """How many threads may fight for one document without making the test slow."""

    rounds: int
    """How often each of them changes it."""

    opened: list[Store] = field(default_factory=list)

    def open(self, database: str = DATABASE) -> Store:
        """Return a new client of a database, which is closed with the door."""
        store = self.client(database)
        self.opened.append(store)
        return store

    def close(self) -> None:
        """Close every client."""
        for store in self.opened:
            store.close()  # type: ignore[attr-defined]


def sqlite_in_a_file(folder: Path) -> Door:
    """Return the embedded store, each database in a file."""

    def client(database: str) -> Store:
        return SqliteStore(folder / f"{database}.sqlite", database, INDEXES, SystemClock())

    return Door(client, contenders=8, rounds=25)


def sqlite_in_memory() -> Door:
    """Return the embedded store in memory, rehearsing every transaction; it has one client a database."""
    stores: dict[str, Store] = {}

    def client(database: str) -> Store:
        if database not in stores:
            stores[database] = SqliteStore(None, database, INDEXES, SystemClock(), rehearse=True)
        return stores[database]

    return Door(client, contenders=8, rounds=25)


def firestore_in(emulator: FirestoreEmulator) -> Door:
    """Return Cloud Firestore, as Google's emulator plays it; a conflict waits there for two seconds."""
    for database in (DATABASE, OTHER_DATABASE):
        emulator.reset(PROJECT, database)

    def client(database: str) -> Store:
        return FirestoreStore(PROJECT, database, INDEXES, emulator=emulator.address)

    return Door(client, contenders=3, rounds=2)


def write(store: Store, *documents: tuple[str, Data], collection: str = "things") -> None:
    """Put the documents, in one transaction."""

    def work(transaction: Transaction) -> None:
        for id_, data in documents:
            transaction.put(collection, id_, data)

    store.transact(work)


def read(store: Store, id_: str, collection: str = "things") -> Data | None:
    """Return what a document holds, None where there is none."""
    document = store.get(collection, id_)
    return document.data if document else None


def ids(store: Store, query: Query) -> list[str]:
    """Return the ids on one page, in order."""
    return [document.id for document in store.query(query).documents]


def contents(store: Store) -> dict[str, Data]:
    """Return all documents of the collection "things"."""
    dumped: list[Document] = list(store.dump())  # type: ignore[attr-defined]
    return {one.id: one.data for one in dumped if one.collection == "things"}


NOON = datetime(2026, 1, 31, 12, 0, 0, 123_456, tzinfo=UTC)
