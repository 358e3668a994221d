"""The durable queue behind the local bus: who is owed what, and when its turn comes.

A delivery is a row until it is acknowledged, then it is gone; a dead letter is a row of its own table. A
delivery in flight is a row whose turn comes again when its ack deadline ends, so a process that is killed
loses nothing.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from shared.bus.contract import DEAD_LETTERS_KEPT, DeadLetter
from shared.bus.delivery import Delivery, Outcome, Retry
from shared.bus.queue_file import QueueFile
from shared.clock import Clock
from shared.errors import NotFound

CHAOS_SPREAD: Final = timedelta(milliseconds=250)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_PROCESS: Final = secrets.token_hex(8)


class DeliveryQueue:
    """Deliveries owed to subscriptions, whose ack deadlines (seconds) are given by name.

    A path of None keeps the queue in memory. Every method raises Unavailable("bus.unavailable") where the
    file cannot be written or stays locked for five seconds.
    """

    def __init__(
        self,
        path: Path | None,
        ack_deadlines: Mapping[str, float],
        clock: Clock,
        *,
        chaos_seed: int | None = None,
    ) -> None:
        self._clock = clock
        self._ack_deadlines = {name: timedelta(seconds=s) for name, s in ack_deadlines.items()}
        self._chaos = None if chaos_seed is None else random.Random(chaos_seed)  # noqa: S311
        self._file = QueueFile(path, self._ack_deadlines)

    def put(self, subscriptions: Sequence[str], events: Iterable[bytes], due: datetime) -> None:
        """Add a delivery of each event to each subscription, all in one transaction."""
        now = _stamp(self._clock.now())
        repeats = 0 if self._chaos is None else 1
        rows = []
        for event in events:
            message_id = str(secrets.randbits(53))
            for name in subscriptions:
                turn = self._turn(_stamp(due))
                rows.append((name, message_id, event, now, *turn, repeats))
        with self._file.transaction() as connection:
            connection.executemany(
                "INSERT INTO deliveries"
                " (subscription, message_id, event, published_at, due_at, turn_at, repeats)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    def exchange(
        self, outcomes: Sequence[Outcome], want: int, retry: Retry, *, early: bool = False
    ) -> list[Delivery]:
        """Record what became of deliveries and take up to `want` that are due, in one transaction.

        What is taken is this caller's alone until its ack deadline ends; the outcome of a delivery that was
        taken again meanwhile is passed over. `early` takes what is due without waiting for its shuffled turn.
        """
        now = self._clock.now()
        with self._file.transaction() as connection:
            for outcome in outcomes:
                self._record(connection, outcome, now, retry)
            taken: list[Delivery] = []
            while rows := self._due(connection, now, want - len(taken), early=early):
                taken += self._take(connection, rows, now, retry)
            return taken

    def pending(self) -> int:
        """Return how many deliveries are owed, those of a later time included."""
        return self._file.number("SELECT count(*) FROM deliveries WHERE subscription IN served")

    def due(self) -> int:
        """Return how many deliveries could be made now."""
        return self._file.number(
            "SELECT count(*) FROM deliveries WHERE turn_at <= ? AND due_at <= ? AND subscription IN served",
            *self._horizon(self._clock.now(), early=True),
        )

    def unsettled(self) -> int:
        """Return how many deliveries are due, in flight or waiting to be repeated."""
        return self._file.number(
            "SELECT count(*) FROM deliveries WHERE (due_at <= ? OR attempt > 0) AND subscription IN served",
            _stamp(self._clock.now()),
        )

    def next_turn(self) -> datetime | None:
        """Return when the next delivery, repetition or end of an ack deadline comes, or None."""
        rows = self._file.rows(
            "SELECT turn_at FROM deliveries WHERE subscription IN served ORDER BY turn_at LIMIT 1"
        )
        return _moment(rows[0][0]) if rows else None

    def recover(self) -> int:
        """Make what dead processes had in flight due at once, and return how many those were.

        What living processes deliver is left alone. Where a dead one's id now belongs to another process,
        its deliveries come again when their ack deadlines end.
        """
        with self._file.transaction() as connection:
            owners = connection.execute(
                "SELECT DISTINCT taken_by FROM deliveries WHERE taken_by IS NOT NULL"
            ).fetchall()
            dead = [owner for (owner,) in owners if not _lives(owner)]
            now = _stamp(self._clock.now())
            return sum(
                connection.execute(
                    "UPDATE deliveries SET taken_by = NULL, due_at = ?, turn_at = ? WHERE taken_by = ?",
                    (now, now, owner),
                ).rowcount
                for owner in dead
            )

    def dead_letters(self, limit: int, subscription: str | None = None) -> list[DeadLetter]:
        """Return the oldest `limit` dead letters of the last 31 days, of one subscription if named."""
        oldest = _stamp(self._clock.now() - DEAD_LETTERS_KEPT)
        rows = self._file.rows(
            "SELECT id, subscription, event, published_at, attempts FROM dead_letters"
            " WHERE died_at >= ? AND subscription IN served AND ? IN ('', subscription)"
            " ORDER BY id LIMIT ?",
            oldest,
            subscription or "",
            limit,
        )
        return [
            DeadLetter(str(row), name, json.loads(data), _moment(published), attempts)
            for row, name, data, published, attempts in rows
        ]

    def replay(self, dead_letter_id: str) -> None:
        """Owe a dead letter's delivery again, with all its attempts. Raises NotFound where it is gone."""
        now = self._clock.now()
        with self._file.transaction() as connection:
            moved = connection.execute(
                "INSERT INTO deliveries"
                " (subscription, message_id, event, published_at, due_at, turn_at)"
                " SELECT subscription, message_id, event, published_at, ?, ?"
                " FROM dead_letters WHERE CAST(id AS TEXT) = ? AND died_at >= ?",
                (_stamp(now), _stamp(now), dead_letter_id, _stamp(now - DEAD_LETTERS_KEPT)),
            ).rowcount
            if not moved:
                raise NotFound("dead_letter.not_found")
            connection.execute(
                "DELETE FROM dead_letters WHERE CAST(id AS TEXT) = ?", (dead_letter_id,)
            )

    def close(self) -> None:
        """Close the file; what is owed stays in it."""
        self._file.close()

    def _due(
        self, connection: sqlite3.Connection, now: datetime, want: int, *, early: bool
    ) -> list[tuple[int, str, str, bytes, int, int]]:
        return connection.execute(
            "SELECT id, subscription, message_id, event, published_at, attempt FROM deliveries"
            " WHERE turn_at <= ? AND due_at <= ? AND subscription IN served"
            " ORDER BY turn_at, id LIMIT ?",
            (*self._horizon(now, early=early), want),
        ).fetchall()

    def _take(
        self,
        connection: sqlite3.Connection,
        rows: Iterable[tuple[int, str, str, bytes, int, int]],
        now: datetime,
        retry: Retry,
    ) -> list[Delivery]:
        taken = []
        owner = f"{os.getpid()}:{_PROCESS}"
        for row, name, message_id, data, published, attempt in rows:
            if attempt >= retry.attempts:  # its last delivery was never answered
                self._bury(connection, row, now)
                continue
            deadline = _stamp(now + self._ack_deadlines[name])
            connection.execute(
                "UPDATE deliveries SET attempt = attempt + 1, taken_by = ?, due_at = ?, turn_at = ?"
                " WHERE id = ?",
                (owner, deadline, deadline, row),
            )
            taken.append(Delivery(row, name, message_id, data, _moment(published), attempt + 1))
        return taken

    def _record(
        self, connection: sqlite3.Connection, outcome: Outcome, now: datetime, retry: Retry
    ) -> None:
        delivery = outcome.delivery
        current = connection.execute(
            "SELECT repeats FROM deliveries WHERE id = ? AND attempt = ? AND taken_by IS NOT NULL",
            (delivery.row, delivery.attempt),
        ).fetchone()
        if current is None:
            return  # the ack deadline ended first, and the message was taken again
        if outcome.acknowledged and not current[0]:
            connection.execute("DELETE FROM deliveries WHERE id = ?", (delivery.row,))
        elif outcome.acknowledged:
            self._put_back(connection, delivery.row, now, repeats=current[0] - 1)
        elif delivery.attempt >= retry.attempts:
            self._bury(connection, delivery.row, now)
        else:
            again = now + retry.delay(delivery.attempt)
            self._put_back(connection, delivery.row, again, repeats=current[0])

    def _put_back(
        self, connection: sqlite3.Connection, row: int, due: datetime, *, repeats: int
    ) -> None:
        connection.execute(
            "UPDATE deliveries SET taken_by = NULL, due_at = ?, turn_at = ?, repeats = ? WHERE id = ?",
            (*self._turn(_stamp(due)), repeats, row),
        )

    def _bury(self, connection: sqlite3.Connection, row: int, now: datetime) -> None:
        connection.execute(
            "INSERT INTO dead_letters"
            " (subscription, message_id, event, published_at, died_at, attempts)"
            " SELECT subscription, message_id, event, published_at, ?, attempt"
            " FROM deliveries WHERE id = ?",
            (_stamp(now), row),
        )
        connection.execute("DELETE FROM deliveries WHERE id = ?", (row,))
        connection.execute(
            "DELETE FROM dead_letters WHERE died_at < ?", (_stamp(now - DEAD_LETTERS_KEPT),)
        )

    def _turn(self, due: int) -> tuple[int, int]:
        if self._chaos is None:
            return due, due
        return due, due + self._chaos.randrange(CHAOS_SPREAD // _MICROSECOND)

    def _horizon(self, now: datetime, *, early: bool) -> tuple[int, int]:
        return _stamp(now + CHAOS_SPREAD if early else now), _stamp(now)


def _lives(owner: str) -> bool:
    pid, _, process = owner.partition(":")
    if int(pid) == os.getpid():
        return process == _PROCESS
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _stamp(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _moment(stamp: int) -> datetime:
    return _EPOCH + stamp * _MICROSECOND
