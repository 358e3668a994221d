"""Following a mailbox's history: from "something changed" to one event for each candidate message.

A notification is only a hint. What is listed starts at the mailbox's committed cursor, and the cursor
moves, page by page and only forward, after the page's events are confirmed by the bus. Whatever dies in
between repeats events at worst, and repeated events do nothing.
https://developers.google.com/workspace/gmail/api/guides/sync
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from shared import codec, log
from shared.app import App
from shared.domain.events import GMAIL_PUSH, MESSAGE_RECEIVED, MailboxChanged
from shared.domain.mailboxes import (
    SETTLED_AFTER,
    SYNC,
    Sync,
    advance_is_due,
    busy_until,
    cursor_is_behind,
    push_is_silent,
)
from shared.errors import ProductError
from shared.gmail.contract import (
    Candidate,
    Down,
    GmailError,
    Gone,
    HistoryPage,
    NeedsReauth,
    Refused,
    Throttled,
)
from shared.services.mailboxes import mailbox_access
from shared.services.receiving import sync_leases
from shared.services.receiving.sync_leases import Busy, Lease, LeaseLost
from shared.store.contract import Data, Document, Filter, Query, Transaction

RUN_SECONDS: Final = 60.0  # then the rest is left to the next event
RETRY_AFTER: Final = timedelta(seconds=60)
BROKEN_AFTER: Final = timedelta(minutes=10)  # a fault that waiting alone will not mend
RESYNC_BACK: Final = timedelta(hours=48)
_POLL_PAGE: Final = 200
_IGNORED: Final = frozenset({"DRAFT", "CHAT"})
_HIDDEN: Final = frozenset({"SPAM", "TRASH"})


def notice(app: App, change: MailboxChanged) -> None:
    """Handle one notification. Unknown mailboxes and stale ids are done with at one read."""
    found = sync_leases.take(app, change)
    if isinstance(found, Busy):
        # The event is on the bus before the mark says so: should this run or the holder die, the
        # mailbox is looked at again all the same.
        look_again(app, found.mailbox_id, found.until)
        found = sync_leases.take(app, change, mark=True)
    if isinstance(found, Lease):
        _run(app, found, pushed=change.history_id is not None)


def look_again(app: App, mailbox_id: str, when: datetime | None = None) -> None:
    """Ask for this mailbox to be looked at, now or at a later time."""
    app.bus.publish(GMAIL_PUSH, {"mailbox_id": mailbox_id}, when)


def poll(app: App) -> int:
    """Look at every active mailbox, publish an event for each that has news, and return how many had.

    A mailbox without news costs one read and one history.list and writes nothing. One mailbox's failure
    does not stop the others; what our own store or bus refused is raised at the end, so that the tick is
    repeated.
    """
    cursor, news, failure = None, 0, None
    while True:
        page = app.store.query(
            Query(SYNC, (Filter("active", "==", True),), limit=_POLL_PAGE, cursor=cursor)
        )
        for document in page.documents:
            try:
                news += _look(app, document)
            except ProductError as error:
                log.event("ERROR", "poll.failed", mailbox=document.id, code=error.code)
                failure = error if error.retried else failure
        cursor = page.next
        if cursor is None:
            break
    if failure is not None:
        raise failure
    return news


def _look(app: App, document: Document) -> int:
    """Poll one mailbox: 1 where it had news, else 0."""
    sync = codec.from_document(Sync, document.data)
    now = app.clock.now()
    if busy_until(sync, now) is not None:
        return 0
    if not sync.dirty and sync.resync_anchor is None:
        try:
            page = app.mailboxes(sync.mailbox_id).history(sync.cursor)
        except Gone:
            page = None  # the cursor is too old: the run that follows resyncs
        except GmailError as error:
            log.event("WARNING", "poll.refused", mailbox=sync.mailbox_id, reason=error.reason)
            if isinstance(error, NeedsReauth):
                mailbox_access.lose_grant(app, sync.mailbox_id, error.reason)
            elif isinstance(error, Throttled):
                mailbox_access.brake(app, sync.mailbox_id, error.retry_at or now + RETRY_AFTER)
            return 0
        if page is not None and page.last_id is None and page.next_page is None:
            _keep_young(app, sync, page, now)
            return 0
    _note_miss(app, sync, now)
    look_again(app, sync.mailbox_id)
    return 1


def _note_miss(app: App, sync: Sync, now: datetime) -> None:
    """Note that a poll found news, and say so where Gmail's pushes keep silent: somebody should look.

    The note is written once while no push comes, so that a backlog costs no write a poll.
    """
    if push_is_silent(sync, now):
        log.event("ERROR", "push.silent", mailbox=sync.mailbox_id)
    if cursor_is_behind(sync, now):
        log.event("ERROR", "sync.cursor_behind", mailbox=sync.mailbox_id)
    if sync.missed_at is None or (sync.pushed_at is not None and sync.pushed_at >= sync.missed_at):
        changes: Data = {"missed_at": now}
        app.store.transact(lambda tx: tx.update(SYNC, sync.mailbox_id, changes))


def _keep_young(app: App, sync: Sync, page: HistoryPage, now: datetime) -> None:
    """Once a day, move a quiet mailbox's cursor to a head that has stood for ten minutes."""
    if not advance_is_due(sync, now):
        return
    changes: dict[str, str | datetime | None]
    if sync.seen_head is None or sync.seen_head_at is None:
        changes = {"seen_head": page.head, "seen_head_at": now}
    elif now - sync.seen_head_at >= SETTLED_AFTER:
        changes = {
            "cursor": max(sync.cursor, sync.seen_head),
            "cursor_at": sync.seen_head_at,
            "seen_head": None,
            "seen_head_at": None,
        }
    else:
        return

    def work(tx: Transaction) -> None:
        found = tx.get(SYNC, sync.mailbox_id)
        if found is not None and codec.from_document(Sync, found.data) == sync:
            tx.update(SYNC, sync.mailbox_id, changes)

    app.store.transact(work)


def _run(app: App, lease: Lease, *, pushed: bool) -> None:
    """List and publish until there is nothing new, the time is over, or Gmail asks us to wait."""
    run = _Run(app, lease)
    try:
        run.work()
    except LeaseLost:
        log.event("WARNING", "sync.lease_lost", mailbox=lease.mailbox_id)
    except GmailError as error:
        _wait(app, lease, error)
    except Exception:
        sync_leases.give_back(app, lease)
        raise
    else:
        if pushed and run.listed == 0:
            # Gmail pushes before it lists (it happens within seconds): look once more, later.
            look_again(app, lease.mailbox_id, app.clock.now() + RETRY_AFTER)


class _Run:
    """One holder of a lease at work. `listed` counts the pages of history and of messages with news."""

    def __init__(self, app: App, lease: Lease) -> None:
        self._app = app
        self._lease = lease
        self._gmail = app.mailboxes(lease.mailbox_id)
        self._ends = app.clock.monotonic() + RUN_SECONDS
        self._began_again = False
        self.listed = 0

    def work(self) -> None:
        """Go round until a listing ends with nothing that came meanwhile."""
        sync = self._lease.sync
        # One that was begun with the cursor, at the connection or after a restore, has read no head.
        resynced = sync.resync_anchor not in (None, sync.cursor)
        while True:
            if sync.resync_anchor is not None:
                sync, done = self._resync(sync), False
            else:
                try:
                    sync, done = self._list(sync)
                except Gone:
                    if resynced:  # a fresh anchor that is unknown at once: do not turn in circles
                        log.event("CRITICAL", "sync.anchor_gone", mailbox=self._lease.mailbox_id)
                        raise Refused("history_gone_twice") from None
                    sync, done, resynced = self._begin_resync(sync), False, True
            if done:
                return
            if self._app.clock.monotonic() > self._ends:
                look_again(self._app, self._lease.mailbox_id)
                self._commit({"lease_until": None})
                return

    def _list(self, sync: Sync) -> tuple[Sync, bool]:
        """Publish what stands after the cursor, page by page; True where the lease was given back."""
        start, page_token = sync.cursor, None
        while True:
            page = self._gmail.history(start, page_token)
            self.listed += page.last_id is not None
            self._publish(c.gmail_id for c in page.candidates if _is_mail(c))
            changes: Data = {}
            if page.last_id is not None and page.last_id > sync.cursor:
                changes = _moved(page.last_id, self._app.clock.now())
            sync, released = self._commit(changes, last=page.next_page is None)
            if page.next_page is None or self._app.clock.monotonic() > self._ends:
                return sync, released
            page_token = page.next_page

    def _begin_resync(self, sync: Sync) -> Sync:
        """Note where the cursor goes when everything since the last good listing is published.

        The anchor is the mailbox's newest id, read before listing: the id of the newest message would
        itself be too old on a quiet mailbox.
        """
        anchor = self._gmail.profile().history_id
        log.event("WARNING", "sync.resync", mailbox=self._lease.mailbox_id)
        since = sync.cursor_at - RESYNC_BACK
        return self._commit(
            {"resync_anchor": anchor, "resync_since": since, "resync_page": None},
        )[0]

    def _resync(self, sync: Sync) -> Sync:
        """Publish one page of all messages since then; after the last one, set the cursor."""
        assert sync.resync_anchor is not None
        since = sync.resync_since
        after = f"after:{int(since.timestamp())} " if since is not None else ""
        try:
            page = self._gmail.messages(f"{after}-in:drafts -in:chats", sync.resync_page)
        except Refused:
            if sync.resync_page is None or self._began_again:
                raise
            # Gmail does not say how long it knows a page, and this one may be of an earlier run. What is
            # published twice does nothing.
            self._began_again = True
            return self._commit({"resync_page": None})[0]
        self.listed += bool(page.ids)
        # The oldest first, as far as a page goes: a ticket is best begun by the mail that began it.
        self._publish(gmail_id for gmail_id, _ in reversed(page.ids))
        if page.next_page is not None:
            return self._commit({"resync_page": page.next_page})[0]
        ended = {"resync_anchor": None, "resync_since": None, "resync_page": None}
        cursor = max(sync.cursor, sync.resync_anchor)
        return self._commit({**_moved(cursor, self._app.clock.now()), **ended})[0]

    def _publish(self, gmail_ids: Iterable[str]) -> None:
        """Return when every candidate of a page is durable; the cursor moves only after that."""
        mailbox_id = self._lease.mailbox_id
        events = [{"mailbox_id": mailbox_id, "gmail_id": gmail_id} for gmail_id in gmail_ids]
        if events:
            self._app.bus.publish_all(MESSAGE_RECEIVED, events)

    def _commit(self, changes: Data, *, last: bool = False) -> tuple[Sync, bool]:
        return sync_leases.commit(self._app, self._lease, changes, last=last)


def _moved(cursor: str, now: datetime) -> Data:
    """Return the fields of a cursor that moves; a head that was seen before says nothing any more."""
    return {"cursor": cursor, "cursor_at": now, "seen_head": None, "seen_head_at": None}


def _wait(app: App, lease: Lease, error: GmailError) -> None:
    """Give the lease back, and say until when Gmail is left alone; nothing is lost by waiting."""
    if isinstance(error, NeedsReauth) and mailbox_access.lose_grant(
        app, lease.mailbox_id, error.reason
    ):
        return
    # Where the grant was lost to a newer one, that one is tried.
    passing = isinstance(error, Throttled | Down | NeedsReauth)
    until = error.retry_at or app.clock.now() + (RETRY_AFTER if passing else BROKEN_AFTER)
    log.event(
        "WARNING" if passing else "ERROR",
        "sync.waits",
        mailbox=lease.mailbox_id,
        reason=error.reason,
    )
    look_again(app, lease.mailbox_id, until)
    try:
        sync_leases.commit(
            app, lease, {"lease_until": None, "retry_at": until, "last_error": error.reason}
        )
    except LeaseLost:
        log.event("WARNING", "sync.lease_lost", mailbox=lease.mailbox_id)


def _is_mail(candidate: Candidate) -> bool:
    """Drafts and chats are no mail; spam and trash are none until somebody moves them to the inbox."""
    labels = candidate.labels
    if labels is None or "INBOX" in labels:
        return labels is None or "DRAFT" not in labels
    return not labels & (_IGNORED | _HIDDEN)
