"""Gmail's notifications and the Pub/Sub push subscription that carries them to the desk.

Rules: .../gmail/api/guides/push and cloud.google.com/pubsub/docs/push, .../authenticate-push.
"""

import base64
import contextlib
import http.client
import json
import threading
import time
import urllib.parse
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import jwt

from .clock import SandboxClock
from .config import Post, PushRate, SandboxConfig
from .database import Database
from .errors import rfc3339
from .opaque import seeded
from .signing import ISSUER, SigningKey

ACKNOWLEDGED = frozenset((102, 200, 201, 202, 204))
LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
TOKEN_SECONDS = 3600
# How long stop() waits for receivers that are still answering.
STOP_SECONDS = 5.0
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


class Push:
    """Publishes a mailbox's changes and delivers them at least once until acknowledged."""

    def __init__(
        self, database: Database, clock: SandboxClock, config: SandboxConfig, key: SigningKey
    ) -> None:
        self._database = database
        self._clock = clock
        self._config = config
        self._key = key
        self._post: Post = config.post or self._post_over_http
        self._url: str | None = None
        # A leaf lock: nothing else is taken under it, so it may be used inside a transaction.
        self._wake = threading.Condition()
        self._generation = 0
        self._claims = threading.Lock()
        self._in_flight: set[int] = set()
        self._stopping = False
        self._workers: list[threading.Thread] = []
        defaults = PushKnobs(
            copies=2 if config.chaos else 1,
            reorder=config.chaos,
            rate=config.push_rate,
            backoff_first=config.push_backoff[0],
            backoff_longest=config.push_backoff[1],
            ack_deadline=config.ack_deadline,
        )
        self.knobs = replace(defaults, **database.setting("push_knobs", {}))
        if config.push_url is not None:
            self.set_url(config.push_url)

    def set_url(self, url: str | None) -> None:
        """Deliver to this URL from now on; None holds back. ValueError unless it is loopback."""
        if url is not None and urllib.parse.urlsplit(url).hostname not in LOOPBACK:
            raise ValueError("pushes go to loopback only")
        self._url = url
        self.wake()

    def set_knobs(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Change knobs by name and return all; TypeError for an unknown one. Restarts keep them."""
        with self._database.transaction():
            self.knobs = replace(self.knobs, **changes)
            kept = {**self._database.setting("push_knobs", {}), **changes}
            self._database.keep_setting("push_knobs", kept)
        self.wake()
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
        now = self._clock.now()
        with self._database.transaction() as connection:
            due, status = now, "pending"
            if limited and self.knobs.rate != "unlimited":
                last = connection.execute(
                    "SELECT last_event FROM accounts WHERE email = ?", (mailbox,)
                ).fetchone()["last_event"]
                if now < last + 1 and self.knobs.rate == "drop":
                    status = "dropped"
                elif now < last + 1:
                    due = last if last > now else last + 1
                    # What waits for the end of its second only learns of the newer id.
                    if connection.execute(
                        "UPDATE pushes SET history_id = ? WHERE mailbox = ? AND status = 'pending'"
                        " AND published > ?",
                        (str(history_id), mailbox, now),
                    ).rowcount:
                        return
                if status == "pending":
                    connection.execute(
                        "UPDATE accounts SET last_event = ? WHERE email = ?", (due, mailbox)
                    )
            if status == "pending" and self.knobs.drop:
                status = "dropped"
                self.set_knobs({"drop": self.knobs.drop - 1})
            number = self._database.next_number("push")
            copies = self.knobs.copies if status == "pending" else 1
            for copy in range(copies):
                connection.execute(
                    "INSERT INTO pushes (message_id, mailbox, history_id, published, due, status)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        str(1_000_000_000_000_000 + number),
                        mailbox,
                        str(history_id),
                        due,
                        due + self.knobs.delay + self._jitter(number, copy),
                        status,
                    ),
                )
        self.wake()

    def start(self) -> None:
        """Deliver in background threads."""
        self._workers = [
            threading.Thread(target=self._work, name=f"sandbox-push-{number}", daemon=True)
            for number in range(self._config.push_workers)
        ]
        for worker in self._workers:
            worker.start()

    def stop(self) -> None:
        """End the threads; what is not acknowledged stays pending."""
        self._stopping = True
        self.wake()
        deadline = time.monotonic() + STOP_SECONDS
        for worker in self._workers:
            worker.join(timeout=max(0.0, deadline - time.monotonic()))

    def wake(self) -> None:
        """Look at the queue again: something was published, or the clock moved."""
        with self._wake:
            self._generation += 1
            self._wake.notify_all()

    def settle(self, timeout: float) -> None:
        """Wait until nothing is pending; TimeoutError names how much still is."""
        deadline = time.monotonic() + timeout
        while pending := self._pending():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{pending} pushes are still pending after {timeout} s")
            with self._wake:
                self._wake.wait(0.02)

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

    def _pending(self) -> int:
        row = self._database.row("SELECT count(*) AS n FROM pushes WHERE status = 'pending'")
        return row["n"] if row else 0

    def _jitter(self, number: int, copy: int) -> float:
        if not self.knobs.reorder:
            return 0.0
        # Longer than what separates two notifications, so that a later one overtakes.
        span = 0.1 if self.knobs.rate == "unlimited" else 2.0
        return span * (seeded(self._config.seed, "jitter", number, copy) % 1000) / 1000

    def _work(self) -> None:
        while not self._stopping:
            generation = self._generation
            row = self._claim()
            if row is None:
                seconds = self._seconds_to_next()
                with self._wake:
                    if generation == self._generation:
                        self._wake.wait(seconds)
                continue
            try:
                self._record(row, self._deliver(row))
            finally:
                with self._claims:
                    self._in_flight.discard(row["seq"])
                self.wake()

    def _claim(self) -> dict[str, Any] | None:
        order = "seq DESC" if self.knobs.reorder else "due, seq"
        with self._claims:
            if self._url is None or self.knobs.paused:
                return None
            rows = self._database.rows(
                "SELECT * FROM pushes WHERE status = 'pending' AND due <= ?"  # noqa: S608
                f" ORDER BY {order} LIMIT ?",
                self._clock.now(),
                len(self._in_flight) + 1,
            )
            row = next((dict(row) for row in rows if row["seq"] not in self._in_flight), None)
            if row is not None:
                self._in_flight.add(row["seq"])
            return row

    def _seconds_to_next(self) -> float:
        row = self._database.row(
            "SELECT min(due) AS due FROM pushes WHERE status = 'pending' AND due > ?",
            self._clock.now(),
        )
        if row is None or row["due"] is None:
            return 1.0
        due: float = row["due"]
        return max(0.001, min(1.0, due - self._clock.now()))

    def _deliver(self, row: dict[str, Any]) -> int | None:
        headers = {"Content-Type": "application/json", "User-Agent": "CloudPubSub-Google"}
        if token := self._token():
            headers["Authorization"] = f"Bearer {token}"
        try:
            return self._post(self._url or "", headers, self._envelope(row))
        except Exception:  # noqa: BLE001  (whatever the receiver did, it did not acknowledge)
            return None

    def _record(self, row: dict[str, Any], answer: int | None) -> None:
        attempts = row["attempts"] + 1
        status, due = "acked", row["due"]
        if answer not in ACKNOWLEDGED:
            status = "pending"
            wait = self.knobs.backoff_first * 2 ** min(row["attempts"], 30)
            due = self._clock.now() + min(wait, self.knobs.backoff_longest)
            if self.knobs.attempts is not None and attempts >= self.knobs.attempts:
                status = "dead"
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE pushes SET status = ?, due = ?, attempts = ?, answer = ? WHERE seq = ?",
                (status, due, attempts, answer, row["seq"]),
            )

    def _envelope(self, row: dict[str, Any]) -> bytes:
        history_id: int | str = int(row["history_id"])
        if self.knobs.history_id_as == "string":
            history_id = str(history_id)
        data = json.dumps({"emailAddress": row["mailbox"], "historyId": history_id})
        published = rfc3339(row["published"])
        message = {
            "data": base64.b64encode(data.encode()).decode(),
            "messageId": row["message_id"],
            "message_id": row["message_id"],
            "publishTime": published,
            "publish_time": published,
        }
        project = self._config.project
        envelope: dict[str, Any] = {
            "message": message,
            "subscription": f"projects/{project}/subscriptions/gmail-push",
        }
        if self.knobs.attempts is not None:
            envelope["deliveryAttempt"] = row["attempts"] + 1
        return json.dumps(envelope).encode()

    def _token(self) -> str | None:
        # Wall-clock times: google.auth and PyJWT check them against the wall clock.
        forge = self.knobs.forge
        if forge == "no_token":
            return None
        now = int(time.time()) - (2 * TOKEN_SECONDS if forge == "expired" else 0)
        account = self._config.push_service_account
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": self._config.push_audience,
            "azp": f"1{seeded('azp', account):020d}",
            "sub": f"1{seeded('azp', account):020d}",
            "email": account,
            "email_verified": forge != "unverified",
            "iat": now,
            "exp": now + TOKEN_SECONDS,
        }
        if forge == "wrong_account":
            claims["email"] = "stranger@other-project.iam.gserviceaccount.com"
        if forge == "wrong_audience":
            claims["aud"] = "https://example.org/push"
        if forge == "alg_none":
            return jwt.encode(claims, "", algorithm="none", headers={"kid": self._key.kid})
        if forge == "wrong_key":
            return jwt.encode(
                claims, self._key.kid * 2, algorithm="HS256", headers={"kid": self._key.kid}
            )
        return self._key.sign(claims)

    def _post_over_http(self, url: str, headers: dict[str, str], body: bytes) -> int:
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port or 80, timeout=self.knobs.ack_deadline
        )
        target = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
        with contextlib.closing(connection):
            connection.request("POST", target, body, headers)
            return connection.getresponse().status
