"""Making a restored database good, before anything is served from it.

In this order, each part resumable and harmless to repeat; the desk stays closed (`readiness`) until the end:

    entrances   sessions, API tokens, OAuth states, codes and links of the backup are deleted
    replies     what was queued, being sent or unknown waits for a person: it may have been sent since
    removals    the removal ledger is repeated from an hour before the backup on, in its order
    erasures    what the backup was erasing goes on, and through everything once more
    mailboxes   each mailbox lists its mail of two days before the backup again, and its history from the
                cursor of the backup: found is the mail since, and what was on its way at that moment

How far it is stands in the restored database itself (`serving/restore`), under the name of that database: a
backup of a database that was once restored does not pass for one that was made good.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from shared import codec
from shared.app import App
from shared.audit import removals
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.audit.removals import Removal
from shared.domain import api_tokens, replies
from shared.domain.events import GMAIL_PUSH
from shared.domain.mailboxes import COLLECTION as MAILBOXES
from shared.domain.mailboxes import SYNC, Mailbox, Sync
from shared.domain.people import CHALLENGES, SESSIONS
from shared.domain.replies import Reply
from shared.errors import Conflict, Invalid
from shared.services import audit_log, outbox
from shared.services.outbox import Outbox
from shared.services.privacy import erasing_customers, erasure_steps
from shared.services.receiving.history_sync import RESYNC_BACK
from shared.services.restoring import readiness, replaying
from shared.services.restoring.readiness import EPOCHS, Serving
from shared.store.contract import SERVER_TIME, Data, Document, Filter, Order, Query, Transaction

PROGRESS: Final = "restore"
MARGIN: Final = timedelta(hours=1)  # an entry's time is that of the instance, before its commit
_PAGE: Final = 100
ENTRANCES: Final = (SESSIONS, api_tokens.COLLECTION, CHALLENGES)
_IN_FLIGHT: Final = sorted(state.value for state in replies.IN_FLIGHT)

Report = Callable[[str, int], None]  # a part, and how many of it were done


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a restore is made good: the part that is being done, and where in it."""

    database: str
    epoch: int
    backup_at: datetime
    part: int = 0
    cursor: str | None = None
    done: int = 0
    finished: bool = False


def make_good(
    app: App, operator: str, backup_at: datetime, report: Report, *, force: bool = False
) -> int:
    """Make the database that `database` names good, and open it; returns its epoch.

    `backup_at` is the time that the backup shows (its snapshot time). Goes on where an earlier run
    stopped. Raises Conflict("store.serves") where the database serves already, unless forced;
    Invalid("restore.backup_time") for a time to come; Unavailable: run it again.
    """
    progress = _begin(app, backup_at, force)
    while progress.part < len(_PARTS):
        name, step = _PARTS[progress.part]
        progress = step(app, progress)
        report(name, progress.done)
        if progress.cursor is None:
            progress = replace(progress, part=progress.part + 1, done=0)
        _keep(app, progress)
    _open(app, operator, progress)
    return progress.epoch


def _begin(app: App, backup_at: datetime, force: bool) -> Progress:
    """Close the database and return how far it is; a run that was interrupted goes on."""
    if backup_at > app.clock.now():
        raise Invalid("restore.backup_time")
    name = app.settings.database
    serving = readiness.serving(app.store)
    known = _progress(app)
    if known is not None and not known.finished and known.database == name:
        return known
    if serving.database == name and not force:
        raise Conflict("store.serves")
    progress = Progress(name, _new_epoch(app, serving, name), backup_at)

    def close(tx: Transaction) -> None:
        closed = Serving(None, progress.epoch)
        tx.put(readiness.COLLECTION, readiness.ID, codec.to_document(closed))
        tx.put(readiness.COLLECTION, PROGRESS, codec.to_document(progress))

    app.store.transact(close)
    return progress


def _new_epoch(app: App, serving: Serving, database: str) -> int:
    """Return the next epoch, entered where no restore reaches; one that nobody began is taken up."""
    newest = Query(EPOCHS, order=(Order("epoch", descending=True),), limit=1)
    for document in app.audit.query(newest).documents:
        last = document.data["epoch"]
        assert isinstance(last, int)
        if document.data["database"] == database and last > serving.epoch:
            return last
        break
    else:
        last = 0
    epoch = max(last, serving.epoch) + 1
    row: Data = {"epoch": epoch, "database": database, "begun_at": SERVER_TIME}
    app.audit.transact(lambda tx: tx.create(EPOCHS, f"{epoch:08d}", row))
    return epoch


def _void_entrances(app: App, progress: Progress) -> Progress:
    for collection in ENTRANCES:
        found = app.store.query(Query(collection, limit=_PAGE)).documents
        if found:
            app.store.transact(partial(_delete_all, documents=found))
            return replace(progress, cursor=collection, done=progress.done + len(found))
    return replace(progress, cursor=None)


def _delete_all(tx: Transaction, documents: tuple[Document, ...]) -> None:
    for document in documents:
        tx.delete(document.collection, document.id)


def _hold_replies(app: App, progress: Progress) -> Progress:
    """Put what was on its way before a person; `fence` moves, so that events of the backup do nothing."""
    query = Query(
        replies.COLLECTION, (Filter("state", "in", _IN_FLIGHT),), limit=_PAGE
    )  # what was held is found no more: no cursor is needed
    found = app.store.query(query).documents

    def hold(tx: Transaction) -> None:
        now = app.clock.now()
        for document in tx.get_all([(replies.COLLECTION, document.id) for document in found]):
            if document is None or document.data["state"] not in _IN_FLIGHT:
                continue
            reply = codec.from_document(Reply, document.data)
            held = replies.to_review(reply, now, replies.RESTORED)
            tx.put(replies.COLLECTION, document.id, codec.to_document(held))

    if found:
        app.store.transact(hold)
    return replace(progress, cursor="more" if found else None, done=progress.done + len(found))


def _repeat_removals(app: App, progress: Progress) -> Progress:
    query = Query(
        removals.COLLECTION,
        (Filter("at", ">=", progress.backup_at - MARGIN),),
        (Order("at"),),
        limit=_PAGE,
        cursor=progress.cursor,
    )
    page = app.audit.query(query)
    for document in page.documents:
        replaying.repeat(app, codec.from_document(Removal, document.data))
    return replace(progress, cursor=page.next, done=progress.done + len(page.documents))


def _go_on_erasing(app: App, progress: Progress) -> Progress:
    begun, following = erasure_steps.repeat_all(app, progress.backup_at, progress.cursor)
    for erasure in begun:
        erasing_customers.hide(app, erasure)
    return replace(progress, cursor=following, done=progress.done + len(begun))


def _look_again(app: App, progress: Progress) -> Progress:
    """Let every active mailbox be listed, from before the backup on: at once, and else by the next poll.

    The cursor alone is not enough: of what stands before it some was on the bus, which no backup holds.
    """
    active = (Filter("active", "==", True),)
    page = app.store.query(Query(SYNC, active, limit=_PAGE, cursor=progress.cursor))
    since = progress.backup_at - RESYNC_BACK

    def free(tx: Transaction) -> None:
        ids = [document.id for document in page.documents]
        found = tx.get_all([(MAILBOXES, id) for id in ids] + [(SYNC, id) for id in ids])
        for mailbox, document in zip(found[: len(ids)], found[len(ids) :], strict=True):
            if mailbox is None or document is None:
                continue
            connected_at = codec.from_document(Mailbox, mailbox.data).connected_at
            sync = codec.from_document(Sync, document.data)
            free = replace(sync, lease_until=None, retry_at=None, dirty=True, resync_page=None)
            if sync.resync_anchor is None:
                begins = max(since, connected_at)
                free = replace(free, resync_anchor=sync.cursor, resync_since=begins)
            tx.put(SYNC, document.id, codec.to_document(free))

    if page.documents:
        app.store.transact(free)
        app.bus.publish_all(GMAIL_PUSH, [{"mailbox_id": d.id} for d in page.documents])
    return replace(progress, cursor=page.next, done=progress.done + len(page.documents))


_PARTS: Final[tuple[tuple[str, Callable[[App, Progress], Progress]], ...]] = (
    ("entrances", _void_entrances),
    ("replies", _hold_replies),
    ("removals", _repeat_removals),
    ("erasures", _go_on_erasing),
    ("mailboxes", _look_again),
)


def _open(app: App, operator: str, progress: Progress) -> None:
    """Let the database be served, and say so in the audit log, in one commit."""
    changes: tuple[Mapping[str, str | int | None], ...] = (
        {"field": "epoch", "before": progress.epoch - 1, "after": progress.epoch},
    )
    happened = Happened(
        Action.STORE_RESTORED,
        Who("operator", operator),
        Target("database", progress.database),
        changes=changes,
    )

    def work(tx: Transaction, box: Outbox) -> None:
        audit_log.record(app, box, happened)
        opened = Serving(progress.database, progress.epoch, app.clock.now())
        tx.put(readiness.COLLECTION, readiness.ID, codec.to_document(opened))
        finished = replace(progress, finished=True)
        tx.put(readiness.COLLECTION, PROGRESS, codec.to_document(finished))

    outbox.commit(app, work)


def _progress(app: App) -> Progress | None:
    found = app.store.get(readiness.COLLECTION, PROGRESS)
    return None if found is None else codec.from_document(Progress, found.data)


def _keep(app: App, progress: Progress) -> None:
    document = codec.to_document(progress)
    app.store.transact(lambda tx: tx.put(readiness.COLLECTION, PROGRESS, document))
