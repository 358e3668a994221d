"""Connections to one SQLite database: in a file that threads and processes share, or in memory.

In a file everybody at work has a connection; readers see the last commit and wait for nobody, writers
take turns. In memory there is one connection, and everybody takes turns.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Final

from shared.errors import Unavailable

_PRAGMAS: Final = """
PRAGMA synchronous = NORMAL;
PRAGMA secure_delete = ON;
PRAGMA temp_store = MEMORY;
PRAGMA wal_autocheckpoint = 4000;
"""
_SET_UP_ATTEMPTS: Final = 500
_SET_UP_PAUSE_SECONDS: Final = 0.01


class SqliteFile:
    """One SQLite database, opened by as many threads and processes as like.

    `path` None keeps it in memory, for this process only. The file is readable by its owner only.
    """

    def __init__(self, path: Path | None, busy_timeout_seconds: float) -> None:
        self._path = path
        self._busy_timeout_seconds = busy_timeout_seconds
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._turn = threading.Lock()  # fairer, and sooner over, than SQLite's waiting by polling
        self._in_memory: sqlite3.Connection | None = None
        if path is None:
            self._in_memory = self._connect()
        else:
            self._set_up(path)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one state of the database until the end of the block."""
        with self._alone_in_memory(), self._lent() as connection:
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
        with self._taking_turns(), self._lent() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file; the last to close it folds its log into it."""
        self._closed = True
        if self._in_memory is not None:
            with self._turn:  # SQLite crashes where a connection is closed under who uses it
                self._in_memory.close()
        while self._idle:
            self._idle.pop().close()

    def _set_up(self, path: Path) -> None:
        """Make the file where there is none, and turn its log on.

        An existing file is not even opened here: closing it would end SQLite's locks on it
        (https://www.sqlite.org/howtocorrupt.html, 2.2). Turning the log on does not wait for other
        processes that do so at the same moment, hence the attempts.
        """
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        for attempt in range(_SET_UP_ATTEMPTS, 0, -1):
            with self._lent() as connection:
                try:
                    connection.execute("PRAGMA journal_mode = WAL")
                except sqlite3.OperationalError:
                    if attempt == 1:
                        raise
                else:
                    return
            time.sleep(_SET_UP_PAUSE_SECONDS)

    @contextmanager
    def _lent(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection to one thread at a time, so that there are as many as work at once."""
        if self._closed:
            raise RuntimeError("the store is closed")
        if self._in_memory is not None:
            yield self._in_memory
            return
        with _translated():
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._connect()
            try:
                yield connection
            finally:
                self._idle.append(connection)
                if self._closed:
                    self.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            ":memory:" if self._path is None else self._path,
            timeout=self._busy_timeout_seconds,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.executescript(_PRAGMAS)
        return connection

    def _alone_in_memory(self) -> AbstractContextManager[object]:
        return self._turn if self._path is None else nullcontext()

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
