"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class StoppedClock:
    """Starts on a Monday morning; `now` and `monotonic` move together."""

    def __init__(self) -> None:
        self._start = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
        self._elapsed_seconds = 0.0

    def now(self) -> datetime:
        """Return the start plus what was advanced."""
        return self._start + timedelta(seconds=self._elapsed_seconds)

    def monotonic(self) -> float:
        """Return what was advanced, in seconds."""
        return self._elapsed_seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._elapsed_seconds += seconds
