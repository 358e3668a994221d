"""Exports of what is held on one person: a job that writes a page of a file a step, and a zip at the end.

Everything is sealed under the person's own key while it stands in the bucket, so erasing them ends it.
"""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from shared import clock, codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.domain import jobs
from shared.domain.jobs import COLLECTION, PIECES, Job, JobFile, JobKind, JobState, Piece
from shared.domain.people import USERS
from shared.domain.places import place
from shared.errors import Conflict, NotFound, Unavailable
from shared.gmail.contract import Down, GmailError, Throttled
from shared.permissions import Actor
from shared.services import audit_log, outbox, sealed_files
from shared.services.accounts import step_up
from shared.services.exchange import job_steps
from shared.services.organisation import public_pages
from shared.services.outbox import Outbox
from shared.services.privacy import data_sources
from shared.store.contract import Filter, Order, Query, Transaction

RETRY_AFTER: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class DataExport:
    """An export of what is held on one person: how far it is, and until when it can be downloaded."""

    EXAMPLE: ClassVar[dict[str, object]] = {"part": 3, "parts": 7}

    id: str
    subject_id: str  # whose data it is
    state: JobState
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime
    part: int
    parts: int
    rows: int
    missing: int  # mail that Gmail has no longer
    problems: tuple[str, ...]  # why a file is not whole


@dataclass(frozen=True, slots=True)
class DataExportPage:
    """A page of exports, the newest first."""

    items: tuple[DataExport, ...]
    next: str | None


def create(app: App, who: Who, requester: str, id: str, subject_id: str) -> DataExport:
    """Begin an export for `requester`, who is the person or somebody who manages privacy.

    Asked again under the same id, return the one that is there. Raises NotFound, Conflict("job.too_many").
    """
    whose = data_sources.subject(app, subject_id)
    now, target = app.clock.now(), _target(app, subject_id)
    job = Job(
        kind=JobKind.DATA,
        user_id=requester,
        mailbox_ids=whose.mailbox_ids,  # whose mail is in it: it goes with any of these
        subject_id=subject_id,
        created_at=now,
        expires_at=now + jobs.STUCK_AFTER,
    )

    def work(tx: Transaction, box: Outbox) -> Job:
        known = job_steps.load(tx, id)
        if known is not None:
            return known
        job_steps.require_room(tx, requester)
        happened = Happened(Action.DATA_EXPORT_REQUESTED, who, target)
        begun = replace(job, last_audit_id=audit_log.record(app, box, happened))
        tx.create(COLLECTION, id, codec.to_document(begun))
        job_steps.announce(box, id, begun)
        return begun

    return _view(id, outbox.commit(app, work))


def create_for(app: App, actor: Actor, id: str, subject_id: str) -> DataExport:
    """Begin an export for somebody signed in, who proved a short while ago who they are.

    Raises what `create` does, and Forbidden("step_up.required").
    """
    step_up.require(app, actor)
    return create(app, audit_log.person(actor), actor.user_id, id, subject_id)


def list_exports(app: App, requester: str, limit: int, cursor: str | None) -> DataExportPage:
    """Return the exports that somebody asked for, the newest first."""
    own = (Filter("user_id", "==", requester), Filter("kind", "==", JobKind.DATA.value))
    newest = (Order("created_at", descending=True),)
    page = app.store.query(Query(COLLECTION, own, newest, limit, cursor))
    items = (_view(d.id, codec.from_document(Job, d.data)) for d in page.documents)
    return DataExportPage(tuple(items), page.next)


def read(app: App, requester: str, id: str) -> DataExport:
    """Return an export that this person asked for. Raises NotFound("export.not_found")."""
    return _view(id, _load(app, requester, id))


def download(app: App, who: Who, requester: str, id: str) -> Iterator[bytes]:
    """Return the zip; that it was downloaded is recorded before.

    Raises NotFound("export.not_found"), Conflict("export.not_done").
    """
    job = _load(app, requester, id)
    if job.state is not JobState.DONE or job.expires_at <= app.clock.now():
        raise Conflict("export.not_done", state=job.state.value)
    happened = Happened(Action.DATA_EXPORTED, who, _target(app, job.subject_id or ""))
    outbox.commit(app, lambda _, box: audit_log.record(app, box, happened))
    return _zip(app, id, job)


def step(app: App, job_id: str, job: Job) -> None:
    """Do the step that is due and commit it with the next. Raises Unavailable."""
    assert job.subject_id is not None
    made = list(data_sources.sources(job.subject_id).items())
    if job.part == len(made):
        _finish(app, job_id, job)
        return
    name, source = made[job.part]
    problem = None
    try:
        lines = source(app, data_sources.subject(app, job.subject_id), job.cursor)
    except (Throttled, Down) as error:
        until = error.retry_at or app.clock.now() + RETRY_AFTER
        job_steps.put_off(app, job_id, job, until, error.reason)
        return
    except GmailError as error:  # somebody must connect the mailbox again
        lines, problem = data_sources.Lines(b"", 0, None), f"gmail.{error.reason}"
    except NotFound as error:  # a key was destroyed meanwhile
        lines, problem = data_sources.Lines(b"", 0, None), error.code
    _go_on(app, job_id, job, name, lines, problem)


def _go_on(
    app: App, job_id: str, job: Job, name: str, lines: data_sources.Lines, problem: str | None
) -> None:
    """Commit a step with the piece that it made, and the next one."""
    owner = str(job.subject_id)
    known = next((f for f in job.files if f.name == name), JobFile(name, owner, None))
    file = replace(
        known,
        size=known.size + len(lines.content),
        pieces=known.pieces + 1,
        rows=known.rows + lines.rows,
        missing=known.missing + len(lines.missing),
        problem=problem,
    )
    object_name = f"exports/{job_id}/{secrets.token_hex(8)}"
    stored = sealed_files.put(app, owner, object_name, [lines.content])
    id = jobs.piece_id(job_id, job.part, known.pieces)
    sealed = app.envelope.seal(owner, place(PIECES, id), {"sha256": stored.sha256})
    piece = Piece(job_id, object_name, stored.size, sealed, lines.missing)
    after = replace(
        job,
        state=JobState.RUNNING,
        files=(*(one for one in job.files if one.name != name), file),
        cursor=lines.next,
        part=job.part if lines.next is not None else job.part + 1,
    )

    def work(tx: Transaction, box: Outbox) -> bool:
        if not job_steps.is_due(tx, job_id, job):
            return False
        job_steps.follow(tx, box, job_id, job, after)
        tx.create(PIECES, id, codec.to_document(piece))
        return True

    if not outbox.commit(app, work):
        sealed_files.delete(app, object_name)  # the same step was done elsewhere meanwhile


def _finish(app: App, job_id: str, job: Job) -> None:
    done = jobs.ended(job, JobState.DONE, app.clock.now())
    target = _target(app, str(job.subject_id))

    def work(tx: Transaction, box: Outbox) -> None:
        if not job_steps.is_due(tx, job_id, job):
            return
        job_steps.follow(tx, box, job_id, job, done)
        happened = Happened(Action.DATA_EXPORT_FINISHED, audit_log.function(app), target)
        audit_log.record(app, box, happened)

    outbox.commit(app, work)


def _zip(app: App, id: str, job: Job) -> Iterator[bytes]:
    """Yield the zip: each file, a README in plain words, and the manifest with every hash, last."""
    out = _Written()
    described = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as whole:
        readme = _readme(app)
        for number, file in enumerate(job.files):
            digest = hashlib.sha256()
            with whole.open(zipfile.ZipInfo(file.name, _moment(job)), "w") as entry:
                for chunk in _content(app, id, number, file):
                    digest.update(chunk)
                    entry.write(chunk)
                    yield out.taken()
            row = {"name": file.name, "rows": file.rows, "size": file.size}
            row |= {"missing": file.missing, "problem": file.problem}
            described.append(row | {"sha256": digest.hexdigest()})
        whole.writestr(zipfile.ZipInfo("README.txt", _moment(job)), readme)
        described.append(
            {"name": "README.txt", "rows": 0, "size": len(readme), "missing": 0, "problem": None}
            | {"sha256": hashlib.sha256(readme).hexdigest()}
        )
        manifest = {
            "schema": "corporate-mail-ops/data-export/1",
            "subject": job.subject_id,
            "created_at": clock.to_text(job.created_at),
            "files": described,
        }
        text = json.dumps(manifest, indent=1).encode()
        whole.writestr(zipfile.ZipInfo("manifest.json", _moment(job)), text)
    yield out.taken()


def _content(app: App, id: str, part: int, file: JobFile) -> Iterator[bytes]:
    for number in range(file.pieces):
        found = app.store.get(PIECES, jobs.piece_id(id, part, number))
        if found is None:
            raise Unavailable("job.piece_missing")
        yield from sealed_files.read(app, file.owner, str(found.data["object"]))


class _Written(io.RawIOBase):
    """Takes what a zip writes, front to back, and gives it away in pieces."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Return what was written since it was last asked."""
        pieces, self._pieces = b"".join(self._pieces), []
        return pieces


def _readme(app: App) -> bytes:
    """Return what the zip holds in plain words, in every language that the desk speaks."""
    found = public_pages.texts("data.json")
    words = {"organisation": app.settings.organisation, "contact": app.settings.privacy_contact}
    texts = ("\n".join(found[language]["readme"]).format(**words) for language in ("en", "ar"))
    return "\n\n".join(texts).encode()


def _moment(job: Job) -> tuple[int, int, int, int, int, int]:
    at = job.created_at
    return at.year, at.month, at.day, at.hour, at.minute, at.second


def _target(app: App, subject_id: str) -> Target:
    if not ids.is_id(ids.USER, subject_id):
        return Target("customer", subject_id)
    found = app.store.get(USERS, subject_id)
    return Target("user", "" if found is None else str(found.data["pseudonym"]))


def _load(app: App, requester: str, id: str) -> Job:
    job = job_steps.load(app.store, id)
    if job is None or job.kind is not JobKind.DATA or job.user_id != requester:
        raise NotFound("export.not_found")
    return job


def _view(id: str, job: Job) -> DataExport:
    return DataExport(
        id=id,
        subject_id=str(job.subject_id),
        state=job.state,
        created_at=job.created_at,
        finished_at=job.finished_at,
        expires_at=job.expires_at,
        part=job.part,
        parts=len(data_sources.sources(str(job.subject_id))),
        rows=sum(file.rows for file in job.files),
        missing=sum(file.missing for file in job.files),
        problems=tuple(file.problem for file in job.files if file.problem),
    )
