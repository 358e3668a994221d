"""Dead letters: deliveries that were given up, shown to an operator and delivered again on request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.bus.contract import DeadLetter
from shared.services import audit_log

MAX_REPLAYED = 500


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did: how many were delivered again, and how many of that subscription are left.

    No more than 500 are looked at, so `left` may be too few.
    """

    count: int
    left: int


def list_dead_letters(app: App, subscription: str | None, limit: int) -> Sequence[DeadLetter]:
    """Return up to `limit` dead letters, of one subscription if named."""
    return app.dead_letters.dead_letters(limit, subscription)


def replay(app: App, who: Who, subscription: str, limit: int) -> Replayed:
    """Deliver up to `limit` dead letters of a subscription again, and record who asked.

    The audit event is on the bus before the first delivery: a replay without a trace cannot happen.
    Raises ValueError where `limit` is not 1 to 500.
    """
    if not 1 <= limit <= MAX_REPLAYED:
        raise ValueError(f"a replay takes 1 to {MAX_REPLAYED} dead letters")
    found = list_dead_letters(app, subscription, MAX_REPLAYED)
    chosen = found[:limit]
    if chosen:
        audit_log.record_alone(
            app,
            Happened(
                Action.DEAD_LETTERS_REPLAYED,
                who,
                Target("subscription", subscription),
                changes=({"field": "count", "before": None, "after": len(chosen)},),
            ),
        )
    for letter in chosen:
        app.dead_letters.replay(letter.id)
    return Replayed(len(chosen), len(found) - len(chosen))
