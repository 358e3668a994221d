"""Seams that fail at one call: before it took effect, or after; with an error, or with the process.

`Rule` counts the calls of all seams of one function and says which of them is struck. An error is what the
seam's contract names; a crash is a BaseException, which nothing in the product catches, so what follows it
is what follows the death of an instance.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Any, Final, Literal, TypeVar

from shared.app import App
from shared.blobs.contract import Blobs
from shared.bus.contract import Bus, Event
from shared.errors import Unavailable
from shared.gmail.contract import Down, Gmail, OAuth
from shared.keys.contract import Key, Keys
from shared.smtp.contract import Smtp, SubmitUnknown
from shared.store.contract import Document, Page, Query, Store, Transaction

T = TypeVar("T")

When = Literal["before", "after"]
How = Literal["error", "crash"]
WAYS: Final[tuple[tuple[When, How], ...]] = (
    ("before", "error"),
    ("after", "error"),
    ("before", "crash"),
    ("after", "crash"),
)


class Crash(BaseException):
    """The instance dies here."""


@dataclass(slots=True)
class Rule:
    """Strike call number `at` of `function`; None strikes none and only counts."""

    function: str
    at: int | None = None
    when: When = "before"
    how: How = "error"
    calls: list[str] = field(default_factory=list)

    def through(self, name: str, error: Exception, run: Callable[[], T]) -> T:
        """Make one call of a seam, unless it is the one to be struck."""
        self.calls.append(name)
        if len(self.calls) != self.at:
            return run()
        if self.when == "after":
            result = run()
            if isinstance(result, io.IOBase):
                result.close()
        raise Crash if self.how == "crash" else error

    @property
    def struck(self) -> str:
        """The name of the call that was struck, "" while none was."""
        return self.calls[self.at - 1] if self.at and len(self.calls) >= self.at else ""


def faulty(app: App, rule: Rule) -> App:
    """Return an app over the same seams, each of which obeys the rule."""
    return App(
        app.settings,
        app.function,
        clock=app.clock,
        store=FaultyStore(app.store, rule, "store"),
        keyring=FaultyStore(app.keyring, rule, "keyring"),
        audit=FaultyStore(app.audit, rule, "audit"),
        witness=FaultyStore(app.witness, rule, "witness"),
        bus=FaultyBus(app.bus, rule),
        keys=FaultyKeys(app.keys, rule),
        key_copies=FaultyBlobs(app.key_copies, rule),
        files=FaultyBlobs(app.files, rule),
        audit_log=FaultyBlobs(app.audit_log, rule),
        smtp=FaultySmtp(app.smtp, rule),
        oauth=FaultyGoogle(app.oauth, rule, "oauth"),  # type: ignore[typeddict-item]
        gmail=lambda token: FaultyGoogle(app.gmail(token), rule, "gmail"),  # type: ignore[typeddict-item, return-value]
        smtp_by=lambda server: FaultySmtp(app.smtp_by(server), rule),  # type: ignore[typeddict-item, return-value]
        push_verifier=app.push_verifier,
    )


class FaultyStore:
    """A store of which one call fails; a transaction is one call, with all that is in it."""

    def __init__(self, inner: Store, rule: Rule, name: str) -> None:
        self._inner = inner
        self._rule = rule
        self._name = name

    def get(self, collection: str, id: str) -> Document | None:
        return self._through(f"get {collection}", lambda: self._inner.get(collection, id))

    def get_all(self, keys: Sequence[tuple[str, str]]) -> list[Document | None]:
        return self._through("get_all", lambda: self._inner.get_all(keys))

    def query(self, query: Query) -> Page:
        return self._through(f"query {query.collection}", lambda: self._inner.query(query))

    def count(self, query: Query, up_to: int) -> int:
        return self._through("count", lambda: self._inner.count(query, up_to))

    def transact(self, work: Callable[[Transaction], T]) -> T:
        return self._through("transact", lambda: self._inner.transact(work))

    def _through(self, verb: str, run: Callable[[], T]) -> T:
        return self._rule.through(f"{self._name} {verb}", Unavailable("store.unavailable"), run)


class FaultyBus:
    """A bus of which one call fails."""

    def __init__(self, inner: Bus, rule: Rule) -> None:
        self._inner = inner
        self._rule = rule

    def publish(self, topic: str, event: Event, not_before: datetime | None = None) -> None:
        self._through(topic, lambda: self._inner.publish(topic, event, not_before))

    def publish_all(self, topic: str, events: Sequence[Event]) -> None:
        self._through(topic, lambda: self._inner.publish_all(topic, events))

    def _through(self, topic: str, run: Callable[[], None]) -> None:
        self._rule.through(f"bus {topic}", Unavailable("bus.unavailable"), run)


class FaultyBlobs:
    """A bucket of which one call fails."""

    def __init__(self, inner: Blobs, rule: Rule) -> None:
        self._inner = inner
        self._rule = rule

    def put(self, name: str, content: Iterable[bytes]) -> None:
        self._through("put", lambda: self._inner.put(name, content))

    def open(self, name: str) -> io.BufferedIOBase:
        def opened() -> io.BufferedIOBase:
            # In memory: a stream that is lost to a failure after its opening would stay open.
            with self._inner.open(name) as stream:
                return io.BytesIO(stream.read())

        return self._through("open", opened)

    def delete(self, name: str) -> None:
        self._through("delete", lambda: self._inner.delete(name))

    def _through(self, verb: str, run: Callable[[], T]) -> T:
        return self._rule.through(f"blobs {verb}", Unavailable("blobs.unavailable"), run)


class FaultySmtp:
    """A mail server of which one call fails."""

    def __init__(self, inner: Smtp, rule: Rule) -> None:
        self._inner = inner
        self._rule = rule
        self.sender = inner.sender

    def send(self, message: EmailMessage, recipient: str) -> None:
        error = Unavailable("smtp.unavailable")
        self._rule.through("smtp send", error, lambda: self._inner.send(message, recipient))

    def submit(self, raw: bytes, sender: str, recipients: Sequence[str]) -> None:
        self._rule.through(
            "smtp submit",
            SubmitUnknown("timeout"),
            lambda: self._inner.submit(raw, sender, recipients),
        )


class FaultyKeys:
    """A holder of keys of which one call fails."""

    def __init__(self, inner: Keys, rule: Rule) -> None:
        self._inner = inner
        self._rule = rule

    def primary(self, name: str) -> Key:
        return self._through(lambda: self._inner.primary(name))

    def by_id(self, key_id: str) -> Key:
        return self._through(lambda: self._inner.by_id(key_id))

    def _through(self, run: Callable[[], Key]) -> Key:
        return self._rule.through("keys", Unavailable("keys.unavailable"), run)


class FaultyGoogle:
    """Gmail or Google's OAuth of which one call fails as if no answer came; addresses need no call."""

    def __init__(self, inner: Gmail | OAuth, rule: Rule, name: str) -> None:
        self._inner = inner
        self._rule = rule
        self._name = name

    def __getattr__(self, method: str) -> Any:
        actual = getattr(self._inner, method)
        if method in ("consent_url", "identify"):
            return actual

        def call(*arguments: Any) -> Any:
            return self._rule.through(
                f"{self._name} {method}", Down("timeout"), lambda: actual(*arguments)
            )

        return call
