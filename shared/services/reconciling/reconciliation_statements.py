"""What a reconciliation states: a signed note, kept for 400 days, read by whoever sees the mailbox."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from shared import clock, codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain.reconciliations import KIND, STATEMENTS, Missing, Run
from shared.errors import NotFound
from shared.permissions import Actor, Permission, require_in
from shared.services import audit_log, statements
from shared.store.contract import Filter, Order, Query, Transaction

KEPT: Final = timedelta(days=400)  # its hash stands in the audit log for longer


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """The document of a statement: the note, and what a list shows of it."""

    mailbox_id: str
    issued_at: datetime
    expires_at: datetime
    since: datetime
    until: datetime
    gmail: int
    accounted: int
    missing: int
    repaired: int
    gone: int
    stored_only: int
    text: str


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement in a list: of `gmail` messages that Gmail had, `accounted` were accounted for.

    `repaired` were missing in an earlier one and are there now; `gone` were missing and were deleted in
    Gmail meanwhile; `stored_only` are stored here and were deleted in Gmail.
    """

    EXAMPLE: ClassVar[dict[str, object]] = {"gmail": 412, "accounted": 412, "missing": 0}

    id: str
    issued_at: datetime
    since: datetime
    until: datetime
    gmail: int
    accounted: int
    missing: int
    repaired: int
    gone: int
    stored_only: int
    sha256: str
    url: str


@dataclass(frozen=True, slots=True)
class StatementPage:
    """A page of a mailbox's statements, the newest first."""

    items: tuple[StatementRow, ...]
    next: str | None


def issued(app: App, mailbox_id: str, run: Run, now: datetime) -> StoredStatement:
    """Return the signed statement of a run that is over; nothing is written."""
    note = statements.issue(app, KIND, _body(mailbox_id, run, now))
    return StoredStatement(
        mailbox_id=mailbox_id,
        issued_at=now,
        expires_at=now + KEPT,
        since=run.since,
        until=run.until,
        gmail=run.tally.gmail,
        accounted=run.tally.accounted,
        missing=run.missing_in_all,
        repaired=len(run.repaired),
        gone=run.gone,
        stored_only=run.stored_only,
        text=note.text,
    )


def happened(app: App, statement: StoredStatement) -> Happened:
    """Return the audit event of a statement: its hash, and whether all mail is accounted for."""
    facts: dict[str, str | int] = {
        "statement_sha256": _sha256(statement.text),
        "messages_in_gmail": statement.gmail,
        "not_accounted_for": statement.missing,
        "repaired": statement.repaired,
    }
    return Happened(
        Action.MAILBOX_RECONCILED,
        audit_log.function(app),
        Target("mailbox", statement.mailbox_id, statement.mailbox_id),
        outcome="failure" if statement.missing else "success",
        reason="gap" if statement.missing else None,
        changes=tuple({"field": name, "before": None, "after": v} for name, v in facts.items()),
    )


def put(tx: Transaction, id: str, statement: StoredStatement) -> None:
    """Write a statement's document."""
    tx.put(STATEMENTS, id, codec.to_document(statement))


def list_statements(
    app: App, actor: Actor, mailbox_id: str, limit: int, cursor: str | None
) -> StatementPage:
    """Return the statements of a mailbox, the newest first. Raises NotFound("mailbox.not_found")."""
    require_in(actor, Permission.MAILBOX_READ, mailbox_id, "mailbox.not_found")
    of_mailbox = (Filter("mailbox_id", "==", mailbox_id),)
    newest = (Order("issued_at", descending=True),)
    page = app.store.query(Query(STATEMENTS, of_mailbox, newest, limit, cursor))
    found = ((d.id, codec.from_document(StoredStatement, d.data)) for d in page.documents)
    now = app.clock.now()
    rows = tuple(_row(id, one) for id, one in found if one.expires_at > now)
    return StatementPage(rows, page.next)


def read_text(app: App, actor: Actor, mailbox_id: str, statement_id: str) -> str:
    """Return the signed note of a statement. Raises NotFound("mailbox.not_found", "statement.not_found")."""
    require_in(actor, Permission.MAILBOX_READ, mailbox_id, "mailbox.not_found")
    known = ids.is_id(ids.STATEMENT, statement_id)
    found = app.store.get(STATEMENTS, statement_id) if known else None
    statement = None if found is None else codec.from_document(StoredStatement, found.data)
    if (
        statement is None
        or statement.mailbox_id != mailbox_id
        or statement.expires_at <= app.clock.now()
    ):
        raise NotFound("statement.not_found")
    return statement.text


def _row(id: str, statement: StoredStatement) -> StatementRow:
    return StatementRow(
        id=id,
        issued_at=statement.issued_at,
        since=statement.since,
        until=statement.until,
        gmail=statement.gmail,
        accounted=statement.accounted,
        missing=statement.missing,
        repaired=statement.repaired,
        gone=statement.gone,
        stored_only=statement.stored_only,
        sha256=_sha256(statement.text),
        url=f"/api/admin/mailboxes/{statement.mailbox_id}/statements/{id}",
    )


def _body(mailbox_id: str, run: Run, now: datetime) -> dict[str, Any]:
    """Return what is signed: ids, counts and times, no address and nothing that a mail says."""
    tally = run.tally
    return {
        "statement": run.id,
        "mailbox": mailbox_id,
        "since": clock.to_text(run.since),
        "until": clock.to_text(run.until),
        "begun_at": clock.to_text(run.begun_at),
        "issued_at": clock.to_text(now),
        "messages_in_gmail": tally.gmail,
        "accounted_for": {
            "in_all": tally.accounted,
            "in_a_ticket": tally.ticket,
            "muted": tally.muted,
            "sent": tally.sent,
            "erased": tally.erased,
            "parked": tally.parked,
            "before_the_connection": tally.before_connection,
        },
        "not_accounted_for": {
            "in_all": run.missing_in_all,
            "in_the_period": tally.missing,
            "named": [_named(one) for one in run.missing],
            "named_before": [_named(one) for one in run.earlier],
        },
        "repaired_since_the_last_statement": list(run.repaired),
        "gone_from_gmail_since_the_last_statement": run.gone,
        "stored_and_no_longer_in_gmail": run.stored_only,
        "gmail_units": run.units,
    }


def _named(one: Missing) -> dict[str, str]:
    return {"gmail_id": one.gmail_id, "why": one.why.value}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
