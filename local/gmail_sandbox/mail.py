"""The mail of all mailboxes: accept, label, delete, find, and thread it as Gmail does."""

import json
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from .clock import SandboxClock
from .config import SandboxConfig
from .database import Database
from .history import History
from .opaque import seeded
from .summary import Summary, summarise

COLUMNS = "id, thread_id, internal_date, history_id, labels, draft_id, snippet, size"
SYSTEM_LABELS = (
    "CHAT",
    "SENT",
    "INBOX",
    "IMPORTANT",
    "TRASH",
    "DRAFT",
    "SPAM",
    "CATEGORY_FORUMS",
    "CATEGORY_UPDATES",
    "CATEGORY_PERSONAL",
    "CATEGORY_PROMOTIONS",
    "CATEGORY_SOCIAL",
    "STARRED",
    "UNREAD",
)


def is_label(name: str) -> bool:
    """Say whether a name is a label id: one of the system's, or a user's Label_<number>."""
    return name in SYSTEM_LABELS or re.fullmatch(r"Label_\d{1,20}", name) is not None


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message without its bytes. `internal_date` is in milliseconds."""

    id: str
    thread_id: str
    internal_date: int
    history_id: int
    labels: tuple[str, ...]
    draft_id: str | None
    snippet: str
    size: int


class Mail:
    """The messages of every mailbox. A mailbox is named by its address in lower case."""

    def __init__(
        self, database: Database, clock: SandboxClock, config: SandboxConfig, history: History
    ) -> None:
        self._database = database
        self._clock = clock
        self._seed = config.seed
        self._history = history

    def add(
        self,
        mailbox: str,
        raw: bytes,
        labels: Iterable[str],
        internal_date: int | None = None,
        thread_id: str | None = None,
        draft_id: str | None = None,
        *,
        new_thread: bool = False,
    ) -> StoredMessage:
        """Accept a message: exactly these bytes, a new id, threaded, in the history.

        `new_thread` begins a thread whatever the message refers to.
        Raises ValueError for a label that is none.
        """
        summary = summarise(raw)
        labels = _checked(labels)
        date = int(self._clock.now() * 1000) if internal_date is None else internal_date
        with self._database.transaction() as connection:
            message_id = self._new_id(connection, mailbox)
            if thread_id is None and not new_thread:
                thread_id = self._thread_of(mailbox, summary)
            thread_id = thread_id or message_id
            history_id = self._history.append(
                mailbox, "messageAdded", (message_id, thread_id), labels
            )
            connection.execute(
                "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    mailbox,
                    message_id,
                    thread_id,
                    date,
                    f"{history_id:020d}",
                    " ".join(labels),
                    draft_id,
                    summary.message_id,
                    summary.base_subject,
                    summary.snippet,
                    len(raw),
                    json.dumps(summary.headers),
                    summary.body_text,
                    summary.attached,
                    raw,
                ),
            )
        return StoredMessage(
            message_id,
            thread_id,
            date,
            history_id,
            tuple(labels),
            draft_id,
            summary.snippet,
            len(raw),
        )

    def relabel(
        self, mailbox: str, message_id: str, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> StoredMessage:
        """Add and remove labels; what changes nothing leaves no history. KeyError if not there."""
        with self._database.transaction() as connection:
            message = self.existing(mailbox, message_id)
            lost = [label for label in remove if label in message.labels]
            gained = [label for label in _checked(add) if label not in message.labels]
            labels = [label for label in message.labels if label not in lost]
            key = (message.id, message.thread_id)
            history_id = message.history_id
            if lost:
                history_id = self._history.append(mailbox, "labelRemoved", key, labels, lost)
            labels += gained
            if gained:
                history_id = self._history.append(mailbox, "labelAdded", key, labels, gained)
            connection.execute(
                "UPDATE messages SET labels = ?, history_id = ? WHERE mailbox = ? AND id = ?",
                (" ".join(labels), f"{history_id:020d}", mailbox, message_id),
            )
        return self.existing(mailbox, message_id)

    def delete(self, mailbox: str, message_id: str) -> int:
        """Delete for good and return the history id. KeyError if not there."""
        with self._database.transaction() as connection:
            message = self.existing(mailbox, message_id)
            connection.execute(
                "DELETE FROM messages WHERE mailbox = ? AND id = ?", (mailbox, message_id)
            )
            key = (message.id, message.thread_id)
            return self._history.append(mailbox, "messageDeleted", key, message.labels)

    def find(self, mailbox: str, message_id: str) -> StoredMessage | None:
        """Return a message, None if the mailbox has none of that id."""
        row = self._database.row(
            f"SELECT {COLUMNS} FROM messages WHERE mailbox = ? AND id = ?",  # noqa: S608
            mailbox,
            message_id,
        )
        return None if row is None else _message(row)

    def existing(self, mailbox: str, message_id: str) -> StoredMessage:
        """Return a message; KeyError if the mailbox has none of that id."""
        message = self.find(mailbox, message_id)
        if message is None:
            raise KeyError("no such message")
        return message

    def raw(self, mailbox: str, message_id: str) -> bytes:
        """Return the exact bytes that were accepted; KeyError if not there."""
        row = self._database.row(
            "SELECT raw FROM messages WHERE mailbox = ? AND id = ?", mailbox, message_id
        )
        if row is None:
            raise KeyError("no such message")
        return bytes(row["raw"])

    def belongs(self, mailbox: str, raw: bytes, thread_id: str) -> bool:
        """Say whether a message refers to one of a thread that has the same base subject."""
        summary = summarise(raw)
        return any(
            self._database.row(
                "SELECT 1 FROM messages WHERE mailbox = ? AND thread_id = ? AND message_id = ?"
                " AND base_subject = ?",
                mailbox,
                thread_id,
                reference,
                summary.base_subject,
            )
            for reference in summary.references
        )

    def thread(self, mailbox: str, thread_id: str) -> list[StoredMessage]:
        """Return the messages of a thread, oldest first."""
        rows = self._database.rows(
            f"SELECT {COLUMNS} FROM messages WHERE mailbox = ? AND thread_id = ?"  # noqa: S608
            " ORDER BY internal_date, history_id",
            mailbox,
            thread_id,
        )
        return [_message(row) for row in rows]

    def newest_first(self, mailbox: str, *, with_text: bool = False) -> list[sqlite3.Row]:
        """Return what search looks at in every message of a mailbox, newest first.

        body_text is empty unless asked for: of a full mailbox it is most of the file.
        """
        text = "body_text" if with_text else "'' AS body_text"
        return self._database.rows(
            f"SELECT {COLUMNS}, message_id, headers, {text}, attached FROM messages"  # noqa: S608
            " WHERE mailbox = ? ORDER BY internal_date DESC, id DESC",
            mailbox,
        )

    def totals(self, mailbox: str) -> tuple[int, int]:
        """Return the number of messages and of threads."""
        row = self._database.row(
            "SELECT count(*) AS messages, count(DISTINCT thread_id) AS threads"
            " FROM messages WHERE mailbox = ?",
            mailbox,
        )
        return (row["messages"], row["threads"]) if row else (0, 0)

    def by_draft(self, mailbox: str, draft_id: str) -> StoredMessage:
        """Return the message that a draft consists of now; KeyError if there is no such draft."""
        row = self._database.row(
            f"SELECT {COLUMNS} FROM messages WHERE mailbox = ? AND draft_id = ?",  # noqa: S608
            mailbox,
            draft_id,
        )
        if row is None:
            raise KeyError("no such draft")
        return _message(row)

    def _new_id(self, connection: sqlite3.Connection, mailbox: str) -> str:
        number = connection.execute(
            "UPDATE accounts SET messages = messages + 1 WHERE email = ? RETURNING messages",
            (mailbox,),
        ).fetchone()["messages"]
        return f"{0x19 << 56 | seeded(self._seed, 'message', mailbox, number) >> 8:016x}"

    def _thread_of(self, mailbox: str, summary: Summary) -> str | None:
        # Both are needed: a reference that this mailbox knows, and the same subject under it
        # (developers.google.com/workspace/gmail/api/guides/threads).
        for reference in summary.references:
            row = self._database.row(
                "SELECT thread_id FROM messages WHERE mailbox = ? AND message_id = ?"
                " AND base_subject = ? ORDER BY internal_date DESC LIMIT 1",
                mailbox,
                reference,
                summary.base_subject,
            )
            if row is not None:
                return str(row["thread_id"])
        return None


def _checked(labels: Iterable[str]) -> list[str]:
    distinct = list(dict.fromkeys(labels))
    for label in distinct:
        if not is_label(label):
            raise ValueError("labels are Gmail's system labels or Label_<number>")
    return distinct


def _message(row: sqlite3.Row) -> StoredMessage:
    return StoredMessage(
        row["id"],
        row["thread_id"],
        row["internal_date"],
        int(row["history_id"]),
        tuple(row["labels"].split()),
        row["draft_id"],
        row["snippet"],
        row["size"],
    )
