"""Long work that a person asked for and that goes on by itself: exports, imports, tags of a whole mailbox.

A job goes by steps. Each is one delivery of an event that names the job and the step, does a bounded part
of the work, and is committed together with the event of the next one: a step that is delivered twice, or
died half-way, is done once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

COLLECTION: Final = "jobs"
PIECES: Final = "job_pieces"
ROWS: Final = "import_rows"

LIFETIME: Final = timedelta(days=7)  # after its end
STUCK_AFTER: Final = timedelta(days=30)  # a job that never ends is forgotten
MAX_ACTIVE: Final = 3  # of one person
MAX_BAD_ROWS: Final = 100  # of which an import tells the lines


class JobKind(StrEnum):
    """What a job does."""

    EXPORT = "export"
    DATA = "data"  # an export of what is held on one person
    IMPORT = "import"
    RETAG = "retag"  # another tag, or none, on all tickets of a mailbox


class JobState(StrEnum):
    """Where a job stands. Nothing leaves the last two."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


ACTIVE: Final = (JobState.QUEUED, JobState.RUNNING)


class Format(StrEnum):
    """Whose tickets an import brings."""

    OWN = "own"
    FREESCOUT = "freescout"
    ZAMMAD = "zammad"


@dataclass(frozen=True, slots=True)
class JobFile:
    """A file that an export makes, out of pieces that follow each other; `owner` is whose key seals it."""

    name: str
    owner: str
    mailbox_id: str | None
    size: int = 0
    pieces: int = 0
    rows: int = 0
    missing: int = 0  # what could not be had, such as mail that was deleted in Gmail
    problem: str | None = None  # why the rest of it is not there


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line of an imported file that could not be taken, and why."""

    line: int
    code: str


@dataclass(frozen=True, slots=True)
class Import:
    """What an import brings from where, and how far it came."""

    format: Format
    mailbox_id: str
    object: str
    dry_run: bool
    size: int
    at_byte: int = 0
    line: int = 0
    created: int = 0  # tickets
    completed: int = 0  # tickets that were there and got notes
    unchanged: int = 0
    notes: int = 0
    bad: int = 0
    bad_rows: tuple[BadRow, ...] = ()  # the first of them
    failure: str | None = None  # why it ended early


@dataclass(frozen=True, slots=True)
class Retag:
    """Which tag becomes which (None: none), and how far that is: rules and views first, then tickets."""

    tag: str
    into: str | None
    begun: bool = False  # rules and views are done
    tickets: int = 0
    rules: int = 0
    views: int = 0
    failure: str | None = None  # why it ended early


@dataclass(frozen=True, slots=True)
class Job:
    """The document of a job.

    `step` is the one that is due. Of an export, `part` is the file that is made and `cursor` where its
    source goes on. There is no TTL on `expires_at`: whoever deletes the document deletes its files first.
    """

    kind: JobKind
    user_id: str
    created_at: datetime
    expires_at: datetime
    state: JobState = JobState.QUEUED
    step: int = 0
    mailbox_ids: tuple[str, ...] = ()
    mail: bool = False
    part: int = 0
    cursor: str | None = None
    files: tuple[JobFile, ...] = ()
    imported: Import | None = None
    finished_at: datetime | None = None
    last_audit_id: str | None = None
    subject_id: str | None = None  # of an export of one person's data: whose
    retag: Retag | None = None

    @property
    def active(self) -> bool:
        """Whether there is more to do."""
        return self.state in ACTIVE


@dataclass(frozen=True, slots=True)
class Piece:
    """The document of one piece of an exported file; `sealed` is {"sha256"} under the file's owner's key."""

    job_id: str
    object: str
    size: int
    sealed: str
    missing: tuple[str, ...] = ()  # ids of messages that were not to be had


def piece_id(job_id: str, part: int, number: int) -> str:
    """Return the id of a piece's document: whoever knows the file knows its pieces."""
    return f"{job_id}.{part}.{number}"


def row_id(job_id: str, line: int) -> str:
    """Return the id of what became of one line of an imported file."""
    return f"{job_id}.{line}"


def ended(job: Job, state: JobState, now: datetime) -> Job:
    """Return a job that is over; what it made is kept for a week, of a cancelled one nothing."""
    expires_at = now if state is JobState.CANCELLED else now + LIFETIME
    return replace(job, state=state, finished_at=now, expires_at=expires_at)
