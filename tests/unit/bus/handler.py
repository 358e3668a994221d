"""A local bus with one topic that is subscribed to, and what its pushes go to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from shared.bus.envelope import Received, read
from shared.bus.local import LocalBus, Subscription
from shared.bus.signer import PushSigner, new_private_key_pem
from shared.clock import Clock

URL = "http://127.0.0.1/push/create_ticket"
ACK_DEADLINE_SECONDS = 60
SUBSCRIPTIONS: Mapping[str, Sequence[Subscription]] = {
    "message-received": [
        Subscription("create-ticket", "create_ticket", URL, "our-audience", ACK_DEADLINE_SECONDS)
    ],
    "nobody-listens": [],
}
SIGNER = PushSigner(new_private_key_pem(), "push@example.com")


class Handler:
    """Remembers what is posted to it, and answers as it is told."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answer: Callable[[Received], int] = lambda _: 204

    def __call__(
        self, _url: str, _headers: Mapping[str, str], body: bytes, _timeout_seconds: float, /
    ) -> int:
        """Take one push."""
        received = read(body)
        self.received.append(received)
        return self.answer(received)

    @property
    def numbers(self) -> list[object]:
        """The member `n` of each event, in the order of their coming."""
        return [received.event["n"] for received in self.received]


def a_bus(clock: Clock, *, chaos_seed: int | None = None, path: Path | None = None) -> LocalBus:
    """Return a bus in memory, or in a file."""
    return LocalBus(path, SUBSCRIPTIONS, clock, chaos_seed=chaos_seed)
