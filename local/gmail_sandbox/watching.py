"""users.watch and users.stop: who may be told of a mailbox's changes.

Rule: developers.google.com/workspace/gmail/api/guides/push.
"""

import re
from typing import Any

from .clock import SandboxClock
from .config import SandboxConfig
from .database import Database
from .errors import ApiError, invalid_argument
from .gmail_api import Call, GmailApi
from .history import History
from .mail import is_label
from .notifications import Notifications

WATCH_SECONDS = 7 * 86400
TOPIC = re.compile(r"^projects/[a-z][a-z0-9:.-]+/topics/[A-Za-z][\w.~+%-]{2,254}$")


class Watching:
    """Watches of all mailboxes: at most one live one each, since the project is one client."""

    def __init__(
        self,
        database: Database,
        clock: SandboxClock,
        config: SandboxConfig,
        history: History,
        notifications: Notifications,
    ) -> None:
        self._database = database
        self._clock = clock
        self._config = config
        self._history = history
        self._notifications = notifications

    def mount(self, api: GmailApi) -> None:
        """Let these methods be answered here."""
        api.add("watch", self.watch)
        api.add("stop", self.stop)

    def watch(self, call: Call) -> dict[str, Any]:
        """users.watch: lasts seven days and publishes one notification at once."""
        body = call.body()
        topic = body.get("topicName")
        if not isinstance(topic, str) or not topic:
            raise invalid_argument("Required parameter: topicName")
        wanted = f"projects/{self._config.project}/topics/"
        if not TOPIC.match(topic) or not topic.startswith(wanted):
            raise invalid_argument(f"Invalid topicName does not match {wanted}*")
        labels = body.get("labelIds", [])
        if not isinstance(labels, list) or not all(is_label(str(name)) for name in labels):
            raise invalid_argument("Invalid label")
        behavior = str(
            body.get("labelFilterBehavior") or body.get("labelFilterAction") or "include"
        ).lower()
        if behavior not in ("include", "exclude"):
            raise invalid_argument("Invalid value at 'label_filter_behavior' (TYPE_ENUM)")
        if topic not in {self._config.topic, *self._database.setting("topics", [])}:
            raise _test_message_failed(topic, 404, f"Resource not found (resource={topic}).")
        if not self._database.setting("topic_granted", True):
            reason = "User not authorized to perform this action."
            raise _test_message_failed(topic, 403, reason)
        now = self._clock.now()
        with self._database.transaction():
            other = self._database.row("SELECT * FROM watches WHERE mailbox = ?", call.mailbox)
            live = other is not None and other["expiration"] > now * 1000
            if live and other is not None and other["topic"] != topic:
                raise invalid_argument(
                    "Only one user push notification client allowed per developer (call /stop"
                    " then try again)"
                )
            expiration = int((now + WATCH_SECONDS) * 1000)
            self.set(call.mailbox, topic, labels, behavior, expiration)
            history_id = self._history.current(call.mailbox)
            if topic == self._config.topic:
                self._notifications.publish(call.mailbox, history_id)
        return {"historyId": str(history_id), "expiration": str(expiration)}

    def stop(self, call: Call) -> None:
        """users.stop: 204, whether there was a watch or not."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM watches WHERE mailbox = ?", (call.mailbox,))

    def set(
        self, mailbox: str, topic: str, labels: list[str], behavior: str, expiration: int
    ) -> None:
        """Put a watch in place; `expiration` is in milliseconds."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO watches VALUES (?, ?, ?, ?, ?)",
                (mailbox, topic, " ".join(labels), behavior, expiration),
            )

    def expire(self, mailbox: str) -> None:
        """Let the mailbox's watch end now."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE watches SET expiration = ? WHERE mailbox = ?",
                (int(self._clock.now() * 1000), mailbox),
            )


def _test_message_failed(topic: str, status: int, why: str) -> ApiError:
    message = f"Error sending test message to Cloud PubSub {topic} : {why}"
    return ApiError(status, message, "notFound" if status == 404 else "forbidden")
