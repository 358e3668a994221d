"""What a function may touch, held to its row in functions/manifest.json.

In the cloud, IAM refuses a function what its manifest row does not name. Here these wrappers do, so that
a right that is missing fails on a laptop and in the tests first.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from shared.blobs.contract import Blobs
from shared.bus.contract import Bus, Event
from shared.keys.contract import Key, Keys
from shared.store.contract import Data, Document, Page, Query, Store, Transaction

T = TypeVar("T")


class RightsError(PermissionError):
    """A function did what its row in functions/manifest.json does not allow: a bug in one of the two."""


class RightfulStore:
    """A database as a function with this right sees it: None, "read", "create" or "write"."""

    def __init__(self, inner: Store, function: str, database: str, right: str | None) -> None:
        self._inner = inner
        self._right = right
        self._where = f"{function} and the database {database}"

    def get(self, collection: str, id: str) -> Document | None:
        """Return a document."""
        self._check("read")
        return self._inner.get(collection, id)

    def get_all(self, keys: Sequence[tuple[str, str]]) -> list[Document | None]:
        """Return documents."""
        self._check("read")
        return self._inner.get_all(keys)

    def query(self, query: Query) -> Page:
        """Return a page."""
        self._check("read")
        return self._inner.query(query)

    def count(self, query: Query, up_to: int) -> int:
        """Count documents."""
        self._check("read")
        return self._inner.count(query, up_to)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work`, its operations checked one by one."""
        self._check("read")
        return self._inner.transact(lambda tx: work(_RightfulTransaction(tx, self._check)))

    def _check(self, needed: str) -> None:
        allowed = {"read": ("read",), "create": ("read", "create")}.get(
            self._right or "", ("read", "create", "write") if self._right == "write" else ()
        )
        if needed not in allowed:
            raise RightsError(f"no right to {needed}: {self._where}")


class _RightfulTransaction:
    def __init__(self, inner: Transaction, check: Callable[[str], None]) -> None:
        self._inner = inner
        self._check = check
        self.get = inner.get
        self.get_all = inner.get_all
        self.query = inner.query

    def create(self, collection: str, id: str, data: Data) -> None:
        self._check("create")
        self._inner.create(collection, id, data)

    def put(self, collection: str, id: str, data: Data) -> None:
        self._check("write")
        self._inner.put(collection, id, data)

    def update(self, collection: str, id: str, changes: Data) -> None:
        self._check("write")
        self._inner.update(collection, id, changes)

    def delete(self, collection: str, id: str) -> None:
        self._check("write")
        self._inner.delete(collection, id)


class RightfulBus:
    """A bus on which a function may publish to its own topics only."""

    def __init__(self, inner: Bus, function: str, topics: Sequence[str]) -> None:
        self._inner = inner
        self._function = function
        self._topics = frozenset(topics)

    def publish(self, topic: str, event: Event, not_before: datetime | None = None) -> None:
        """Publish one event."""
        self._check(topic)
        self._inner.publish(topic, event, not_before)

    def publish_all(self, topic: str, events: Sequence[Event]) -> None:
        """Publish many events."""
        self._check(topic)
        self._inner.publish_all(topic, events)

    def _check(self, topic: str) -> None:
        if topic not in self._topics:
            raise RightsError(f"no right to publish to {topic}: {self._function}")


class RightfulKeys:
    """A holder of keys that gives a function its own secrets only."""

    def __init__(self, inner: Keys, function: str, names: Sequence[str]) -> None:
        self._inner = inner
        self._function = function
        self._names = frozenset(names)

    def primary(self, name: str) -> Key:
        """Return a secret's primary version."""
        self._check(name)
        return self._inner.primary(name)

    def by_id(self, key_id: str) -> Key:
        """Return one version of a secret."""
        self._check(key_id.rpartition("/")[0])
        return self._inner.by_id(key_id)

    def _check(self, name: str) -> None:
        if name not in self._names:
            raise RightsError(f"no right to the secret {name}: {self._function}")


class RightfulBlobs:
    """A bucket as a function with this right sees it: None, "read", "create" or "write".

    Who creates or writes may read too.
    """

    def __init__(self, inner: Blobs, function: str, bucket: str, right: str | None) -> None:
        self._inner = inner
        self._right = right
        self._where = f"{function} and the bucket {bucket}"

    def put(self, name: str, content: Iterable[bytes]) -> None:
        """Write an object."""
        self._check("write", "create")
        self._inner.put(name, content)

    def open(self, name: str) -> io.BufferedIOBase:
        """Read an object."""
        self._check("read", "create", "write")
        return self._inner.open(name)

    def delete(self, name: str) -> None:
        """Remove an object."""
        self._check("write")
        self._inner.delete(name)

    def names(self) -> Iterator[str]:
        """List the objects, which no function may: operators do."""
        self._check("list")
        return self._inner.names()

    def _check(self, *enough: str) -> None:
        if self._right not in enough:
            raise RightsError(f"no right to {enough[0]}: {self._where}")
