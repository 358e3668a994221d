"""Imports as people ask for them, watch and cancel them. What their steps do is in `importing`."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import jobs
from shared.domain.jobs import COLLECTION, BadRow, Format, Import, Job, JobKind, JobState
from shared.errors import Invalid, NotFound, TooLarge
from shared.permissions import Actor, Permission, require_in
from shared.services import audit_log, outbox, sealed_files
from shared.services.accounts import step_up
from shared.services.exchange import job_steps
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Order, Query, Transaction

MAX_BYTES: Final = 30_000_000  # Cloud Run takes requests of 32 MiB


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import: how far it is, and what became of its lines; of a dry run, what would.

    `bad_rows` are the first hundred lines that could not be taken; `failure` is why it ended early.
    """

    EXAMPLE: ClassVar[dict[str, object]] = {
        "line": 120,
        "created": 110,
        "bad": 1,
        "bad_rows": [{"line": 17, "code": "import.state_unknown"}],
        "failure": None,
    }

    id: str
    state: JobState
    format: Format
    mailbox_id: str
    dry_run: bool
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime
    bytes: int
    bytes_done: int
    line: int
    created: int
    completed: int
    unchanged: int
    notes: int
    bad: int
    bad_rows: tuple[BadRow, ...]
    failure: str | None


@dataclass(frozen=True, slots=True)
class ImportPage:
    """A page of one's imports, the newest first."""

    items: tuple[ImportView, ...]
    next: str | None


def create(
    app: App,
    actor: Actor,
    id: str,
    mailbox_id: str,
    format: Format,
    content: Iterable[bytes],
    *,
    dry_run: bool,
) -> ImportView:
    """Store a file and begin its import into a mailbox of one's own.

    Raises Forbidden("step_up.required"), NotFound("mailbox.not_found"), TooLarge("import.too_large"),
    Invalid("import.empty"), Conflict("job.too_many").
    """
    step_up.require(app, actor)
    require_in(actor, Permission.TICKET_READ, mailbox_id, "mailbox.not_found")
    known = job_steps.load(app.store, id)
    if known is not None:
        return _view(id, known)
    job_steps.require_room(app.store, actor.user_id)
    name = f"imports/{id}/{secrets.token_hex(8)}"
    stored = sealed_files.put(app, mailbox_id, name, _limited(content))
    now = app.clock.now()
    job = Job(
        kind=JobKind.IMPORT,
        user_id=actor.user_id,
        created_at=now,
        expires_at=now + jobs.STUCK_AFTER,
        mailbox_ids=(mailbox_id,),
        imported=Import(format, mailbox_id, name, dry_run, stored.size),
    )

    def work(tx: Transaction, box: Outbox) -> Job:
        faster = job_steps.load(tx, id)
        if faster is not None:
            return faster
        happened = Happened(
            Action.IMPORT_REQUESTED,
            audit_log.person(actor),
            Target("job", id, mailbox_id),
            reason="dry_run" if dry_run else None,
        )
        begun = replace(job, last_audit_id=audit_log.record(app, box, happened))
        tx.create(COLLECTION, id, codec.to_document(begun))
        job_steps.announce(box, id, begun)
        return begun

    made = outbox.commit(app, work)
    if made.imported is not None and made.imported.object != name:
        sealed_files.delete(app, name)
    return _view(id, made)


def list_imports(app: App, actor: Actor, limit: int, cursor: str | None) -> ImportPage:
    """Return one's own imports, the newest first."""
    page = app.store.query(
        Query(
            COLLECTION,
            (Filter("user_id", "==", actor.user_id), Filter("kind", "==", JobKind.IMPORT.value)),
            (Order("created_at", descending=True),),
            limit=limit,
            cursor=cursor,
        )
    )
    items = (_view(d.id, codec.from_document(Job, d.data)) for d in page.documents)
    return ImportPage(tuple(items), page.next)


def read(app: App, actor: Actor, id: str) -> ImportView:
    """Return an import of one's own. Raises NotFound("import.not_found")."""
    return _view(id, _load(app, actor, id))


def cancel(app: App, actor: Actor, id: str) -> None:
    """End an import; what it brought stays, its file goes. Raises NotFound("import.not_found")."""
    _load(app, actor, id)

    def work(tx: Transaction, box: Outbox) -> None:
        job = job_steps.load(tx, id)
        if job is None or job.state is JobState.CANCELLED:
            return
        happened = Happened(Action.IMPORT_CANCELLED, audit_log.person(actor), Target("job", id))
        audit_id = audit_log.record(app, box, happened)
        ended = jobs.ended(job, JobState.CANCELLED, app.clock.now())
        tx.put(COLLECTION, id, codec.to_document(replace(ended, last_audit_id=audit_id)))

    outbox.commit(app, work)


def _limited(content: Iterable[bytes]) -> Iterable[bytes]:
    size = 0
    for piece in content:
        size += len(piece)
        if size > MAX_BYTES:
            raise TooLarge("import.too_large", max_bytes=MAX_BYTES)
        yield piece
    if size == 0:
        raise Invalid("import.empty")


def _load(app: App, actor: Actor, id: str) -> Job:
    job = job_steps.load(app.store, id)
    if job is None or job.kind is not JobKind.IMPORT or job.user_id != actor.user_id:
        raise NotFound("import.not_found")
    return job


def _view(id: str, job: Job) -> ImportView:
    source = job.imported
    if source is None:
        raise NotFound("import.not_found")
    return ImportView(
        id=id,
        state=job.state,
        format=source.format,
        mailbox_id=source.mailbox_id,
        dry_run=source.dry_run,
        created_at=job.created_at,
        finished_at=job.finished_at,
        expires_at=job.expires_at,
        bytes=source.size,
        bytes_done=source.at_byte,
        line=source.line,
        created=source.created,
        completed=source.completed,
        unchanged=source.unchanged,
        notes=source.notes,
        bad=source.bad,
        bad_rows=source.bad_rows,
        failure=source.failure,
    )
