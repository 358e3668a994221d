"""What a check found: one line, and, where something is wrong, a second that says what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was looked at, what it `says`, and what to `do` where it is wrong; None where it is not."""

    what: str
    says: str
    do: str | None = None

    @property
    def wrong(self) -> bool:
        """Whether somebody has to do something."""
        return self.do is not None

    def __str__(self) -> str:
        line = f"{'WRONG' if self.wrong else 'ok   '}  {self.what}: {self.says}"
        return f"{line}\n       -> {self.do}" if self.wrong else line


def fine(what: str, says: str) -> Finding:
    """Return that something is as it should be, or was not to be checked here."""
    return Finding(what, says)


def fault(what: str, says: str, do: str) -> Finding:
    """Return that something is wrong, and what to do."""
    return Finding(what, says, do)
