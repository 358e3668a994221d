"""One change to many tickets: each is changed, or not, on its own, and each answer says which."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared import ids
from shared.app import App
from shared.errors import Forbidden, NotFound, ProductError, Unavailable
from shared.permissions import Actor
from shared.services.tickets import ticket_fields
from shared.services.tickets.ticket_fields import Change

MOST: Final = 100
_PATIENCE_SECONDS: Final = 40.0  # of the 60 that the function has


class Outcome(StrEnum):
    """What became of one ticket: `ask_again` where time ran out or the store did not answer."""

    DONE = "done"
    STALE = "stale"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    ASK_AGAIN = "ask_again"


@dataclass(frozen=True, slots=True)
class Picked:
    """A ticket, and the version that somebody has seen; without one it is changed whatever it is."""

    id: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class BulkChange:
    """What to change of which tickets."""

    tickets: tuple[Picked, ...]
    change: Change

    def __post_init__(self) -> None:
        if not 1 <= len(self.tickets) <= MOST:
            raise ValueError("tickets")


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What became of one ticket: its version now, or the code of what refused it."""

    id: str
    outcome: Outcome
    version: int | None = None
    code: str | None = None
    changed_by: str | None = None  # of a stale one: who made the current version, "" for new mail


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of each ticket, in the order in which they were named."""

    items: tuple[BulkOutcome, ...]


def change(app: App, actor: Actor, wanted: BulkChange) -> BulkResult:
    """Change tickets one after the other, each in a transaction of its own with its own event.

    Asked again it changes only what is not so yet. Raises Forbidden for somebody who may change none.
    """
    until = app.clock.monotonic() + _PATIENCE_SECONDS
    results: list[BulkOutcome] = []
    for picked in wanted.tickets:
        if app.clock.monotonic() >= until:
            results.append(BulkOutcome(picked.id, Outcome.ASK_AGAIN))
            continue
        results.append(_one(app, actor, picked, wanted.change))
    return BulkResult(tuple(results))


def _one(app: App, actor: Actor, picked: Picked, wanted: Change) -> BulkOutcome:
    if not ids.is_id(ids.TICKET, picked.id):
        return BulkOutcome(picked.id, Outcome.NOT_FOUND, code="ticket.not_found")
    try:
        changed = ticket_fields.change(app, actor, picked.id, wanted, picked.version)
    except Forbidden:
        raise
    except Unavailable as error:  # it may have been made: then asking again finds it so
        return BulkOutcome(picked.id, Outcome.ASK_AGAIN, code=error.code)
    except ProductError as error:
        if error.code == "ticket.changed_meanwhile":
            version, by = error.params["version"], error.params["changed_by"]
            assert isinstance(version, int)
            return BulkOutcome(picked.id, Outcome.STALE, version, error.code, str(by))
        missing = isinstance(error, NotFound) and error.code == "ticket.not_found"
        outcome = Outcome.NOT_FOUND if missing else Outcome.REFUSED
        return BulkOutcome(picked.id, outcome, code=error.code)
    return BulkOutcome(picked.id, Outcome.DONE, changed.version)
