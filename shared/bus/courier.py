"""Delivers what the local bus owes, as Pub/Sub's push does: signed POSTs, repeated until acknowledged."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Event as Flag
from threading import Thread
from typing import Final, Protocol

import urllib3

from shared.bus import envelope
from shared.bus.contract import ACKNOWLEDGED
from shared.bus.delivery import Delivery, Outcome, Retry
from shared.bus.local import LocalBus
from shared.bus.signer import PushSigner
from shared.clock import Clock
from shared.errors import Unavailable

_log = logging.getLogger(__name__)

# What another process publishes is seen at the next look; what this one publishes wakes the courier.
_LOOK_SECONDS: Final = 0.05
_REST_SECONDS: Final = 1.0
_CONNECTIONS: Final = 32


class Post(Protocol):
    """Sends one POST and returns the status of its answer; any exception is "no answer"."""

    def __call__(
        self, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, /
    ) -> int:
        """Give up after `timeout_seconds`; follow no redirect; send once."""
        ...


class HttpPost:
    """The `Post` of a real desk: HTTP with connections that are kept, for any number of threads."""

    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(maxsize=_CONNECTIONS, retries=False)

    def __call__(
        self, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, /
    ) -> int:
        """Return the status of the answer; raises urllib3.exceptions.HTTPError where none came in time."""
        answer = self._pool.request(
            "POST", url, body=body, headers=headers, timeout=timeout_seconds, redirect=False
        )
        return answer.status

    def close(self) -> None:
        """Close the kept connections."""
        self._pool.clear()


class Courier:
    """Takes due deliveries from a local bus and posts them.

    Any number of couriers, in any number of processes, may serve one queue: a delivery in flight is one
    courier's alone until its ack deadline ends.
    """

    def __init__(
        self,
        bus: LocalBus,
        post: Post,
        signer: PushSigner,
        clock: Clock,
        retry: Retry | None = None,
    ) -> None:
        self._bus = bus
        self._post = post
        self._signer = signer
        self._clock = clock
        self._retry = retry or Retry()

    def deliver_due(self) -> int:
        """Make every delivery that is due now, one after another, and return how many were made.

        The order is that of their times, then of publishing. What handlers publish, and what fails, is
        left for the next round. An exception of `post` is a failed delivery.
        """
        made = 0
        for _ in range(self._bus.queue.due()):
            for delivery in self._bus.queue.exchange([], 1, self._retry, early=True):
                self._bus.queue.exchange([self._deliver(delivery)], 0, self._retry)
                made += 1
        return made

    def recover(self) -> int:
        """Make what killed processes had in flight due at once; return how many deliveries those were."""
        return self._bus.queue.recover()

    def run(self, stop: Flag, workers: int = 4) -> None:
        """Deliver with this many threads until `stop` is set, then wait for the deliveries in flight.

        Looks after the deliveries of killed processes first. What is published meanwhile by this process
        is posted at once, by another within 50 ms.
        """
        todo: SimpleQueue[Delivery | None] = SimpleQueue()
        news: SimpleQueue[Outcome | None] = SimpleQueue()
        threads = [Thread(target=self._work, args=(todo, news)) for _ in range(workers)]
        for thread in threads:
            thread.start()
        try:
            with self._bus.listening(lambda: news.put(None)):
                self._dispatch(stop, todo, news, workers)
        finally:
            for _ in threads:
                todo.put(None)
            for thread in threads:
                thread.join()
        self._exchange([outcome for outcome in _drain(news) if outcome], 0)

    def _dispatch(
        self,
        stop: Flag,
        todo: SimpleQueue[Delivery | None],
        news: SimpleQueue[Outcome | None],
        workers: int,
    ) -> None:
        """Hand due deliveries to idle workers and record outcomes, both in one transaction a turn."""
        outcomes: list[Outcome] = []
        in_flight = 0
        recovered = False
        while not stop.is_set():
            try:
                if not recovered:
                    self.recover()
                    recovered = True
                taken = self._exchange(outcomes, workers - in_flight)
                outcomes = []
                in_flight += len(taken)
                for delivery in taken:
                    todo.put(delivery)
                pause = self._pause() if in_flight < workers else _LOOK_SECONDS
            except Unavailable:
                _log.warning("the queue of the local bus does not answer")
                pause = _REST_SECONDS
            ended = [outcome for outcome in _wait(news, pause) if outcome]
            in_flight -= len(ended)
            outcomes += ended
        self._exchange(outcomes, 0)

    def _exchange(self, outcomes: list[Outcome], want: int) -> list[Delivery]:
        if outcomes or (want and self._is_due()):
            return self._bus.queue.exchange(outcomes, want, self._retry)
        return []

    def _work(self, todo: SimpleQueue[Delivery | None], news: SimpleQueue[Outcome | None]) -> None:
        while delivery := todo.get():
            news.put(self._deliver(delivery))

    def _deliver(self, delivery: Delivery) -> Outcome:
        subscription = self._bus.subscriptions[delivery.subscription]
        body = envelope.write(
            delivery.data,
            delivery.message_id,
            delivery.published_at,
            f"projects/local/subscriptions/{subscription.name}",
            delivery.attempt,
        )
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self._signer.token(subscription.audience)}",
        }
        try:
            status = self._post(subscription.url, headers, body, subscription.ack_deadline_seconds)
        except Exception as error:  # noqa: BLE001  whatever broke, there was no answer
            _log.warning("no answer from %s: %s", subscription.function, type(error).__name__)
            return Outcome(delivery, acknowledged=False)
        return Outcome(delivery, acknowledged=status in ACKNOWLEDGED)

    def _is_due(self) -> bool:
        turn = self._bus.queue.next_turn()
        return turn is not None and turn <= self._clock.now()

    def _pause(self) -> float:
        turn: datetime | None = self._bus.queue.next_turn()
        if turn is None:
            return _LOOK_SECONDS
        return min(_LOOK_SECONDS, max(0.001, (turn - self._clock.now()).total_seconds()))


def _wait(news: SimpleQueue[Outcome | None], seconds: float) -> list[Outcome | None]:
    """Return all news, waiting up to `seconds` for the first."""
    try:
        first = news.get(timeout=seconds)
    except Empty:
        return []
    return [first, *_drain(news)]


def _drain(news: SimpleQueue[Outcome | None]) -> list[Outcome | None]:
    drained = []
    while True:
        try:
            drained.append(news.get_nowait())
        except Empty:
            return drained
