"""The steps of an import: each takes some lines of the file, and is committed with the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice
from typing import Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import jobs
from shared.domain.jobs import MAX_BAD_ROWS, BadRow, Import, Job, JobState
from shared.errors import Invalid, NotFound
from shared.permissions import Permission
from shared.services import audit_log, outbox, sealed_files
from shared.services.accounts import colleagues
from shared.services.exchange import import_formats, import_writing, job_steps
from shared.services.exchange.import_formats import BadLine
from shared.services.outbox import Outbox
from shared.store.contract import Transaction

_LINES: Final = 20  # of a step
MAX_LINE_BYTES: Final = 4 * 1024 * 1024

Line = tuple[bytes | None, int]  # its bytes, None where there are too many; and where it ends


def step(app: App, job_id: str, job: Job) -> None:
    """Do the step that is due. Raises Unavailable where our own store or bus fails, and it is done again."""
    from shared.keys.laravel import Unopenable  # noqa: PLC0415 - loads cryptography

    source = job.imported
    assert source is not None
    if not _may(app, job, source):
        _go_on(app, job_id, job, replace(source, failure="permission.missing"))
        return
    try:
        taken = _some(app, source)
    except (
        NotFound,
        Unopenable,
    ):  # the mailbox was disconnected, or the object is not what was stored
        _go_on(app, job_id, job, replace(source, failure="import.file_unreadable"))
        return
    for text, end in taken:
        source = _take(app, job_id, source, text, end)
    _go_on(app, job_id, job, source)


def _may(app: App, job: Job, source: Import) -> bool:
    """Ask again whether the requester may manage settings and is a member of the mailbox."""
    return all(
        colleagues.allowed(app.store, [job.user_id], permission, source.mailbox_id)
        for permission in (Permission.SETTINGS_MANAGE, Permission.TICKET_READ)
    )


def _some(app: App, source: Import) -> list[Line]:
    """Return the next lines of the file."""
    with closing(sealed_files.read(app, source.mailbox_id, source.object)) as file:
        return list(islice(lines(file, source.at_byte), _LINES))


def lines(chunks: Iterator[bytes], start: int) -> Iterator[Line]:
    """Yield the lines of a file from one of its bytes on; one that is too long is not held."""
    held = bytearray()
    at, too_long = 0, False
    for chunk in chunks:
        rest = chunk[max(0, start - at) :]
        at += len(chunk)
        end = at - len(rest)
        while rest:
            line, newline, rest = rest.partition(b"\n")
            end += len(line) + len(newline)
            too_long = too_long or len(held) + len(line) > MAX_LINE_BYTES
            if too_long:
                held.clear()
            else:
                held += line
            if newline:
                yield None if too_long else bytes(held), end
                held.clear()
                too_long = False
    if held or too_long:
        yield None if too_long else bytes(held), at


def _take(app: App, job_id: str, source: Import, text: bytes | None, end: int) -> Import:
    """Return an import with one more line done."""
    after = replace(source, at_byte=end, line=source.line + 1)
    try:
        row = _read(source, text)
        if row is None:
            return after
        outcome = import_writing.take(app, job_id, source, after.line, row)
    except BadLine as bad:
        known = after.bad_rows[: MAX_BAD_ROWS - 1]
        rows = after.bad_rows
        if len(known) == len(after.bad_rows):
            rows = (*known, BadRow(after.line, bad.code))
        return replace(after, bad=after.bad + 1, bad_rows=rows)
    return replace(
        after,
        notes=after.notes + outcome.notes,
        created=after.created + (outcome.kind == "created"),
        completed=after.completed + (outcome.kind == "completed"),
        unchanged=after.unchanged + (outcome.kind == "unchanged"),
    )


def _read(source: Import, text: bytes | None) -> import_formats.Row:
    if text is None:
        raise BadLine("import.line_too_long")
    if not text.strip():
        return None
    try:
        value = codec.read_json(text)
    except Invalid:
        raise BadLine("import.malformed_json") from None
    return import_formats.read(source.format, value)


def _go_on(app: App, job_id: str, job: Job, source: Import) -> None:
    """Commit a step and the next one, or the end."""
    over = source.failure is not None or source.at_byte >= source.size
    after = replace(job, state=JobState.RUNNING, imported=source)
    if over:
        after = jobs.ended(after, JobState.DONE, app.clock.now())

    def work(tx: Transaction, box: Outbox) -> None:
        if not job_steps.is_due(tx, job_id, job):
            return
        job_steps.follow(tx, box, job_id, job, after)
        if over:
            happened = Happened(
                Action.IMPORT_FINISHED,
                audit_log.function(app),
                Target("job", job_id, source.mailbox_id),
                outcome="success" if source.failure is None else "failure",
                reason=source.failure,
            )
            audit_log.record(app, box, happened)

    outbox.commit(app, work)
