"""The proof that no mail was lost: what Gmail lists, compared with what is stored.

A run goes over one period of one mailbox in steps and ends with a signed statement: of N messages in Gmail
so many are accounted for, and these are not. What was missing is asked for again, and the next statement
says what became of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

COLLECTION: Final = "reconciliations"
STATEMENTS: Final = "reconciliation_statements"
KIND: Final = "reconciliation"  # of the signed note

OVERLAP: Final = timedelta(
    hours=48
)  # into what the last run proved: Gmail lists late, mail is rescued
SETTLED: Final = timedelta(minutes=15)  # younger mail is on its way by itself
QUIET: Final = timedelta(days=1)  # how old the last statement grows where there is no news
STUCK_AFTER: Final = timedelta(hours=3)  # then a run's step was given up, and is begun again
MAX_NAMED: Final = 200  # missing messages that a statement names and the next run looks up
BEGINNING: Final = datetime(2004, 4, 1, tzinfo=UTC)  # no mailbox is older than Gmail

# Gmail gives a mailbox 6,000 units a minute; a step uses at most a tenth, and the next comes a minute later.
UNITS_A_MINUTE: Final = 6_000
SHARE: Final = UNITS_A_MINUTE // 10
LIST_UNITS: Final = 5
GET_UNITS: Final = 20
PACE: Final = timedelta(minutes=1)


class Phase(StrEnum):
    """What a run does next, in this order."""

    LOOKING_UP = "looking_up"  # what the last statement named as missing
    OLDER = "older"  # mail from before the connection, which nobody promised to take in
    COMPARING = "comparing"
    OVER = "over"


class Why(StrEnum):
    """Why a message that Gmail lists is not accounted for."""

    ASKED_FOR = "asked_for"  # it was missing: it is asked for again by the ordinary way
    ON_ITS_WAY = "on_its_way"  # asked for before, and Gmail still shows it
    UNREADABLE = "unreadable"  # Gmail refuses to give it


@dataclass(frozen=True, slots=True)
class Tally:
    """How many messages of a period Gmail has, and how each of them is accounted for."""

    gmail: int = 0
    ticket: int = 0
    muted: int = 0
    sent: int = 0  # by the mailbox, from here or from Gmail itself
    erased: int = 0
    parked: int = 0
    before_connection: int = 0
    missing: int = 0
    seen_stored: int = 0  # of those in the period, how many documents were met

    @property
    def accounted(self) -> int:
        """How many are accounted for."""
        return self.gmail - self.missing


@dataclass(frozen=True, slots=True)
class Missing:
    """A message that Gmail has and the store has not."""

    gmail_id: str
    why: Why


@dataclass(frozen=True, slots=True)
class Run:
    """A run under way. `page` is where the listing of its phase goes on."""

    id: str
    since: datetime
    until: datetime
    begun_at: datetime
    phase: Phase
    stored: int  # documents of the period when the run began
    to_ask_for: tuple[str, ...] = ()  # Gmail ids that are named as missing and not yet asked for
    to_look_up: tuple[str, ...] = ()  # Gmail ids that the last statement named
    still_open: tuple[Missing, ...] = ()  # of those, what is not there yet
    repaired: tuple[str, ...] = ()  # what is there now
    gone: int = 0  # and what Gmail has no longer either
    page: str | None = None
    tally: Tally = field(default_factory=Tally)
    missing: tuple[Missing, ...] = ()  # of this period, the first MAX_NAMED
    units: int = 0  # of Gmail's quota, spent so far
    asked_by: str | None = None  # the person who asked for it; None: the clock

    @property
    def earlier(self) -> tuple[Missing, ...]:
        """What an earlier statement named, is still missing, and is not of this period."""
        here = {one.gmail_id for one in self.missing}
        return tuple(one for one in self.still_open if one.gmail_id not in here)

    @property
    def missing_in_all(self) -> int:
        """How many messages are not accounted for."""
        return self.tally.missing + len(self.earlier)

    @property
    def stored_only(self) -> int:
        """How many stored messages of the period Gmail lists no longer: somebody removed them there."""
        return max(0, self.stored - self.tally.seen_stored)


@dataclass(frozen=True, slots=True)
class Last:
    """What the last statement said."""

    id: str
    at: datetime
    until: datetime
    gmail: int
    missing: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The document of a mailbox's reconciliation; its id is the mailbox's.

    `step` is the fence: an event names the step that it is for, and whoever commits moves it on, so that a
    step which is delivered twice counts once. `proved_until` is where the next period begins, less OVERLAP.
    """

    mailbox_id: str
    step: int = 0
    stepped_at: datetime | None = None
    run: Run | None = None
    proved_until: datetime | None = None
    open: tuple[str, ...] = ()
    last: Last | None = None

    def is_stuck(self, now: datetime) -> bool:
        """Say whether a run is under way of which nobody has heard for hours."""
        return self.run is not None and (
            self.stepped_at is None or now - self.stepped_at > STUCK_AFTER
        )


def period(
    known: Reconciliation, connected_at: datetime, now: datetime, *, whole: bool
) -> tuple[datetime, datetime]:
    """Return what the next run compares: from the last proof, with overlap, or from the beginning.

    Whole seconds, since Gmail's search knows no others.
    """
    until = (now - SETTLED).replace(microsecond=0)
    since = (known.proved_until or connected_at) - OVERLAP
    return (BEGINNING if whole else min(since, until).replace(microsecond=0)), until


def begun(known: Reconciliation, run: Run, now: datetime) -> Reconciliation:
    """Return a reconciliation with a run at its beginning."""
    return replace(known, run=run, step=known.step + 1, stepped_at=now)


def ended(known: Reconciliation, run: Run, now: datetime) -> Reconciliation:
    """Return a reconciliation whose run is over; the run's id is its statement's.

    Where more is missing than a statement names, the next run begins where this one did.
    """
    all_named = len(run.missing) == run.tally.missing
    still_open = [one.gmail_id for one in (*run.missing, *run.earlier)][:MAX_NAMED]
    return replace(
        known,
        run=None,
        step=known.step + 1,
        stepped_at=now,
        proved_until=run.until if all_named else known.proved_until,
        open=tuple(still_open),
        last=Last(run.id, now, run.until, run.tally.gmail, run.missing_in_all),
    )


def following(connected_at: datetime, run: Run) -> Phase:
    """Return the phase after a run's own."""
    if run.phase is Phase.LOOKING_UP and run.since < connected_at:
        return Phase.OLDER
    return Phase.OVER if run.phase is Phase.COMPARING else Phase.COMPARING


def window(run: Run, connected_at: datetime) -> tuple[datetime, datetime]:
    """Return which part of the period the listing of a run's phase covers."""
    if run.phase is Phase.OLDER:
        return run.since, min(connected_at.replace(microsecond=0), run.until)
    return max(run.since, min(connected_at.replace(microsecond=0), run.until)), run.until


def has_news(known: Reconciliation, now: datetime) -> bool:
    """Say whether a statement is due whatever Gmail lists: none yet, an old one, or one with a gap."""
    return known.last is None or bool(known.open) or now - known.last.at >= QUIET
