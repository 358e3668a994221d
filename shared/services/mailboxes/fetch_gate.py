"""Holding messages back from a Gmail mailbox that can take no more for now.

Gmail allows a mailbox 300 fetches a minute and refuses many at once, so an instance fetches at most four
of one mailbox's messages at a time, and none while Gmail has asked us to wait. Instances tell each other
by `retry_at` in the mailbox's `sync` document. (https://developers.google.com/workspace/gmail/api/reference/quota)
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from shared.clock import Clock
from shared.gmail.contract import Throttled

PARALLEL: Final = 4
TURN_SECONDS: Final = 10.0  # how long a fetch waits for its turn before it is put off
BUSY_AFTER: Final = timedelta(seconds=5)


class FetchGate:
    """The gates of all mailboxes of one instance. Thread-safe."""

    def __init__(self, clock: Clock, *, turn_seconds: float = TURN_SECONDS) -> None:
        self._clock = clock
        self._turn_seconds = turn_seconds
        self._lock = threading.Lock()
        self._slots: defaultdict[str, threading.Semaphore] = defaultdict(
            lambda: threading.Semaphore(PARALLEL)
        )
        self._closed: dict[str, datetime] = {}

    @contextmanager
    def fetching(self, mailbox_id: str) -> Iterator[None]:
        """Let the caller fetch one message. Raises Throttled("gate_closed") where it has to wait."""
        self._check_open(mailbox_id)
        with self._lock:
            slot = self._slots[mailbox_id]
        if not slot.acquire(timeout=self._turn_seconds):
            raise Throttled("gate_closed", retry_at=self._clock.now() + BUSY_AFTER)
        try:
            self._check_open(mailbox_id)  # Gmail may have refused the one before us
            yield
        finally:
            slot.release()

    def close(self, mailbox_id: str, until: datetime) -> bool:
        """Let nobody fetch until then; False where the gate was closed that long already."""
        with self._lock:
            known = self._closed.get(mailbox_id)
            if known is not None and known >= until:
                return False
            self._closed[mailbox_id] = until
            return True

    def _check_open(self, mailbox_id: str) -> None:
        with self._lock:
            until = self._closed.get(mailbox_id)
            if until is not None and until <= self._clock.now():
                del self._closed[mailbox_id]
                until = None
        if until is not None:
            raise Throttled("gate_closed", retry_at=until)
