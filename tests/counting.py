"""Seams that count: what a function read, wrote, published and asked of Gmail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from shared.bus.contract import Bus, Event
from shared.store.contract import Data, Document, Page, Query, Store, Transaction

T = TypeVar("T")


@dataclass(slots=True)
class Counts:
    """Operations as they are billed: a read is a document or a missing one, a query at least one."""

    reads: int = 0
    writes: int = 0
    published: int = 0

    def reset(self) -> None:
        """Begin at zero."""
        self.reads = self.writes = self.published = 0


class CountingStore:
    """A store that counts what of it was committed; a transaction that was retried counts each time."""

    def __init__(self, inner: Store, counts: Counts) -> None:
        self._inner = inner
        self.counts = counts  # a test may put others in its place

    def get(self, collection: str, id: str) -> Document | None:
        self.counts.reads += 1
        return self._inner.get(collection, id)

    def get_all(self, keys: Sequence[tuple[str, str]]) -> list[Document | None]:
        self.counts.reads += len(keys)
        return self._inner.get_all(keys)

    def query(self, query: Query) -> Page:
        page = self._inner.query(query)
        self.counts.reads += max(1, len(page.documents))
        return page

    def count(self, query: Query, up_to: int) -> int:
        counted = self._inner.count(query, up_to)
        self.counts.reads += 1 + counted // 1000
        return counted

    def transact(self, work: Callable[[Transaction], T]) -> T:
        return self._inner.transact(lambda tx: work(_CountingTransaction(tx, self.counts)))


class _CountingTransaction:
    def __init__(self, inner: Transaction, counts: Counts) -> None:
        self._inner = inner
        self.counts = counts

    def get(self, collection: str, id: str) -> Document | None:
        self.counts.reads += 1
        return self._inner.get(collection, id)

    def get_all(self, keys: Sequence[tuple[str, str]]) -> list[Document | None]:
        self.counts.reads += len(keys)
        return self._inner.get_all(keys)

    def query(self, query: Query) -> Page:
        page = self._inner.query(query)
        self.counts.reads += max(1, len(page.documents))
        return page

    def create(self, collection: str, id: str, data: Data) -> None:
        self.counts.writes += 1
        self._inner.create(collection, id, data)

    def put(self, collection: str, id: str, data: Data) -> None:
        self.counts.writes += 1
        self._inner.put(collection, id, data)

    def update(self, collection: str, id: str, changes: Data) -> None:
        self.counts.writes += 1
        self._inner.update(collection, id, changes)

    def delete(self, collection: str, id: str) -> None:
        self.counts.writes += 1
        self._inner.delete(collection, id)


class CountingBus:
    """A bus that counts the events published through it."""

    def __init__(self, inner: Bus, counts: Counts) -> None:
        self._inner = inner
        self.counts = counts

    def publish(self, topic: str, event: Event, not_before: datetime | None = None) -> None:
        self._inner.publish(topic, event, not_before)
        self.counts.published += 1

    def publish_all(self, topic: str, events: Sequence[Event]) -> None:
        self._inner.publish_all(topic, events)
        self.counts.published += len(events)
