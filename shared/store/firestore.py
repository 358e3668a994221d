"""The store on Cloud Firestore in Native mode: one named database of a project."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

from shared.errors import Unavailable
from shared.store import cursor
from shared.store.buffer import InsideWork, WriteBuffer
from shared.store.contract import MAX_ATTEMPTS, Document, Page, Query, Transaction
from shared.store.firestore_calls import Contended, FirestoreCalls, Selector
from shared.store.firestore_messages import to_query, to_write
from shared.store.indexes import Indexes
from shared.store.plan import Plan, plan
from shared.store.values import check_key

T = TypeVar("T")

_FIRST_PAUSE_SECONDS: Final = 0.05


class FirestoreStore:
    """One database of documents in Cloud Firestore.

    With `indexes`, a query is refused before it is sent unless an index of the file serves it: tests
    pass it, because the emulator would answer. `timeout_seconds` bounds each call. `emulator` is the
    host:port of Google's emulator; without it, Google's own address and the instance's identity are used.
    """

    def __init__(
        self,
        project: str,
        database: str,
        indexes: Indexes | None = None,
        *,
        emulator: str | None = None,
        timeout_seconds: float = 15.0,
    ) -> None:
        self.database = database
        self._inside_work = InsideWork()
        self._calls = FirestoreCalls(project, database, emulator, timeout_seconds)
        self._reads = _Reads(self._calls, database, indexes)

    def get(self, collection: str, id: str) -> Document | None:
        """Return the document, or None."""
        return self.get_all([(collection, id)])[0]

    def get_all(self, keys: Sequence[tuple[str, str]]) -> list[Document | None]:
        """Return the documents of one moment, in the order asked."""
        self._inside_work.check_outside()
        documents, _ = self._reads.get_all(keys, {})
        return documents

    def query(self, query: Query) -> Page:
        """Return one page."""
        self._inside_work.check_outside()
        page, _ = self._reads.query(query, {})
        return page

    def count(self, query: Query, up_to: int) -> int:
        """Return how many documents fulfil the query, at most `up_to`; its limit and cursor do not matter."""
        self._inside_work.check_outside()
        return self._reads.count(query, up_to)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` until its writes are committed on the state that it read, at most five times."""
        lost: bytes | None = None
        for attempt in range(MAX_ATTEMPTS):
            if attempt:
                _pause(attempt)
            with (
                self._inside_work,
                _FirestoreTransaction(self._calls, self._reads, lost) as running,
            ):
                try:
                    result = work(running)
                    running.commit()
                except Contended:
                    lost = running.id or lost
                except BaseException:
                    running.roll_back()
                    raise
                else:
                    return result
        raise Unavailable("store.contended")

    def dump(self) -> Iterator[Document]:
        """Return every document, by collection and id: for tests and invariants."""
        self._inside_work.check_outside()
        for collection in self._calls.collections():
            yield from self._calls.documents(collection)

    def close(self) -> None:
        """Close the connection; nothing can be asked afterwards."""
        self._calls.close()


class _Reads:
    """Reads, inside of a transaction or outside, as the selector says."""

    def __init__(self, calls: FirestoreCalls, database: str, indexes: Indexes | None) -> None:
        self._calls = calls
        self._database = database
        self._indexes = indexes

    def get_all(
        self, keys: Sequence[tuple[str, str]], selector: Selector
    ) -> tuple[list[Document | None], bytes | None]:
        """Return the documents in the order asked, and the transaction that this began."""
        for key in keys:
            check_key(*key)
        if not keys:
            return [], None
        names = [self._calls.name(*key) for key in keys]
        found, begun = self._calls.get(dict.fromkeys(names), selector)
        return [found.get(name) for name in names], begun

    def query(self, query: Query, selector: Selector) -> tuple[Page, bytes | None]:
        """Return one page, and the transaction that this began."""
        plan = self._plan(query)
        start = cursor.position(query, plan)
        found, begun = self._calls.query(
            to_query(plan, query.filters, query.limit, start, self._calls.parent), selector
        )
        full = len(found) == query.limit
        following = cursor.after_document(query, plan, found[-1]) if full else None
        return Page(tuple(found), following), begun

    def count(self, query: Query, up_to: int) -> int:
        """Return how many documents fulfil the query, at most `up_to`."""
        plan = self._plan(query)
        return self._calls.count(to_query(plan, query.filters, 1, None, self._calls.parent), up_to)

    def _plan(self, query: Query) -> Plan:
        taken = plan(query)
        if self._indexes is not None:
            self._indexes.require_for(self._database, taken)
        return taken


class _FirestoreTransaction(WriteBuffer):
    """What one run of `work` sees. The first read begins it; without reads there is none to begin."""

    def __init__(self, calls: FirestoreCalls, reads: _Reads, lost: bytes | None) -> None:
        super().__init__()
        self.id: bytes | None = None
        self._calls = calls
        self._reads = reads
        self._lost = lost  # the attempt before this one, whose place in the queue this one takes

    def get(self, collection: str, id: str) -> Document | None:
        """Return the document, or None."""
        return self.get_all([(collection, id)])[0]

    def get_all(self, keys: Sequence[tuple[str, str]]) -> list[Document | None]:
        """Return the documents in the order asked."""
        self.check_reading()
        documents, begun = self._reads.get_all(keys, self._selector())
        self.id = self.id or begun
        return documents

    def query(self, query: Query) -> Page:
        """Return one page."""
        self.check_reading()
        page, begun = self._reads.query(query, self._selector())
        self.id = self.id or begun
        return page

    def commit(self) -> None:
        """Make the writes, where what was read has not changed."""
        if self.id is None and not self.writes:
            return
        writes = [to_write(self._calls.name(one.collection, one.id), one) for one in self.writes]
        self._calls.commit(writes, self.id)

    def roll_back(self) -> None:
        """Let go of what was read."""
        if self.id is not None:
            self._calls.roll_back(self.id)

    def _selector(self) -> Selector:
        if self.id is not None:
            return {"transaction": self.id}
        options: dict[str, Any] = {"read_write": {}}
        if self._lost is not None:
            options["read_write"] = {"retry_transaction": self._lost}
        return {"new_transaction": options}


def _pause(attempt: int) -> None:
    """Wait a little, each contender another while, longer after each defeat."""
    longest = _FIRST_PAUSE_SECONDS * 2**attempt
    time.sleep(random.uniform(0, longest))  # noqa: S311 - no secret
