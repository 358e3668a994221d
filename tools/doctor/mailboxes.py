"""Checks of each connected mailbox: its grant and scopes, its watch, its pushes, its cursor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from shared import codec
from shared.app import App
from shared.domain.mailboxes import (
    COLLECTION,
    SYNC,
    WATCH_ALERT,
    Mailbox,
    MailboxState,
    Sync,
    cursor_is_behind,
    push_is_silent,
)
from shared.domain.places import place
from shared.errors import ProductError
from shared.gmail.contract import GmailError, Misconfigured, missing_scopes
from shared.keys.laravel import Unopenable
from shared.store.contract import Filter, Query
from tools.doctor.finding import Finding, fault, fine
from tools.doctor.outside import Outside

_MOST: Final = 200
_RECONNECT: Final = "let its owner connect it again, in the administration"
_RENEW: Final = "gcloud scheduler jobs run tick-watches, then look at the log of `renew_watches`"


def mailboxes(app: App, outside: Outside) -> Iterator[Finding]:
    """Look over every mailbox that is connected or was; named by its id, since an address is personal."""
    del outside
    found = app.store.query(Query(COLLECTION, limit=_MOST)).documents
    if not found:
        yield fine("mailboxes", "none is connected yet")
    for document in found:
        mailbox = codec.from_document(Mailbox, document.data)
        if mailbox.state in (MailboxState.DISCONNECTED, MailboxState.PAUSED):
            continue
        faults = [
            *_grant(app, document.id, mailbox),
            *_watch(app, mailbox),
            *_sync(app, document.id),
        ]
        for says, do in faults:
            yield fault(f"mailbox {document.id}", says, do)
        if not faults:
            yield fine(f"mailbox {document.id}", "granted, watched and told")


def _grant(app: App, mailbox_id: str, mailbox: Mailbox) -> Iterator[tuple[str, str]]:
    if mailbox.state is MailboxState.NEEDS_REAUTH or mailbox.credential is None:
        yield "has to be connected again", _RECONNECT
        return
    if mailbox.grant_expires_at is not None:
        yield "its grant ends by itself", "publish the consent screen, then connect it again"
    try:
        opened = app.envelope.open(
            mailbox_id, place(COLLECTION, mailbox_id, "credential"), mailbox.credential
        )
    except (ProductError, Unopenable):
        yield "its token does not open", "is its key in the keyring, and app-key as it was?"
        return
    try:
        granted = app.oauth.refresh(str(opened)).scopes
    except Misconfigured:
        yield "Google does not know our client", "CMO_OAUTH_CLIENT_ID and oauth-client-secret"
    except GmailError as error:
        yield f"Google refuses its grant: {error.reason}", _RECONNECT
    else:
        if missing := missing_scopes(granted):
            short = ", ".join(scope.rpartition("/")[2] for scope in missing)
            yield f"lacks the scopes {short}", _RECONNECT


def _watch(app: App, mailbox: Mailbox) -> Iterator[tuple[str, str]]:
    if mailbox.state is not MailboxState.ACTIVE:
        return
    if mailbox.watch_expires_at is None or mailbox.watch_expires_at < app.clock.now():
        yield "Gmail does not watch it: mail comes by polls alone", _RENEW
    elif mailbox.watch_expires_at - app.clock.now() < WATCH_ALERT:
        yield "its watch ends within two days", _RENEW


def _sync(app: App, mailbox_id: str) -> Iterator[tuple[str, str]]:
    found = app.store.query(
        Query(SYNC, (Filter("mailbox_id", "==", mailbox_id),), limit=1)
    ).documents
    if not found:
        return
    sync, now = codec.from_document(Sync, found[0].data), app.clock.now()
    if push_is_silent(sync, now):
        yield "polls find mail that no push told of", f"the topic's grant to Gmail; {_RENEW}"
    if cursor_is_behind(sync, now):
        yield "news is not listed for half an hour", "the log of `gmail_push`; its dead letters"
