"""What each user spent of Gmail's quota, and the refusal beyond it.

Rule: developers.google.com/workspace/gmail/api/reference/quota, per minute per user per project.
"""

import threading
import time
from collections import Counter, deque
from typing import Any

from .clock import SandboxClock
from .config import SandboxConfig
from .errors import ApiError, quota_exceeded
from .methods import Method

WINDOW_SECONDS = 60.0


class Quota:
    """Units of the last 60 s by mailbox; kept in memory, since a minute is soon over."""

    def __init__(self, clock: SandboxClock, config: SandboxConfig) -> None:
        self._clock = clock
        self._project = config.project
        self._lock = threading.Lock()
        self._spent: dict[str, deque[tuple[float, int]]] = {}
        self._sums: Counter[str] = Counter()
        self._running: Counter[str] = Counter()
        self._running_methods: Counter[tuple[str, str]] = Counter()
        self._peaks: Counter[str] = Counter()
        self._method_peaks: Counter[tuple[str, str]] = Counter()
        self._refused: Counter[str] = Counter()
        self.limit = config.quota_per_minute
        # "Too many concurrent requests for user": Gmail names no number, None has none.
        self.concurrent: int | None = None
        # Seconds that each call takes longer, so that calls overlap as they do over a network.
        self.latency = 0.0

    def enter(self, mailbox: str, method: Method) -> None:
        """Charge one call and count it as running; 429 where the user has no units left."""
        with self._lock:
            if self.concurrent is not None and self._running[mailbox] >= self.concurrent:
                self._refused[mailbox] += 1
                raise ApiError(429, "Too many concurrent requests for user.", "rateLimitExceeded")
            self._forget(mailbox)
            if self.limit is not None and self._sums[mailbox] + method.units > self.limit:
                self._refused[mailbox] += 1
                raise quota_exceeded(self._project)
            self._spent.setdefault(mailbox, deque()).append((self._clock.now(), method.units))
            self._sums[mailbox] += method.units
            self._running[mailbox] += 1
            self._peaks[mailbox] = max(self._peaks[mailbox], self._running[mailbox])
            key = (mailbox, method.name)
            self._running_methods[key] += 1
            self._method_peaks[key] = max(self._method_peaks[key], self._running_methods[key])
        if self.latency:
            time.sleep(self.latency)

    def leave(self, mailbox: str, method: Method) -> None:
        """End a call that `enter` let in."""
        with self._lock:
            self._running[mailbox] -= 1
            self._running_methods[mailbox, method.name] -= 1

    def report(self, mailbox: str) -> dict[str, Any]:
        """Return what `Sandbox.quota` describes."""
        with self._lock:
            self._forget(mailbox)
            return {
                "used": self._sums[mailbox],
                "limit": self.limit,
                "refused": self._refused[mailbox],
                "peak_concurrent": self._peaks[mailbox],
                "peaks": {
                    name: peak
                    for (whose, name), peak in self._method_peaks.items()
                    if whose == mailbox
                },
            }

    def _forget(self, mailbox: str) -> None:
        spent = self._spent.get(mailbox, deque())
        cutoff = self._clock.now() - WINDOW_SECONDS
        while spent and spent[0][0] <= cutoff:
            self._sums[mailbox] -= spent.popleft()[1]
