"""One SQLite file holds all that this Google knows, so that it may be killed at any time."""

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (
  email TEXT PRIMARY KEY, name TEXT NOT NULL, hd TEXT, sub TEXT NOT NULL UNIQUE,
  gmail INTEGER NOT NULL, consent_error TEXT,
  history_id TEXT NOT NULL, history_floor TEXT NOT NULL,
  messages INTEGER NOT NULL DEFAULT 0, records INTEGER NOT NULL DEFAULT 0,
  last_event REAL NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS messages (
  mailbox TEXT NOT NULL, id TEXT NOT NULL, thread_id TEXT NOT NULL, internal_date INTEGER NOT NULL,
  history_id TEXT NOT NULL, labels TEXT NOT NULL, draft_id TEXT, message_id TEXT NOT NULL,
  base_subject TEXT NOT NULL, snippet TEXT NOT NULL, size INTEGER NOT NULL,
  headers TEXT NOT NULL, body_text TEXT NOT NULL, attached INTEGER NOT NULL, raw BLOB NOT NULL,
  PRIMARY KEY (mailbox, id));
CREATE INDEX IF NOT EXISTS messages_by_thread ON messages (mailbox, thread_id);
CREATE INDEX IF NOT EXISTS messages_by_message_id ON messages (mailbox, message_id);
CREATE INDEX IF NOT EXISTS messages_by_date ON messages (mailbox, internal_date, id);
CREATE TABLE IF NOT EXISTS history (
  mailbox TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, message TEXT NOT NULL,
  thread_id TEXT NOT NULL, labels TEXT NOT NULL, changed TEXT NOT NULL, at REAL NOT NULL,
  visible_at REAL NOT NULL, PRIMARY KEY (mailbox, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS watches (
  mailbox TEXT PRIMARY KEY, topic TEXT NOT NULL, labels TEXT NOT NULL, behavior TEXT NOT NULL,
  expiration INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS grants (mailbox TEXT PRIMARY KEY, scopes TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS codes (
  digest TEXT PRIMARY KEY, mailbox TEXT NOT NULL, scopes TEXT NOT NULL, redirect_uri TEXT NOT NULL,
  challenge TEXT, nonce TEXT, refresh INTEGER NOT NULL, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (
  seq INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  mailbox TEXT NOT NULL, scopes TEXT NOT NULL, expires REAL);
CREATE INDEX IF NOT EXISTS tokens_by_mailbox ON tokens (mailbox, kind);
CREATE TABLE IF NOT EXISTS pushes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL, mailbox TEXT NOT NULL,
  history_id TEXT NOT NULL, published REAL NOT NULL, due REAL NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, status TEXT NOT NULL, answer INTEGER);
CREATE INDEX IF NOT EXISTS pushes_by_status ON pushes (status, due);
CREATE TABLE IF NOT EXISTS send_as (
  mailbox TEXT NOT NULL, address TEXT NOT NULL, name TEXT NOT NULL, status TEXT,
  PRIMARY KEY (mailbox, address));
CREATE TABLE IF NOT EXISTS sends (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, mailbox TEXT NOT NULL, id TEXT NOT NULL,
  thread_id TEXT NOT NULL, via TEXT NOT NULL, recipients TEXT NOT NULL, submitted BLOB NOT NULL,
  raw BLOB NOT NULL);
"""


class Database:
    """One connection behind one lock: simple, and quick enough for thousands of mails a second.

    WAL with synchronous=NORMAL survives the death of the process, not that of the machine.
    """

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._lock = threading.RLock()
        self._nesting = 0
        self._connection = sqlite3.connect(
            path or ":memory:", isolation_level=None, check_same_thread=False, timeout=10
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, SCHEMA_VERSION):
            self._connection.close()
            raise ValueError("the file was made by another version of the sandbox: delete it")
        self._connection.executescript(SCHEMA)
        self._connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection; all that is done with it stands, or nothing. May be nested."""
        with self._lock:
            if self._nesting == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._nesting += 1
            try:
                yield self._connection
            except BaseException:
                self._nesting -= 1
                if self._nesting == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._nesting -= 1
            if self._nesting == 0:
                self._connection.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Return every row of a query."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> sqlite3.Row | None:
        """Return the first row of a query, or None."""
        with self._lock:
            row: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
            return row

    def setting(self, name: str, default: Any = None) -> Any:
        """Return a JSON value kept under a name."""
        row = self.row("SELECT value FROM settings WHERE name = ?", name)
        return default if row is None else json.loads(row["value"])

    def keep_setting(self, name: str, value: Any) -> None:
        """Keep a JSON value under a name."""
        with self.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, json.dumps(value))
            )

    def next_number(self, name: str) -> int:
        """Return 1, 2, 3, ... under a name, never the same twice, over restarts too."""
        with self.transaction():
            number: int = self.setting(f"number:{name}", 0) + 1
            self.keep_setting(f"number:{name}", number)
            return number

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
