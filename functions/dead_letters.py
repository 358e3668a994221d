"""HTTP function `dead_letters`, served at /api/dead_letters: deliveries given up after 100 attempts.

A function of its own, since to deliver one again is to publish to any topic.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services import audit_log
from shared.services.accounts import step_up
from shared.services.organisation import dead_letters as letters

routes = Routes(__name__)

_REPLAY = Permission.DEAD_LETTER_REPLAY


@dataclass(frozen=True, slots=True)
class DeadLettersQuery:
    """Of which subscription, and how many at most."""

    subscription: str | None = None
    limit: int = 100

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= letters.MAX_REPLAYED:
            raise ValueError("limit")


@dataclass(frozen=True, slots=True)
class DeadLetterRow:
    """One delivery that was given up: to which subscription, since when, after how many attempts.

    What the event says is not shown: it may name people, and says nothing of why it failed.
    """

    EXAMPLE: ClassVar[dict[str, object]] = {"subscription": "create-ticket.message-received"}

    id: str
    subscription: str
    published_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class DeadLetterPage:
    """What was given up in the last 31 days, as many as were asked for. `more`: there are others."""

    items: tuple[DeadLetterRow, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Replay:
    """Which deliveries are made again: those of one subscription, the oldest first."""

    EXAMPLE: ClassVar[dict[str, object]] = {"subscription": "create-ticket.message-received"}

    subscription: str
    limit: int = 100

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= letters.MAX_REPLAYED:
            raise ValueError("limit")


@routes.get("/", allow=_REPLAY, query=DeadLettersQuery)
def list_dead_letters(request: Request, query: DeadLettersQuery) -> DeadLetterPage:
    """List deliveries that were given up; what somebody else looks at in this moment may be missing."""
    found = letters.list_dead_letters(request.app, query.subscription, query.limit + 1)
    rows = [
        DeadLetterRow(one.id, one.subscription, one.published_at, one.attempts) for one in found
    ]
    return DeadLetterPage(tuple(rows[: query.limit]), len(rows) > query.limit)


@routes.post("/replay", allow=_REPLAY, body=Replay)
def replay_dead_letters(request: Request, body: Replay) -> letters.Replayed:
    """Make deliveries of one subscription again; it is recorded before."""
    step_up.require(request.app, request.actor)
    who = audit_log.person(request.actor)
    return letters.replay(request.app, who, body.subscription, body.limit)


dead_letters = routes.function()
