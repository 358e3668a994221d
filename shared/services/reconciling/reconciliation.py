"""Proving that no mail was lost: runs that compare Gmail with the store, and end in a statement.

A step is one delivery of an event that names mailbox and step; it does a bounded part, and is committed with
the event of the next one. The step's number is the fence: of two deliveries at once one commits, and the
other finds that it was overtaken. See docs/decisions/0065-reconciliation.md.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from shared import codec, ids, log
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import messages, reconciliations
from shared.domain.events import RECONCILE_DUE
from shared.domain.mailboxes import SYNC, MailboxState, Sync
from shared.domain.reconciliations import COLLECTION, PACE, Phase, Reconciliation, Run
from shared.errors import Conflict, ProductError
from shared.gmail.contract import GmailError, NeedsReauth, Refused, Throttled
from shared.permissions import Actor, Permission, require_in
from shared.services import audit_log, outbox
from shared.services.mailboxes import mailbox_access
from shared.services.outbox import Outbox
from shared.services.reconciling import reconciliation_statements
from shared.services.reconciling.comparing import NOT_MAIL, Part
from shared.store.contract import Document, Filter, Query, Reader, Transaction

RETRY_AFTER: Final = timedelta(seconds=60)
_PAGE: Final = 200
_COUNTED: Final = 100_000_000  # more than a mailbox holds: the count has no bound


def tick(app: App) -> int:
    """Begin a run for every active mailbox in which one is due; returns how many were begun.

    A mailbox without news costs a read and one messages.list, and writes nothing. One mailbox's failure does
    not stop the others; what our own store or bus refused is raised at the end, so that the tick is repeated.
    """
    cursor, begun, failure = None, 0, None
    while True:
        active = (Filter("active", "==", True),)
        page = app.store.query(Query(SYNC, active, limit=_PAGE, cursor=cursor))
        for document in page.documents:
            try:
                begun += _consider(app, document)
            except ProductError as error:
                log.event("ERROR", "reconcile.failed", mailbox=document.id, code=error.code)
                failure = error if error.retried else failure
        cursor = page.next
        if cursor is None:
            break
    if failure is not None:
        raise failure
    return begun


def ask(app: App, actor: Actor, mailbox_id: str, *, whole: bool) -> None:
    """Begin a run now because a person asks; where one is under way, that one goes on.

    `whole` compares all mail that Gmail has, not only what came since the last proof. Raises NotFound,
    Forbidden, Conflict("mailbox.not_working").
    """
    require_in(actor, Permission.MAILBOX_CONNECT, mailbox_id, "mailbox.not_found")
    _begin(app, mailbox_id, whole=whole, actor=actor)


def step(app: App, mailbox_id: str, number: int) -> None:
    """Do the step of this number, unless it was done. Raises Unavailable, and the bus asks again."""
    known = load(app.store, mailbox_id)
    if known.run is None or known.step != number:
        return
    app.store.transact(lambda tx: tx.delete(outbox.COLLECTION, _event_id(known)))
    mailbox = mailbox_access.load(app, mailbox_id)
    if mailbox.state is not MailboxState.ACTIVE:
        _abandon(app, known, mailbox.state.value)
        return
    part = Part(app, mailbox_id, mailbox.connected_at, known.run)
    try:
        over = part.work()
    except GmailError as error:
        _wait(app, known, part.run, error)
    else:
        if over:
            _end(app, known, part.run)
        else:
            at_once = bool(part.run.to_ask_for)
            _go_on(app, known, part.run, None if at_once else app.clock.now() + PACE)


def load(reader: Reader, mailbox_id: str) -> Reconciliation:
    """Return a mailbox's reconciliation; one of which there is none yet has nothing proved. One read."""
    found = reader.get(COLLECTION, mailbox_id)
    if found is None:
        return Reconciliation(mailbox_id)
    return codec.from_document(Reconciliation, found.data)


def _consider(app: App, document: Document) -> int:
    """Begin a run where one is due: 1, else 0."""
    sync = codec.from_document(Sync, document.data)
    now = app.clock.now()
    known = load(app.store, sync.mailbox_id)
    if known.is_stuck(now):
        log.event("ERROR", "reconcile.stuck", mailbox=sync.mailbox_id)
        assert known.run is not None
        _go_on(app, known, known.run, None)
        return 0
    if known.run is not None or _is_being_read(sync, now):
        return 0
    if not reconciliations.has_news(known, now):
        assert known.last is not None
        since = int(known.last.until.timestamp())
        until = int((now - reconciliations.SETTLED).timestamp())
        try:
            page = app.mailboxes(sync.mailbox_id).messages(
                f"after:{since} before:{until} {NOT_MAIL}"
            )
        except GmailError as error:
            _leave(app, sync.mailbox_id, error)
            return 0
        if not page.ids:
            return 0
    return _begin(app, sync.mailbox_id)


def _is_being_read(sync: Sync, now: datetime) -> bool:
    """Say whether a mailbox's mail is on its way in great number, or waits for Gmail: nothing is lost yet."""
    return sync.resync_anchor is not None or (sync.retry_at is not None and sync.retry_at > now)


def _begin(app: App, mailbox_id: str, *, whole: bool = False, actor: Actor | None = None) -> int:
    """Write a run at its beginning and the event of its first step; 0 where one is under way."""
    mailbox = mailbox_access.load(app, mailbox_id)
    if mailbox.state is not MailboxState.ACTIVE:
        raise Conflict("mailbox.not_working", state=mailbox.state.value)
    now = app.clock.now()
    known = load(app.store, mailbox_id)
    since, until = reconciliations.period(known, mailbox.connected_at, now, whole=whole)
    stored = app.store.count(_stored(mailbox_id, since, until), _COUNTED)

    def work(tx: Transaction, box: Outbox) -> int:
        known = load(tx, mailbox_id)
        if known.run is not None and not known.is_stuck(now):
            return 0
        if actor is not None:
            target = Target("mailbox", mailbox_id, mailbox_id)
            asked = Happened(Action.MAILBOX_RECONCILE_ASKED, audit_log.person(actor), target)
            audit_log.record(app, box, asked)
        run = Run(
            id=ids.derived_id(ids.STATEMENT, "reconciliation", mailbox_id, str(known.step)),
            since=since,
            until=until,
            begun_at=now,
            phase=Phase.LOOKING_UP,
            stored=stored,
            to_look_up=known.open,
            asked_by=actor.user_id if actor else None,
        )
        _write(tx, box, reconciliations.begun(known, run, now), None)
        return 1

    return outbox.commit(app, work)


def _stored(mailbox_id: str, since: datetime, until: datetime) -> Query:
    """Return the query of a period's documents; of what SMTP sent there is no mail in Gmail."""
    return Query(
        messages.COLLECTION,
        (
            Filter("mailbox_id", "==", mailbox_id),
            Filter("in_gmail", "==", True),
            Filter("received_at", ">=", since),
            Filter("received_at", "<", until),
        ),
    )


def _go_on(app: App, known: Reconciliation, run: Run, not_before: datetime | None) -> None:
    """Commit how far a run has come, with the event of its next step."""
    now = app.clock.now()

    def work(tx: Transaction, box: Outbox) -> None:
        if load(tx, known.mailbox_id).step == known.step:
            following = replace(known, run=run, step=known.step + 1, stepped_at=now)
            _write(tx, box, following, not_before)

    outbox.commit(app, work)


def _end(app: App, known: Reconciliation, run: Run) -> None:
    """Commit the statement of a run with its audit event. Of a gap it is told before, twice at worst."""
    if run.missing_in_all:
        log.event("ERROR", "reconcile.gap", mailbox=known.mailbox_id, missing=run.missing_in_all)
    now = app.clock.now()
    issued = reconciliation_statements.issued(app, known.mailbox_id, run, now)

    def work(tx: Transaction, box: Outbox) -> None:
        if load(tx, known.mailbox_id).step != known.step:
            return
        audit_log.record(app, box, reconciliation_statements.happened(app, issued))
        reconciliation_statements.put(tx, run.id, issued)
        ended = reconciliations.ended(known, run, now)
        tx.put(COLLECTION, known.mailbox_id, codec.to_document(ended))

    outbox.commit(app, work)


def _wait(app: App, known: Reconciliation, run: Run, error: GmailError) -> None:
    """Keep what a part achieved; go on when Gmail may answer again, or not at all."""
    if isinstance(error, Refused) or not _leave(app, known.mailbox_id, error):
        _abandon(app, known, error.reason)
        return
    _go_on(app, known, run, error.retry_at or app.clock.now() + RETRY_AFTER)


def _leave(app: App, mailbox_id: str, error: GmailError) -> bool:
    """Note what Gmail's refusal says of the mailbox; say whether asking again later makes sense."""
    log.event("WARNING", "reconcile.waits", mailbox=mailbox_id, reason=error.reason)
    if isinstance(error, NeedsReauth):
        return not mailbox_access.lose_grant(app, mailbox_id, error.reason)
    if isinstance(error, Throttled) and error.reason != "gate_closed":
        until = error.retry_at or app.clock.now() + RETRY_AFTER
        mailbox_access.brake(app, mailbox_id, until)
    return True


def _abandon(app: App, known: Reconciliation, reason: str) -> None:
    """End a run without a statement: nothing was proved, and the next one begins where this one did."""
    log.event("WARNING", "reconcile.abandoned", mailbox=known.mailbox_id, reason=reason)

    def work(tx: Transaction) -> None:
        if load(tx, known.mailbox_id).step == known.step:
            ended = replace(known, run=None, step=known.step + 1)
            tx.put(COLLECTION, known.mailbox_id, codec.to_document(ended))

    app.store.transact(work)


def _write(
    tx: Transaction, box: Outbox, following: Reconciliation, not_before: datetime | None
) -> None:
    tx.put(COLLECTION, following.mailbox_id, codec.to_document(following))
    event = {"mailbox_id": following.mailbox_id, "step": following.step}
    box.add(_event_id(following), RECONCILE_DUE, event, not_before)


def _event_id(known: Reconciliation) -> str:
    return f"{known.mailbox_id}.reconcile.{known.step}"
