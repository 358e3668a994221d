"""The SQLite file of the local bus. Threads and processes share it (WAL).

Times are integers: microseconds since 1970. Rows that are done with are deleted, so no query scans them.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from shared.errors import Unavailable

_LOCKED_SECONDS: Final = 5
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subscription TEXT NOT NULL,
  message_id TEXT NOT NULL,
  event BLOB NOT NULL,
  published_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,               -- never before this
  turn_at INTEGER NOT NULL,              -- due_at, or a little later where chaos shuffles
  attempt INTEGER NOT NULL DEFAULT 0,    -- deliveries so far
  repeats INTEGER NOT NULL DEFAULT 0,    -- acknowledgements that chaos still passes over
  taken_by TEXT                          -- the process that delivers it now
) STRICT;
CREATE INDEX IF NOT EXISTS deliveries_by_turn ON deliveries (turn_at, id);
CREATE TABLE IF NOT EXISTS dead_letters (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subscription TEXT NOT NULL,
  message_id TEXT NOT NULL,
  event BLOB NOT NULL,
  published_at INTEGER NOT NULL,
  died_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL
) STRICT;
"""


class QueueFile:
    """One connection for all threads; a path of None is memory.

    The temporary table `served` names the subscriptions that this process knows. Every method raises
    Unavailable("bus.unavailable") where the file cannot be used or stays locked for five seconds.
    """

    def __init__(self, path: Path | None, subscriptions: Iterable[str]) -> None:
        self._lock = threading.Lock()
        if path is not None:
            path.touch(mode=0o600)
        with _translated():
            self._connection = sqlite3.connect(
                ":memory:" if path is None else path,
                timeout=_LOCKED_SECONDS,
                isolation_level=None,
                check_same_thread=False,  # one lock stands around every use
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            # Outlives the process, as the local store does.
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_SCHEMA)
            self._connection.execute("CREATE TEMP TABLE served (name TEXT PRIMARY KEY) STRICT")
            self._connection.executemany(
                "INSERT INTO served VALUES (?)", [(name,) for name in subscriptions]
            )

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit what is done with the connection, whole or, after an exception, not at all."""
        with self._lock, _translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def rows(self, query: str, *parameters: int | str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        with self._lock, _translated():
            return self._connection.execute(query, parameters).fetchall()

    def number(self, query: str, *parameters: int | str) -> int:
        """Return the one number that a query counts."""
        return int(self.rows(query, *parameters)[0][0])

    def close(self) -> None:
        """Close the file; what is owed stays in it."""
        with self._lock:
            self._connection.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise Unavailable("bus.unavailable") from error
