"""The Pub/Sub push subscription that carries Gmail's notifications to the desk.

Rules: cloud.google.com/pubsub/docs/push, .../authenticate-push.
"""

import base64
import contextlib
import http.client
import json
import sqlite3
import threading
import time
import urllib.parse
from typing import Any

import jwt

from .clock import SandboxClock
from .config import Post, SandboxConfig
from .database import Database
from .errors import rfc3339
from .notifications import Notifications, PushKnobs
from .opaque import seeded
from .signing import ISSUER, SigningKey

ACKNOWLEDGED = frozenset((102, 200, 201, 202, 204))
LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
TOKEN_SECONDS = 3600
# How long stop() waits for receivers that are still answering.
STOP_SECONDS = 5.0


class Push:
    """Delivers what is published at least once, until acknowledged, in background threads."""

    def __init__(
        self,
        database: Database,
        clock: SandboxClock,
        config: SandboxConfig,
        key: SigningKey,
        notifications: Notifications,
    ) -> None:
        self._database = database
        self._clock = clock
        self._config = config
        self._key = key
        self._notifications = notifications
        self._news = notifications.news
        self._post: Post = config.post or self._post_over_http
        self._url: str | None = None
        self._claims = threading.Lock()
        self._in_flight: set[int] = set()
        self._stopping = False
        self._workers: list[threading.Thread] = []
        if config.push_url is not None:
            self.set_url(config.push_url)

    def set_url(self, url: str | None) -> None:
        """Deliver to this URL from now on; None holds back. ValueError unless it is loopback."""
        if url is not None and urllib.parse.urlsplit(url).hostname not in LOOPBACK:
            raise ValueError("pushes go to loopback only")
        self._url = url
        self._news.wake()

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
        self._news.wake()
        deadline = time.monotonic() + STOP_SECONDS
        for worker in self._workers:
            worker.join(timeout=max(0.0, deadline - time.monotonic()))

    def settle(self, timeout: float) -> None:
        """Wait until nothing is pending; TimeoutError names how much still is."""
        deadline = time.monotonic() + timeout
        while pending := self._notifications.pending():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{pending} pushes are still pending after {timeout} s")
            self._news.wait(0.02, self._news.generation)

    @property
    def _knobs(self) -> PushKnobs:
        return self._notifications.knobs

    def _work(self) -> None:
        while not self._stopping:
            generation = self._news.generation
            row = self._claim()
            if row is None:
                self._news.wait(self._seconds_to_next(), generation)
                continue
            answer = self._deliver(row)
            # A sandbox that stopped meanwhile has closed its file: the push stays pending.
            with contextlib.suppress(sqlite3.ProgrammingError):
                self._record(row, answer)
            with self._claims:
                self._in_flight.discard(row["seq"])
            self._news.wake()

    def _claim(self) -> dict[str, Any] | None:
        order = "seq DESC" if self._knobs.reorder else "due, seq"
        with self._claims:
            if self._url is None or self._knobs.paused:
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
            wait = self._knobs.backoff_first * 2 ** min(row["attempts"], 30)
            due = self._clock.now() + min(wait, self._knobs.backoff_longest)
            if self._knobs.attempts is not None and attempts >= self._knobs.attempts:
                status = "dead"
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE pushes SET status = ?, due = ?, attempts = ?, answer = ? WHERE seq = ?",
                (status, due, attempts, answer, row["seq"]),
            )

    def _envelope(self, row: dict[str, Any]) -> bytes:
        history_id: int | str = int(row["history_id"])
        if self._knobs.history_id_as == "string":
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
        if self._knobs.attempts is not None:
            envelope["deliveryAttempt"] = row["attempts"] + 1
        return json.dumps(envelope).encode()

    def _token(self) -> str | None:
        # Wall-clock times: google.auth and PyJWT check them against the wall clock.
        forge = self._knobs.forge
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
            parts.hostname or "", parts.port or 80, timeout=self._knobs.ack_deadline
        )
        target = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
        with contextlib.closing(connection):
            connection.request("POST", target, body, headers)
            return connection.getresponse().status
