"""Keeping Gmail's watches alive: they end after seven days at most, so all are renewed daily."""

from __future__ import annotations

from typing import Final

from shared import codec, log
from shared.app import App
from shared.domain.events import GMAIL_PUSH
from shared.domain.mailboxes import COLLECTION, WATCH_ALERT, Mailbox, MailboxState
from shared.errors import ProductError
from shared.gmail.contract import Gmail, GmailError, Misconfigured, NeedsReauth, Watch
from shared.services.mailboxes import mailbox_access
from shared.store.contract import Filter, Query

_PAGE: Final = 100


def renew_watches(app: App) -> int:
    """Renew the watch of every active mailbox, and look at each once; returns how many were renewed.

    One mailbox's failure does not stop the others; what our own store or bus refused is raised at the
    end, so that the tick is repeated. The cursor is left alone: the id that a renewal returns says
    nothing about what was read.
    """
    cursor, renewed, failure = None, 0, None
    while True:
        active = Filter("state", "==", MailboxState.ACTIVE.value)
        page = app.store.query(Query(COLLECTION, (active,), limit=_PAGE, cursor=cursor))
        for document in page.documents:
            try:
                renewed += _renew(app, document.id, codec.from_document(Mailbox, document.data))
            except ProductError as error:
                log.event("ERROR", "watch.not_renewed", mailbox=document.id, reason=error.code)
                failure = error if error.retried else failure
        cursor = page.next
        if cursor is None:
            break
    if failure is not None:
        raise failure
    return renewed


def watch(gmail: Gmail, topic: str) -> Watch:
    """Begin or renew a watch. Another client's is stopped first, once: Gmail allows a project only one."""
    try:
        return gmail.watch(topic)
    except Misconfigured as error:
        if error.reason != "other_watch_client":
            raise
        gmail.stop()
        return gmail.watch(topic)


def _renew(app: App, mailbox_id: str, mailbox: Mailbox) -> int:
    try:
        renewed = watch(app.mailboxes(mailbox_id), app.settings.gmail_topic)
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
        lambda tx: tx.update(COLLECTION, mailbox_id, {"watch_expires_at": renewed.expires_at})
    )
    app.bus.publish(GMAIL_PUSH, {"mailbox_id": mailbox_id})
    return 1
