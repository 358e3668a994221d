"""Gmail's notifications: which changes are published, how often, and what waits to be delivered.

Rule: developers.google.com/workspace/gmail/api/guides/push.
"""

import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from .clock import SandboxClock
from .config import PushRate, SandboxConfig
from .database import Database
from .opaque import seeded

FIRST_MESSAGE_ID = 1_000_000_000_000_000
Forgery = Literal[
    "no_token", "wrong_account", "wrong_audience", "expired", "unverified", "alg_none", "wrong_key"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PushKnobs:
    """How the subscription misbehaves; times are seconds of sandbox time."""

    # How many times each notification is sent even if acknowledged.
    copies: int = 1
    # Every copy waits a while of its own, and what is due goes newest first.
    reorder: bool = False
    delay: float = 0.0
    # This many of the next notifications are lost.
    drop: int = 0
    # Nothing is sent until it is false again.
    paused: bool = False
    history_id_as: Literal["number", "string"] = "number"
    rate: PushRate = "coalesce"
    backoff_first: float = 0.2
    backoff_longest: float = 30.0
    ack_deadline: float = 60.0
    # After so many attempts a push is dead; None tries for ever and hides deliveryAttempt.
    attempts: int | None = 100
    # What is wrong with the OIDC token of each push.
    forge: Forgery | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a knob that would do nothing."""
        for value, known in (
            (self.history_id_as, ("number", "string")),
            (self.rate, get_args(PushRate)),
            (self.forge, (None, *get_args(Forgery))),
        ):
            if value not in known:
                raise ValueError(f"{value!r} is none of {', '.join(map(str, known))}")


class News:
    """Wakes the deliverers. A leaf lock: it may be used inside a transaction."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self.generation = 0

    def wake(self) -> None:
        """Look at the queue again: something was published, or the clock moved."""
        with self._condition:
            self.generation += 1
            self._condition.notify_all()

    def wait(self, seconds: float, generation: int) -> None:
        """Wait until woken, unless that happened since `generation` was read."""
        with self._condition:
            if generation == self.generation:
                self._condition.wait(seconds)


class Notifications:
    """Publishes the changes that a watch wants to the queue of pushes, under Gmail's rate."""

    def __init__(self, database: Database, clock: SandboxClock, config: SandboxConfig) -> None:
        self._database = database
        self._clock = clock
        self._config = config
        self.news = News()
        defaults = PushKnobs(
            copies=2 if config.chaos else 1,
            reorder=config.chaos,
            rate=config.push_rate,
            backoff_first=config.push_backoff[0],
            backoff_longest=config.push_backoff[1],
            ack_deadline=config.ack_deadline,
        )
        self.knobs = replace(defaults, **database.setting("push_knobs", {}))

    def set_knobs(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Change knobs by name and return all; TypeError for an unknown one. Restarts keep them."""
        with self._database.transaction():
            self.knobs = replace(self.knobs, **changes)
            kept = {**self._database.setting("push_knobs", {}), **changes}
            self._database.keep_setting("push_knobs", kept)
        self.news.wake()
        return asdict(self.knobs)

    def changed(self, mailbox: str, history_id: int, labels: Iterable[str]) -> None:
        """Publish a change if a live watch of the mailbox wants it: called in its transaction."""
        watch = self._database.row("SELECT * FROM watches WHERE mailbox = ?", mailbox)
        if watch is None or watch["expiration"] <= self._clock.now() * 1000:
            return
        if watch["topic"] != self._config.topic:
            return
        wanted = set(watch["labels"].split())
        if wanted and (wanted.isdisjoint(labels) == (watch["behavior"] == "include")):
            return
        self.publish(mailbox, history_id, limited=True)

    def publish(self, mailbox: str, history_id: int, *, limited: bool = False) -> None:
        """Queue one notification, under the limit of one a second and user if `limited`."""
        moment = self._clock.now()
        with self._database.transaction() as connection:
            status = "pending"
            if limited and self.knobs.rate != "unlimited":
                allowed = self._next_moment(mailbox, history_id)
                if allowed is None:
                    return
                if allowed > moment and self.knobs.rate == "drop":
                    status = "dropped"
                else:
                    moment = allowed
                    connection.execute(
                        "UPDATE accounts SET last_event = ? WHERE email = ?", (moment, mailbox)
                    )
            if status == "pending" and self.knobs.drop:
                status = "dropped"
                self.set_knobs({"drop": self.knobs.drop - 1})
            number = self._database.next_number("push")
            for copy in range(self.knobs.copies if status == "pending" else 1):
                due = moment + self.knobs.delay + self._jitter(number, copy)
                connection.execute(
                    "INSERT INTO pushes (message_id, mailbox, history_id, published, due, status)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (str(FIRST_MESSAGE_ID + number), mailbox, str(history_id), moment, due, status),
                )
        self.news.wake()

    def report(self) -> list[dict[str, Any]]:
        """Return every push in the order of publication, as `Sandbox.pushes` describes."""
        return [
            {
                "message_id": row["message_id"],
                "mailbox": row["mailbox"],
                "history_id": int(row["history_id"]),
                "status": row["status"],
                "attempts": row["attempts"],
                "answer": row["answer"],
            }
            for row in self._database.rows("SELECT * FROM pushes ORDER BY seq")
        ]

    def pending(self) -> int:
        """Return how many pushes are neither acknowledged nor given up."""
        row = self._database.row("SELECT count(*) AS n FROM pushes WHERE status = 'pending'")
        return row["n"] if row else 0

    def _next_moment(self, mailbox: str, history_id: int) -> float | None:
        # None: a notification waits for the end of its second already, and now names this id.
        now = self._clock.now()
        row = self._database.row("SELECT last_event FROM accounts WHERE email = ?", mailbox)
        last = row["last_event"] if row else 0.0
        if now >= last + 1:
            return now
        if self.knobs.rate == "coalesce":
            with self._database.transaction() as connection:
                waiting = connection.execute(
                    "UPDATE pushes SET history_id = ? WHERE mailbox = ? AND status = 'pending'"
                    " AND published > ?",
                    (str(history_id), mailbox, now),
                ).rowcount
            if waiting:
                return None
        return float(last if last > now else last + 1)

    def _jitter(self, number: int, copy: int) -> float:
        if not self.knobs.reorder:
            return 0.0
        # Longer than what separates two notifications, so that a later one overtakes.
        span = 0.1 if self.knobs.rate == "unlimited" else 2.0
        return span * (seeded(self._config.seed, "jitter", number, copy) % 1000) / 1000
