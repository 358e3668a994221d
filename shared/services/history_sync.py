"""Following a mailbox's history: from "something changed" to one event for each candidate message.

A notification is only a hint. What is listed starts at the mailbox's committed cursor, and the cursor
moves, page by page and only forward, after the page's events are confirmed by the bus. A run holds a
lease with a fence; a run that finds it held leaves a mark (`dirty`), and the holder goes round again.
Whatever dies in between repeats events at worst, and repeated events do nothing.
https://developers.google.com/workspace/gmail/api/guides/sync
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared import codec, log
from shared.app import App
from shared.domain.events import GMAIL_PUSH, MESSAGE_RECEIVED, MailboxChanged
from shared.domain.mailboxes import (
    LEASE,
    SETTLED_AFTER,
    SYNC,
    Sync,
    advance_is_due,
    lease_is_held,
)
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
from shared.services import mailbox_access
from shared.store.contract import Data, Document, Filter, Query, Transaction, Value

RUN_SECONDS: Final = 60.0  # then the rest is left to the next event
RETRY_AFTER: Final = timedelta(seconds=60)
BROKEN_AFTER: Final = timedelta(minutes=10)  # a fault that waiting alone will not mend
RESYNC_BACK: Final = timedelta(hours=48)
_POLL_PAGE: Final = 200
_IGNORED: Final = frozenset({"DRAFT", "CHAT"})
_HIDDEN: Final = frozenset({"SPAM", "TRASH"})


@dataclass(frozen=True, slots=True)
class _Lease:
    """The right to move one mailbox's cursor until `until`."""

    mailbox_id: str
    fence: int
    sync: Sync


@dataclass(frozen=True, slots=True)
class _Held:
    """Another run works on this mailbox, and was told that there is more."""

    mailbox_id: str
    until: datetime


class _LeaseLost(Exception):
    """Another run took over: what it lists is its work."""


def notice(app: App, change: MailboxChanged) -> None:
    """Handle one notification. Unknown mailboxes and stale ids are done with at one read."""
    token = mailbox_access.address_token(app, change.address) if change.address else None
    lease = app.store.transact(lambda tx: _take_lease(tx, change, token, app.clock.now()))
    if isinstance(lease, _Held):
        # Should the holder have died, this looks again as soon as its lease is over.
        _look_again(app, lease.mailbox_id, lease.until)
    elif lease is not None:
        _run(app, lease, pushed=change.history_id is not None)


def poll(app: App) -> int:
    """Look at every active mailbox; returns how many had news.

    A mailbox without news costs one read and one history.list and writes nothing. One mailbox's failure
    does not stop the others.
    """
    cursor, news = None, 0
    while True:
        page = app.store.query(
            Query(SYNC, (Filter("active", "==", True),), limit=_POLL_PAGE, cursor=cursor)
        )
        for document in page.documents:
            sync = codec.from_document(Sync, document.data)
            try:
                news += _look(app, sync)
            except GmailError as error:
                log.event("WARNING", "poll.failed", mailbox=sync.mailbox_id, reason=error.reason)
        cursor = page.next
        if cursor is None:
            return news


def _look(app: App, sync: Sync) -> int:
    """Poll one mailbox: 1 where it had news, else 0."""
    now = app.clock.now()
    if lease_is_held(sync, now) or (sync.retry_at is not None and sync.retry_at > now):
        return 0
    if not sync.dirty and sync.resync_anchor is None:
        try:
            page = app.mailboxes(sync.mailbox_id).history(sync.cursor)
        except Gone:
            page = None  # the cursor is too old: the run below resyncs
        if page is not None and page.last_id is None and page.next_page is None:
            _keep_young(app, sync, page, now)
            return 0
    notice(app, MailboxChanged(mailbox_id=sync.mailbox_id))
    return 1


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


def _take_lease(
    tx: Transaction, change: MailboxChanged, address_token: str | None, now: datetime
) -> _Lease | _Held | None:
    """Take the lease where there is work; mark the mailbox dirty where another run holds it."""
    found = _find(tx, change, address_token)
    if found is None:
        return None
    sync = codec.from_document(Sync, found.data)
    stale = change.history_id is not None and change.history_id <= sync.cursor
    waiting = sync.retry_at is not None and sync.retry_at > now
    if not sync.active or stale or waiting:
        return None
    if sync.lease_until is not None and sync.lease_until > now:
        if sync.dirty:
            return None
        tx.update(SYNC, found.id, {"dirty": True})
        return _Held(found.id, sync.lease_until)
    fence = sync.fence + 1
    tx.update(
        SYNC,
        found.id,
        {"fence": fence, "lease_until": now + LEASE, "dirty": False, "retry_at": None},
    )
    return _Lease(found.id, fence, sync)


def _find(tx: Transaction, change: MailboxChanged, address_token: str | None) -> Document | None:
    if change.mailbox_id is not None:
        return tx.get(SYNC, change.mailbox_id)
    active = (Filter("address_token", "==", address_token), Filter("active", "==", True))
    page = tx.query(Query(SYNC, active, limit=1))
    return page.documents[0] if page.documents else None


def _run(app: App, lease: _Lease, *, pushed: bool) -> None:
    """List and publish until there is nothing new, the time is over, or Gmail asks us to wait."""
    run = _Run(app, lease)
    try:
        run.work()
    except _LeaseLost:
        log.event("WARNING", "sync.lease_lost", mailbox=lease.mailbox_id)
    except GmailError as error:
        _wait(app, lease, error)
    else:
        if pushed and run.listed == 0:
            # Gmail pushes before it lists (it happens within seconds): look once more, later.
            _look_again(app, lease.mailbox_id, app.clock.now() + RETRY_AFTER)


class _Run:
    """One holder of a lease at work. `listed` counts the history records and messages it met."""

    def __init__(self, app: App, lease: _Lease) -> None:
        self._app = app
        self._lease = lease
        self._gmail = app.mailboxes(lease.mailbox_id)
        self._ends = app.clock.monotonic() + RUN_SECONDS
        self._published: set[str] = set()
        self.listed = 0

    def work(self) -> None:
        """Go round until a listing ends with nothing that came meanwhile."""
        sync = self._lease.sync
        resynced = sync.resync_anchor is not None
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
                _look_again(self._app, self._lease.mailbox_id, None)
                self._commit({"lease_until": None})
                return

    def _list(self, sync: Sync) -> tuple[Sync, bool]:
        """Publish what stands after the cursor, page by page; True where the lease was given back."""
        start, page_token = sync.cursor, None
        while True:
            page = self._gmail.history(start, page_token)
            self.listed += page.last_id is not None
            self._publish(c.gmail_id for c in page.candidates if _is_mail(c))
            reached = max(sync.cursor, page.last_id or sync.cursor)
            changes: Data = {}
            if reached > sync.cursor:
                changes = {"cursor": reached, "cursor_at": self._app.clock.now()}
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
        changes: Data = {"resync_anchor": anchor, "resync_since": since, "resync_page": None}
        return self._commit(changes)[0]

    def _resync(self, sync: Sync) -> Sync:
        """Publish one page of all messages since then; after the last one, set the cursor."""
        assert sync.resync_anchor is not None
        assert sync.resync_since is not None
        query = f"after:{int(sync.resync_since.timestamp())} -in:drafts -in:chats"
        page = self._gmail.messages(query, sync.resync_page)
        self.listed += len(page.ids)
        self._publish(gmail_id for gmail_id, _ in page.ids)
        if page.next_page is not None:
            return self._commit({"resync_page": page.next_page})[0]
        ended: Data = {
            "cursor": max(sync.cursor, sync.resync_anchor),
            "cursor_at": self._app.clock.now(),
            "resync_anchor": None,
            "resync_since": None,
            "resync_page": None,
        }
        return self._commit(ended)[0]

    def _publish(self, gmail_ids: Iterable[str]) -> None:
        """Return when every candidate of a page is durable; the cursor moves only after that."""
        fresh = [id for id in gmail_ids if id not in self._published]
        if fresh:
            mailbox_id = self._lease.mailbox_id
            self._app.bus.publish_all(
                MESSAGE_RECEIVED, [{"mailbox_id": mailbox_id, "gmail_id": id} for id in fresh]
            )
            self._published.update(fresh)

    def _commit(self, changes: Data, *, last: bool = False) -> tuple[Sync, bool]:
        """Write what a page moved. On the last page the lease is given back, unless a push came meanwhile.

        Raises _LeaseLost where another run holds the mailbox now.
        """
        id = self._lease.mailbox_id

        def work(tx: Transaction) -> tuple[Sync, bool]:
            found = tx.get(SYNC, id)
            sync = codec.from_document(Sync, found.data) if found else None
            if found is None or sync is None or sync.fence != self._lease.fence:
                raise _LeaseLost
            more: dict[str, Value] = dict(changes)
            if last:
                more |= {"dirty": False} if sync.dirty else {"lease_until": None}
            if more:
                tx.update(SYNC, id, more)
            return codec.from_document(Sync, {**found.data, **more}), last and not sync.dirty

        return self._app.store.transact(work)


def _wait(app: App, lease: _Lease, error: GmailError) -> None:
    """Give the lease back, and say until when Gmail is left alone; nothing is lost by waiting."""
    if isinstance(error, NeedsReauth):
        mailbox_access.lose_grant(app, lease.mailbox_id, error.reason)
        return
    passing = isinstance(error, Throttled | Down)
    now = app.clock.now()
    until = error.retry_at or now + (RETRY_AFTER if passing else BROKEN_AFTER)
    log.event(
        "WARNING" if passing else "ERROR",
        "sync.waits",
        mailbox=lease.mailbox_id,
        reason=error.reason,
    )
    _look_again(app, lease.mailbox_id, until)

    def work(tx: Transaction) -> None:
        found = tx.get(SYNC, lease.mailbox_id)
        if found is not None and found.data["fence"] == lease.fence:
            waiting: Data = {"lease_until": None, "retry_at": until, "last_error": error.reason}
            tx.update(SYNC, lease.mailbox_id, waiting)

    app.store.transact(work)


def _look_again(app: App, mailbox_id: str, when: datetime | None) -> None:
    app.bus.publish(GMAIL_PUSH, {"mailbox_id": mailbox_id}, when)


def _is_mail(candidate: Candidate) -> bool:
    """Drafts and chats are no mail; spam and trash are none until somebody moves them to the inbox."""
    labels = candidate.labels
    if labels is None or "INBOX" in labels:
        return labels is None or "DRAFT" not in labels
    return not labels & (_IGNORED | _HIDDEN)
