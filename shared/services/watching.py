"""Keeping Gmail's watches alive: they end after seven days at most, so all are renewed daily."""

from __future__ import annotations

from typing import Final

from shared import codec, log
from shared.app import App
from shared.domain.events import GMAIL_PUSH
from shared.domain.mailboxes import COLLECTION, WATCH_ALERT, Mailbox, MailboxState
from shared.gmail.contract import GmailError, NeedsReauth
from shared.services import mailbox_access
from shared.store.contract import Filter, Query

_PAGE: Final = 100


def renew_watches(app: App) -> int:
    """Renew the watch of every active mailbox, and look at each once; returns how many were renewed.

    One mailbox's failure does not stop the others. The cursor is left alone: the id that a renewal
    returns says nothing about what was read.
    """
    cursor, renewed = None, 0
    while True:
        active = Filter("state", "==", MailboxState.ACTIVE.value)
        page = app.store.query(Query(COLLECTION, (active,), limit=_PAGE, cursor=cursor))
        for document in page.documents:
            renewed += _renew(app, document.id, codec.from_document(Mailbox, document.data))
        cursor = page.next
        if cursor is None:
            return renewed


def _renew(app: App, mailbox_id: str, mailbox: Mailbox) -> int:
    try:
        watch = app.mailboxes(mailbox_id).watch(app.settings.gmail_topic)
    except GmailError as error:
        if isinstance(error, NeedsReauth):
            mailbox_access.lose_grant(app, mailbox_id, error.reason)
        expires = mailbox.watch_expires_at
        late = expires is None or expires - app.clock.now() < WATCH_ALERT
        log.event(
            "ERROR" if late else "WARNING",
            "watch.not_renewed",
            mailbox=mailbox_id,
            reason=error.reason,
        )
        return 0
    app.store.transact(
        lambda tx: tx.update(COLLECTION, mailbox_id, {"watch_expires_at": watch.expires_at})
    )
    app.bus.publish(GMAIL_PUSH, {"mailbox_id": mailbox_id})
    return 1
