"""The sandbox's own time, which a test can move forward."""

import time

from .database import Database


class SandboxClock:
    """The wall clock and an offset that survives restarts; with a fixed start it stands still."""

    def __init__(self, database: Database, start: float | None) -> None:
        self._database = database
        self._start = start
        self._offset: float = database.setting("clock_offset", 0.0)

    def now(self) -> float:
        """Return sandbox time in Unix seconds."""
        return (time.time() if self._start is None else self._start) + self._offset

    def advance(self, seconds: float) -> None:
        """Move forward; ValueError for going back."""
        if seconds < 0:
            raise ValueError("the clock does not go back")
        self._offset += seconds
        self._database.keep_setting("clock_offset", self._offset)
