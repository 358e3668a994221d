"""Exports as people ask for them, watch, download and cancel them. What their steps do is in `exporting`.

Whoever manages settings may export what belongs to the organisation; of a mailbox's content only a member
of it, since an administrator reads no mail otherwise. See docs/decisions/0024-exports.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any, ClassVar, Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import jobs
from shared.domain.jobs import COLLECTION, PIECES, Job, JobFile, JobKind, JobState
from shared.errors import Conflict, Invalid, NotFound, Unavailable
from shared.permissions import Actor, Permission, require_in, visible_mailboxes, without_glass
from shared.services import audit_log, outbox, sealed_files
from shared.services.accounts import step_up
from shared.services.exchange import exporting, job_steps
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Order, Query, Transaction

MAX_MAILBOXES: Final = 100


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file of an export.

    `missing` counts mail that Gmail has no longer, `problem` says why more is not there.
    """

    number: int
    name: str
    mailbox_id: str | None
    size: int
    rows: int
    missing: int
    problem: str | None
    url: str


@dataclass(frozen=True, slots=True)
class ExportView:
    """An export: how far it is (`part` of `parts` files), and its files once it is done."""

    EXAMPLE: ClassVar[dict[str, object]] = {"part": 12, "parts": 40}

    id: str
    state: JobState
    mailbox_ids: tuple[str, ...]
    mail: bool
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime
    part: int
    parts: int
    rows: int
    files: tuple[ExportFile, ...]


@dataclass(frozen=True, slots=True)
class ExportPage:
    """A page of one's exports, the newest first."""

    items: tuple[ExportView, ...]
    next: str | None


def create(
    app: App, actor: Actor, id: str, mailbox_ids: Sequence[str] | None, *, mail: bool
) -> ExportView:
    """Begin an export of what belongs to the organisation and of these mailboxes (None: all of one's own).

    Raises Forbidden("step_up.required"), NotFound("mailbox.not_found") for a mailbox of which one is no
    member, Invalid("export.too_many_mailboxes"), Conflict("job.too_many").
    """
    step_up.require(app, actor)
    own = visible_mailboxes(actor, Permission.CONTENT_READ) or frozenset()
    wanted = sorted(own if mailbox_ids is None else set(mailbox_ids))
    if len(wanted) > MAX_MAILBOXES:
        raise Invalid("export.too_many_mailboxes", most=MAX_MAILBOXES)
    for mailbox_id in wanted:
        require_in(actor, Permission.CONTENT_READ, mailbox_id, "mailbox.not_found")
    now = app.clock.now()
    job = Job(
        kind=JobKind.EXPORT,
        user_id=actor.user_id,
        created_at=now,
        expires_at=now + jobs.STUCK_AFTER,
        mailbox_ids=tuple(wanted),
        mail=mail,
    )

    def work(tx: Transaction, box: Outbox) -> Job:
        known = job_steps.load(tx, id)
        if known is not None:
            return known
        job_steps.require_room(tx, actor.user_id)
        named = tuple({"field": "mailbox", "before": None, "after": one} for one in wanted)
        happened = Happened(
            Action.EXPORT_REQUESTED, audit_log.person(actor), Target("job", id), changes=named
        )
        begun = replace(job, last_audit_id=audit_log.record(app, box, happened))
        tx.create(COLLECTION, id, codec.to_document(begun))
        job_steps.announce(box, id, begun)
        return begun

    return _view(id, outbox.commit(app, work))


def list_exports(app: App, actor: Actor, limit: int, cursor: str | None) -> ExportPage:
    """Return one's own exports, the newest first."""
    page = app.store.query(
        Query(
            COLLECTION,
            (Filter("user_id", "==", actor.user_id), Filter("kind", "==", JobKind.EXPORT.value)),
            (Order("created_at", descending=True),),
            limit=limit,
            cursor=cursor,
        )
    )
    items = (_view(d.id, codec.from_document(Job, d.data)) for d in page.documents)
    return ExportPage(tuple(items), page.next)


def read(app: App, actor: Actor, id: str) -> ExportView:
    """Return an export of one's own. Raises NotFound("export.not_found")."""
    return _view(id, _load(app, actor, id))


def cancel(app: App, actor: Actor, id: str) -> None:
    """End an export, or delete one that is done; its files are deleted within minutes.

    Raises NotFound("export.not_found").
    """
    _load(app, actor, id)

    def work(tx: Transaction, box: Outbox) -> None:
        job = job_steps.load(tx, id)
        if job is None or job.state is JobState.CANCELLED:
            return
        happened = Happened(Action.EXPORT_CANCELLED, audit_log.person(actor), Target("job", id))
        audit_id = audit_log.record(app, box, happened)
        ended = jobs.ended(job, JobState.CANCELLED, app.clock.now())
        tx.put(COLLECTION, id, codec.to_document(replace(ended, last_audit_id=audit_id)))

    outbox.commit(app, work)


def download(app: App, actor: Actor, id: str, number: int) -> tuple[JobFile, Iterator[bytes]]:
    """Return a file of a finished export and its bytes; that it was downloaded is recorded before.

    Reading the bytes raises Unavailable or Unopenable where a piece is not to be had. Raises
    NotFound("export.not_found") and ("export.no_such_file"), Conflict("export.not_done").
    """
    job = _load(app, actor, id)
    if job.state is not JobState.DONE:
        raise Conflict("export.not_done", state=job.state.value)
    if number >= len(job.files) or job.expires_at <= app.clock.now():
        raise NotFound("export.no_such_file")
    file = job.files[number]
    if file.mailbox_id is not None:
        require_in(
            without_glass(actor), Permission.CONTENT_READ, file.mailbox_id, "export.no_such_file"
        )
    happened = Happened(
        Action.EXPORT_DOWNLOADED,
        audit_log.person(actor),
        Target("job", id, file.mailbox_id),
        changes=({"field": "file", "before": None, "after": file.name},),
    )
    outbox.commit(app, lambda _, box: audit_log.record(app, box, happened))
    chunks = _content(app, id, exporting.number_of(job, file), file)
    first = next(chunks, b"")  # what cannot be opened at all is refused before an answer begins
    return file, chain((first,), chunks)


def _load(app: App, actor: Actor, id: str) -> Job:
    job = job_steps.load(app.store, id)
    if job is None or job.kind is not JobKind.EXPORT or job.user_id != actor.user_id:
        raise NotFound("export.not_found")
    return job


def _content(app: App, id: str, part: int, file: JobFile) -> Iterator[bytes]:
    for number in range(file.pieces):
        found = app.store.get(PIECES, jobs.piece_id(id, part, number))
        if found is None:
            raise Unavailable("export.piece_missing")
        yield from sealed_files.read(app, file.owner, str(found.data["object"]))


def _view(id: str, job: Job) -> ExportView:
    done = job.state is JobState.DONE
    shown: Any = enumerate(job.files) if done else ()
    return ExportView(
        id=id,
        state=job.state,
        mailbox_ids=job.mailbox_ids,
        mail=job.mail,
        created_at=job.created_at,
        finished_at=job.finished_at,
        expires_at=job.expires_at,
        part=job.part,
        parts=len(exporting.parts(job)) + 1,
        rows=sum(file.rows for file in job.files),
        files=tuple(
            ExportFile(
                number=number,
                name=file.name,
                mailbox_id=file.mailbox_id,
                size=file.size,
                rows=file.rows,
                missing=file.missing,
                problem=file.problem,
                url=f"/api/admin/exports/{id}/files/{number}",
            )
            for number, file in shown
        ),
    )
