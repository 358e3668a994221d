"""What the verifier finds, and why it gives up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


class Unusable(Exception):
    """What was given cannot be checked at all; the message says why and what to give instead."""


class Malformed(ValueError):
    """Something is not what its specification says; the message says what of it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not hold: `kind` and `at` say where, `why` says it to a person."""

    kind: str  # entry, tile, bundle, checkpoint, gap, proof, statement, key
    at: str  # an index, a size, a range or a name
    why: str


@dataclass(slots=True)
class Report:
    """What was found."""

    origin: str = ""
    keys: list[str] = field(default_factory=list)
    first: int = 0
    entries: int = 0
    checkpoints: int = 0
    newest: int = 0
    root: str = ""
    first_time: str | None = None
    last_time: str | None = None
    proofs: int = 0
    statements: list[str] = field(default_factory=list)
    recorded: dict[str, int] = field(
        default_factory=dict
    )  # hashes that entries name, of statements
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def wrong(self, kind: str, at: object, why: str) -> None:
        """Add a problem."""
        self.problems.append(Problem(kind, str(at), why))


def span(start: int, end: int) -> str:
    """Write the numbers from `start` to before `end`."""
    return str(start) if end - start <= 1 else f"{start}-{end - 1}"


def spans(places: Iterable[int]) -> Iterator[str]:
    """Write numbers as the ranges that they make."""
    ordered = sorted(places)
    start = 0
    for at in range(1, len(ordered) + 1):
        if at == len(ordered) or ordered[at] != ordered[at - 1] + 1:
            yield span(ordered[start], ordered[at - 1] + 1)
            start = at
