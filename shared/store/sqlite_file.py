"""Connections to one SQLite database: in a file that threads and processes share, or in memory.

In a file each thread has its own connection; readers see the last commit and wait for nobody, writers
take turns. In memory there is one connection, and everybody takes turns.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Final

from shared.errors import Unavailable

_PRAGMAS: Final = """
PRAGMA synchronous = NORMAL;
PRAGMA secure_delete = ON;
PRAGMA temp_store = MEMORY;
PRAGMA wal_autocheckpoint = 4000;
"""


class _Connection(sqlite3.Connection):
    """A connection that can be referred to weakly, so that it ends with its thread."""


class SqliteFile:
    """One SQLite database, opened by as many threads and processes as like.

    `path` None keeps it in memory, for this process only. The file is readable by its owner only.
    """

    def __init__(self, path: Path | None, busy_timeout_seconds: float) -> None:
        self._path = path
        self._busy_timeout_seconds = busy_timeout_seconds
        self._mine = threading.local()
        self._opened: weakref.WeakSet[_Connection] = weakref.WeakSet()
        self._closed = False
        self._turn = threading.RLock()  # fairer, and sooner over, than SQLite's waiting by polling
        self._in_memory = self._connect() if path is None else None
        if path is not None:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one state of the database until the end of the block."""
        with _translated(), self._alone():
            connection = self._connection()
            if connection.in_transaction:  # inside of `writing`, which sees one state already
                yield connection
                return
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection whose writes are committed at the end of the block, or all undone.

        Raises Unavailable("store.contended") where others write for longer than the time-out.
        """
        with _translated(), self._taking_turns():
            connection = self._connection()
            if connection.in_transaction:
                raise RuntimeError("a transaction inside of a transaction of the same store")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the connections of all threads; the last to close a file folds its log into it."""
        self._closed = True
        for connection in list(self._opened):
            connection.close()

    def _connection(self) -> sqlite3.Connection:
        if self._in_memory is not None:
            return self._in_memory
        connection: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._mine.connection = self._connect()
        return connection

    def _connect(self) -> sqlite3.Connection:
        if self._closed:
            raise RuntimeError("the store is closed")
        connection = sqlite3.connect(
            ":memory:" if self._path is None else self._path,
            timeout=self._busy_timeout_seconds,
            isolation_level=None,
            check_same_thread=False,  # `close` closes the connections of all threads
            factory=_Connection,
        )
        connection.executescript(_PRAGMAS)
        if connection.execute("PRAGMA journal_mode").fetchone() == ("delete",):
            connection.execute("PRAGMA journal_mode = WAL")
        self._opened.add(connection)
        return connection

    def _alone(self) -> AbstractContextManager[object]:
        return nullcontext() if self._in_memory is None else self._turn

    @contextmanager
    def _taking_turns(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=self._busy_timeout_seconds):
            raise Unavailable("store.contended")
        try:
            yield
        finally:
            self._turn.release()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        busy = error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
        raise Unavailable("store.contended" if busy else "store.unavailable") from error
