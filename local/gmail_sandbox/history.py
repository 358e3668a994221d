"""The mailbox history: ids that grow with gaps, records, a floor, and a lag before they show.

Rules: developers.google.com/workspace/gmail/api/guides/sync and reference users.history.list.
"""

import sqlite3
from collections.abc import Iterable
from typing import Any, Protocol

from .clock import SandboxClock
from .config import SandboxConfig
from .database import Database
from .errors import not_found
from .opaque import seeded

RETENTION_SECONDS = 7 * 86400
MAX_GAP = 60
LISTS = {
    "messageAdded": "messagesAdded",
    "messageDeleted": "messagesDeleted",
    "labelAdded": "labelsAdded",
    "labelRemoved": "labelsRemoved",
}


class Changed(Protocol):
    """Is told of each change, inside the transaction that makes it."""

    def __call__(self, mailbox: str, history_id: int, labels: Iterable[str]) -> None:
        """Take the mailbox, the new history id and the labels that the message has or had."""


class History:
    """History of all mailboxes. Ids are integers here and 20-digit text in the file."""

    def __init__(
        self, database: Database, clock: SandboxClock, config: SandboxConfig, changed: Changed
    ) -> None:
        self._database = database
        self._clock = clock
        self._seed = config.seed
        self._changed = changed

    def first_id(self, mailbox: str) -> int:
        """Return the id that a new mailbox starts with."""
        return 100_000 + seeded(self._seed, "history", mailbox) % 900_000

    def append(
        self,
        mailbox: str,
        kind: str,
        message: tuple[str, str],
        labels: Iterable[str],
        changed: Iterable[str] = (),
    ) -> int:
        """Record a change of a kind to (message id, thread id) and return its history id.

        `labels` are those the message has after it, `changed` those that it gained or lost.
        """
        labels, changed = list(labels), list(changed)
        now = self._clock.now()
        with self._database.transaction() as connection:
            history_id = self._advance(connection, mailbox)
            # Late indexing never reorders: what came earlier is listed earlier.
            before = connection.execute(
                "SELECT visible_at FROM history WHERE mailbox = ? ORDER BY id DESC LIMIT 1",
                (mailbox,),
            ).fetchone()
            lag: float = self._database.setting("history_lag", 0.0)
            visible_at = max(now + lag if lag else 0.0, before["visible_at"] if before else 0.0)
            connection.execute(
                "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    mailbox,
                    f"{history_id:020d}",
                    kind,
                    *message,
                    " ".join(labels),
                    " ".join(changed),
                    now,
                    visible_at,
                ),
            )
            self._changed(mailbox, history_id, {*labels, *changed})
        return history_id

    def current(self, mailbox: str) -> int:
        """Return the mailbox's newest history id, listed already or not."""
        self._expire(mailbox)
        row = self._database.row("SELECT history_id FROM accounts WHERE email = ?", mailbox)
        return int(row["history_id"]) if row else 0

    def page(
        self, mailbox: str, start: int, after: int, kinds: set[str], label: str | None, limit: int
    ) -> tuple[list[dict[str, Any]], int | None]:
        """Return up to `limit` records after `after`, and where the next page starts or None.

        Raises 404 if `start` lies below the floor or above the newest id.
        """
        current = self.current(mailbox)
        floor = self._database.row("SELECT history_floor FROM accounts WHERE email = ?", mailbox)
        if floor is None or not int(floor["history_floor"]) <= start <= current:
            raise not_found()
        rows = self._database.rows(
            "SELECT * FROM history WHERE mailbox = ? AND id > ? ORDER BY id",
            mailbox,
            f"{max(start, after):020d}",
        )
        now = self._clock.now()
        style: str = self._database.setting("history_stub_labels", "always")
        listed: list[dict[str, Any]] = []
        position = after
        for row in rows:
            if row["visible_at"] > now:
                break
            if row["kind"] not in kinds or (label and label not in row["labels"].split()):
                continue
            if len(listed) == limit:
                return listed, position
            listed.append(_record(row, with_labels=_shows_labels(style, row)))
            position = int(row["id"])
        return listed, None

    def raise_floor(self, mailbox: str) -> int:
        """Forget all records: every history id handed out so far answers 404. Return the floor."""
        with self._database.transaction() as connection:
            floor = self._advance(connection, mailbox)
            connection.execute("DELETE FROM history WHERE mailbox = ?", (mailbox,))
            self._set_floor(connection, mailbox, floor)
        return floor

    def set_current(self, mailbox: str, history_id: int) -> None:
        """Move the mailbox's newest id forward, for example beyond 2**53; older ids stay valid."""
        if not self.current(mailbox) <= history_id < 2**64:
            raise ValueError("a history id grows and fits 64 bits")
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE accounts SET history_id = ? WHERE email = ?",
                (f"{history_id:020d}", mailbox),
            )

    def _expire(self, mailbox: str) -> None:
        # On a quiet mailbox the newest message's id is too old as well, while getProfile's is
        # valid (lieer#301): hence one step beyond what is forgotten.
        cutoff = self._clock.now() - RETENTION_SECONDS
        oldest = self._database.row(
            "SELECT at FROM history WHERE mailbox = ? ORDER BY id LIMIT 1", mailbox
        )
        if oldest is None or oldest["at"] >= cutoff:
            return
        with self._database.transaction() as connection:
            gone = connection.execute(
                "SELECT max(id) AS id FROM history WHERE mailbox = ? AND at < ?", (mailbox, cutoff)
            ).fetchone()["id"]
            connection.execute("DELETE FROM history WHERE mailbox = ? AND id <= ?", (mailbox, gone))
            row = connection.execute(
                "SELECT history_id FROM accounts WHERE email = ?", (mailbox,)
            ).fetchone()
            if row["history_id"] == gone:
                self._advance(connection, mailbox)
            self._set_floor(connection, mailbox, int(gone) + 1)

    def _advance(self, connection: sqlite3.Connection, mailbox: str) -> int:
        row = connection.execute(
            "SELECT history_id, records FROM accounts WHERE email = ?", (mailbox,)
        ).fetchone()
        gap = 1 + seeded(self._seed, "gap", mailbox, row["records"]) % MAX_GAP
        history_id = int(row["history_id"]) + gap
        connection.execute(
            "UPDATE accounts SET history_id = ?, records = records + 1 WHERE email = ?",
            (f"{history_id:020d}", mailbox),
        )
        return history_id

    @staticmethod
    def _set_floor(connection: sqlite3.Connection, mailbox: str, floor: int) -> None:
        connection.execute(
            "UPDATE accounts SET history_floor = max(history_floor, ?) WHERE email = ?",
            (f"{floor:020d}", mailbox),
        )


def _shows_labels(style: str, row: sqlite3.Row) -> bool:
    return style == "always" or (style == "sometimes" and int(row["id"]) % 2 == 0)


def _record(row: sqlite3.Row, *, with_labels: bool) -> dict[str, Any]:
    stub: dict[str, Any] = {"id": row["message"], "threadId": row["thread_id"]}
    message = dict(stub)
    if with_labels and row["labels"]:
        message["labelIds"] = row["labels"].split()
    entry: dict[str, Any] = {"message": message}
    if row["changed"]:
        entry["labelIds"] = row["changed"].split()
    return {"id": str(int(row["id"])), "messages": [stub], LISTS[row["kind"]]: [entry]}
