"""The steps of an export: each writes one piece of one file, sealed, and is committed with the next.

A file is a collection of one mailbox, one of the organisation or the requester's own, or a mailbox's mail.
Its pieces follow each other: whoever downloads it reads them as one. The rights of the requester are asked
again at every step, so an export shows no more than its requester may see by then.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any, Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import jobs, messages
from shared.domain.jobs import PIECES, Job, JobFile, JobState, Piece
from shared.domain.places import place
from shared.errors import NotFound, Unavailable
from shared.gmail.contract import Down, GmailError, Gone, Throttled
from shared.mail import mbox
from shared.permissions import Permission
from shared.services import audit_log, outbox, sealed_files
from shared.services.accounts import colleagues
from shared.services.exchange import export_rows, job_steps
from shared.services.exchange.export_plan import SOURCES, Source
from shared.services.mailboxes import mailbox_access
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Page, Query, Transaction

RETRY_AFTER: Final = timedelta(seconds=60)
_ROWS: Final = 100  # of a piece
_MAILS: Final = 20  # of a piece: each may have 25 MB, and Gmail is asked for each
_MAIL: Final = "mail"
MANIFEST: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an export; without a source it is a mailbox's mail."""

    name: str
    owner: str
    mailbox_id: str | None
    source: Source | None


@dataclass(slots=True)
class _Written:
    """What a piece holds, known when it was written."""

    rows: int = 0
    missing: list[str] | None = None


def parts(job: Job) -> tuple[Part, ...]:
    """Return the files that an export tries to make, always the same and in the same order."""
    own = [
        Part(f"{source.scope}/{source.collection}.jsonl", job.user_id, None, source)
        for source in SOURCES
        if source.scope != "mailbox"
    ]
    of_mailboxes = []
    for mailbox_id in job.mailbox_ids:
        of_mailboxes += [
            Part(f"{mailbox_id}/{source.collection}.jsonl", mailbox_id, mailbox_id, source)
            for source in SOURCES
            if source.scope == "mailbox"
        ]
        if job.mail:
            of_mailboxes.append(Part(f"{mailbox_id}/{_MAIL}.mbox", mailbox_id, mailbox_id, None))
    return (*own, *of_mailboxes)


def number_of(job: Job, file: JobFile) -> int:
    """Return by which number the pieces of a file are known."""
    names = [part.name for part in parts(job)]
    return len(names) if file.name == MANIFEST else names.index(file.name)


def step(app: App, job_id: str, job: Job) -> None:
    """Do the step that is due and commit it with the next.

    Raises Unavailable where our own store or bus fails, and the step is done again.
    """
    plan = parts(job)
    if job.part == len(plan):
        _finish(app, job_id, job)
        return
    part = plan[job.part]
    problem = _refused(app, job, part)
    if problem is not None:
        _go_on(app, job_id, job, part, None, _Written(), None, problem=problem)
        return
    page = _page(app, job, part)
    if not page.documents:
        _go_on(app, job_id, job, part, None, _Written(), None)
        return
    written = _Written()
    lines = (
        _mails(app, part, page, written)
        if part.source is None
        else _lines(app, job, part.source, page, written)
    )
    name = f"exports/{job_id}/{secrets.token_hex(8)}"
    try:
        stored = sealed_files.put(app, part.owner, name, lines)
    except (Throttled, Down) as error:
        _later(app, job_id, job, part, error)
        return
    except GmailError as error:  # its owner must connect it again, or an operator must help
        _go_on(app, job_id, job, part, None, _Written(), None, problem=f"gmail.{error.reason}")
        return
    except NotFound as error:  # the mailbox was disconnected, and its key destroyed
        _go_on(app, job_id, job, part, None, _Written(), None, problem=error.code)
        return
    number = _file(job, part).pieces
    id = jobs.piece_id(job_id, job.part, number)
    sealed = app.envelope.seal(part.owner, place(PIECES, id), {"sha256": stored.sha256})
    piece = Piece(job_id, name, stored.size, sealed, tuple(written.missing or ()))
    if not _go_on(app, job_id, job, part, (id, piece), written, page.next):
        sealed_files.delete(app, name)  # the same step was done elsewhere meanwhile


def _page(app: App, job: Job, part: Part) -> Page:
    source = part.source
    limit = _MAILS if source is None else _ROWS
    if source is None:
        return app.store.query(
            Query(
                messages.COLLECTION,
                (Filter("mailbox_id", "==", part.mailbox_id),),
                limit=limit,
                cursor=job.cursor,
            )
        )
    whose = part.mailbox_id if source.scope == "mailbox" else job.user_id
    if source.by == "id":
        found = app.store.get(source.collection, whose or "")
        return Page((found,) if found else ())
    filters: tuple[Filter, ...] = ()
    if source.by:
        filters = (Filter(source.by, "array_contains" if source.list else "==", whose),)
    return app.store.query(Query(source.collection, filters, limit=limit, cursor=job.cursor))


def _lines(app: App, job: Job, source: Source, page: Page, written: _Written) -> Iterator[bytes]:
    for row in export_rows.rows(app, job.user_id, source, page):
        written.rows += 1
        # ASCII: no line end of any script stands in a line, whoever reads it.
        yield json.dumps(row, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _mails(app: App, part: Part, page: Page, written: _Written) -> Iterator[bytes]:
    """Yield messages as Gmail has them; those that it has no longer are named as missing."""
    mailbox_access.known(app, part.owner)  # heeds Gmail's brake, which all share
    gmail = app.mailboxes(part.owner)
    written.missing = []
    for document in page.documents:
        if document.data["state"] != "stored":
            continue
        try:
            with app.mailboxes.gate.fetching(part.owner):
                message = gmail.message(str(document.data["gmail_id"]))
        except Gone:
            written.missing.append(document.id)
            continue
        written.rows += 1
        fields = {"X-CMO-Message": document.id, "X-CMO-Ticket": str(document.data["ticket_id"])}
        yield mbox.entry(message.raw, message.received_at, fields)


def _refused(app: App, job: Job, part: Part) -> str | None:
    """Return why the requester may not have a file, None where they may."""
    needed = Permission.CONTENT_READ if part.source is None else part.source.permission
    allowed = colleagues.allowed(app.store, [job.user_id], needed, part.mailbox_id or "")
    return None if allowed else "permission.missing"


def _later(app: App, job_id: str, job: Job, part: Part, error: Throttled | Down) -> None:
    """Ask for the same step again when Gmail may answer."""
    until = error.retry_at or app.clock.now() + RETRY_AFTER
    if isinstance(error, Throttled):
        mailbox_access.brake(app, part.owner, until)
    job_steps.put_off(app, job_id, job, until, error.reason)


def _file(job: Job, part: Part) -> JobFile:
    """Return the file of a part as far as it is made."""
    if job.files and job.files[-1].name == part.name:
        return job.files[-1]
    return JobFile(part.name, part.owner, part.mailbox_id)


def _go_on(
    app: App,
    job_id: str,
    job: Job,
    part: Part,
    piece: tuple[str, Piece] | None,
    written: _Written,
    cursor: str | None,
    *,
    problem: str | None = None,
) -> bool:
    """Commit a step with what it made and the next one; False where it was done already, or is not wanted."""
    known = _file(job, part)
    file = replace(
        known,
        size=known.size + (piece[1].size if piece else 0),
        pieces=known.pieces + (1 if piece else 0),
        rows=known.rows + written.rows,
        missing=known.missing + len(written.missing or ()),
        problem=problem,
    )
    files = tuple(one for one in job.files if one.name != file.name)
    if file.pieces or problem:  # an empty collection makes no file
        files = (*files, file)
    after = replace(
        job,
        state=JobState.RUNNING,
        files=files,
        cursor=cursor,
        part=job.part if cursor is not None else job.part + 1,
    )

    def work(tx: Transaction, box: Outbox) -> bool:
        if not job_steps.is_due(tx, job_id, job):
            return False
        job_steps.follow(tx, box, job_id, job, after)
        if piece is not None:
            tx.create(PIECES, piece[0], codec.to_document(piece[1]))
        return True

    return outbox.commit(app, work)


def _finish(app: App, job_id: str, job: Job) -> None:
    """Write the manifest, which names every file, its pieces and their hashes, and end."""
    written = _Written(rows=len(job.files))
    part = Part(MANIFEST, job.user_id, None, None)
    name = f"exports/{job_id}/{secrets.token_hex(8)}"
    stored = sealed_files.put(app, job.user_id, name, _manifest(app, job_id, job))
    id = jobs.piece_id(job_id, job.part, 0)
    sealed = app.envelope.seal(job.user_id, place(PIECES, id), {"sha256": stored.sha256})
    piece = Piece(job_id, name, stored.size, sealed)
    file = JobFile(MANIFEST, part.owner, None, stored.size, 1, written.rows)
    done = jobs.ended(job, JobState.DONE, app.clock.now())
    done = replace(done, files=(*job.files, file), part=job.part + 1)

    def work(tx: Transaction, box: Outbox) -> bool:
        if not job_steps.is_due(tx, job_id, job):
            return False
        job_steps.follow(tx, box, job_id, job, done)
        tx.create(PIECES, id, codec.to_document(piece))
        happened = Happened(Action.EXPORT_FINISHED, audit_log.function(app), Target("job", job_id))
        audit_log.record(app, box, happened)
        return True

    if not outbox.commit(app, work):
        sealed_files.delete(app, name)


def _manifest(app: App, job_id: str, job: Job) -> Iterator[bytes]:
    """Yield the manifest: JSON, a file a line, so that no list is ever held whole."""
    head = {"made_by": "corporate-mail-ops", "version": 1, "job": job_id}
    head["created_at"] = codec.to_json(job.created_at)
    yield json.dumps(head)[:-1].encode() + b', "files": [\n'
    for position, file in enumerate(job.files):
        pieces = list(_pieces(app, job_id, number_of(job, file), file))
        row = asdict(file) | {
            "pieces": [{"size": one["size"], "sha256": one["sha256"]} for one in pieces],
            "missing": [id for one in pieces for id in one["missing"]],
        }
        del row["owner"]
        end = b",\n" if position + 1 < len(job.files) else b"\n"
        yield json.dumps(row, separators=(",", ":")).encode() + end
    yield b"]}\n"


def _pieces(app: App, job_id: str, part: int, file: JobFile) -> Iterable[dict[str, Any]]:
    for number in range(file.pieces):
        id = jobs.piece_id(job_id, part, number)
        found = app.store.get(PIECES, id)
        if found is None:
            raise Unavailable("job.piece_missing")
        piece = codec.from_document(Piece, found.data)
        try:
            opened = app.envelope.open(file.owner, place(PIECES, id), piece.sealed)
        except (
            NotFound
        ):  # the mailbox was disconnected meanwhile: nobody can read the piece any more
            opened = {"sha256": None}
        yield {"size": piece.size, "sha256": opened["sha256"], "missing": piece.missing}
