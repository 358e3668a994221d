"""Mailboxes as administrators and agents see them: which there are, and how they are."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, cast

from shared import codec
from shared.app import App
from shared.domain import messages, reconciliations
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
from shared.domain.reconciliations import Reconciliation
from shared.errors import NotFound
from shared.permissions import Actor, Permission, allows, require_in, visible_mailboxes
from shared.services.mailboxes import mailbox_access
from shared.store.contract import Document, Filter, Order, Query

_LISTED: Final = 100


@dataclass(frozen=True, slots=True)
class Health:
    """How reading a mailbox goes. `problems` are codes; empty means that all is well."""

    received_at: datetime | None  # the newest mail that came in
    cursor_at: datetime | None
    pushed_at: datetime | None
    watch_expires_at: datetime | None
    grant_expires_at: datetime | None
    last_error: str | None
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """What the last comparison of Gmail with what is stored said, and how far one under way is.

    `missing` of `gmail` messages were not accounted for; `compared` is None where none is under way.
    """

    EXAMPLE: ClassVar[dict[str, object]] = {"gmail": 412, "missing": 0, "compared": None}

    at: datetime | None
    until: datetime | None
    gmail: int
    missing: int
    compared: int | None


@dataclass(frozen=True, slots=True)
class MailboxRow:
    """A mailbox in a list."""

    id: str
    address: str | None  # None after a disconnect: its key is destroyed
    state: MailboxState
    connected_at: datetime
    health: Health
    proof: Proof
    may_disconnect: bool
    version: int


@dataclass(frozen=True, slots=True)
class MailboxPage:
    """A page of mailboxes."""

    items: tuple[MailboxRow, ...]
    next: str | None


def list_mailboxes(app: App, actor: Actor, limit: int, cursor: str | None) -> MailboxPage:
    """Return the mailboxes that the actor may see."""
    visible = visible_mailboxes(actor, Permission.MAILBOX_READ)
    if visible is None:
        page = app.store.query(Query(COLLECTION, limit=limit, cursor=cursor))
        documents, following = list(page.documents), page.next
    else:
        ids = sorted(visible)[:_LISTED]
        found = app.store.get_all([(COLLECTION, id) for id in ids])
        documents, following = [d for d in found if d is not None], None
    syncs = app.store.get_all([(SYNC, d.id) for d in documents])
    proofs = app.store.get_all([(reconciliations.COLLECTION, d.id) for d in documents])
    rows = [_row(app, actor, *of_one) for of_one in zip(documents, syncs, proofs, strict=True)]
    return MailboxPage(tuple(rows), following)


def read_mailbox(app: App, actor: Actor, mailbox_id: str) -> MailboxRow:
    """Return one mailbox."""
    require_in(actor, Permission.MAILBOX_READ, mailbox_id, "mailbox.not_found")
    collections = (COLLECTION, SYNC, reconciliations.COLLECTION)
    document, sync, proof = app.store.get_all([(one, mailbox_id) for one in collections])
    if document is None:
        raise NotFound("mailbox.not_found")
    return _row(app, actor, document, sync, proof)


def _row(
    app: App,
    actor: Actor,
    document: Document,
    sync_document: Document | None,
    proof_document: Document | None,
) -> MailboxRow:
    mailbox = codec.from_document(Mailbox, document.data)
    sync = codec.from_document(Sync, sync_document.data) if sync_document else None
    proof = _proof(proof_document)
    address = None
    if (
        mailbox.state is not MailboxState.DISCONNECTED
    ):  # this instance may remember its key for minutes
        with suppress(NotFound):
            address = mailbox_access.identity(app, document.id, mailbox).address
    return MailboxRow(
        id=document.id,
        address=address,
        state=mailbox.state,
        connected_at=mailbox.connected_at,
        health=_health(app, document.id, mailbox, sync, proof),
        proof=proof,
        may_disconnect=mailbox.connected_by == actor.user_id
        or allows(actor, Permission.MAILBOX_DISCONNECT, document.id),
        version=mailbox.version,
    )


def _proof(document: Document | None) -> Proof:
    if document is None:
        return Proof(None, None, 0, 0, None)
    known = codec.from_document(Reconciliation, document.data)
    compared = None if known.run is None else known.run.tally.gmail
    if known.last is None:
        return Proof(None, None, 0, 0, compared)
    last = known.last
    return Proof(last.at, last.until, last.gmail, last.missing, compared)


def _newest(app: App, mailbox_id: str) -> datetime | None:
    """Return when the newest mail came in; whether any does is what people ask first. One read."""
    came_in = (
        Filter("mailbox_id", "==", mailbox_id),
        Filter("direction", "==", messages.Direction.IN.value),
    )
    newest = (Order("received_at", descending=True),)
    for document in app.store.query(Query(messages.COLLECTION, came_in, newest, limit=1)).documents:
        return cast("datetime", document.data["received_at"])
    return None


def _health(app: App, mailbox_id: str, mailbox: Mailbox, sync: Sync | None, proof: Proof) -> Health:
    problems: list[str] = []
    now = app.clock.now()
    if mailbox.state is MailboxState.NEEDS_REAUTH:
        problems.append("mailbox.needs_reauth")
    if mailbox.state is MailboxState.ACTIVE:
        if mailbox.grant_expires_at is not None:
            # The consent screen is in "Testing", or the grant is for a time: it will have to be renewed.
            problems.append("mailbox.grant_ends_by_itself")
        expires = mailbox.watch_expires_at
        if expires is None or expires <= now:
            problems.append("mailbox.watch_expired")
        elif expires - now < WATCH_ALERT:
            problems.append("mailbox.watch_expires_soon")
        if sync is not None and sync.resync_anchor is not None:
            problems.append("mailbox.resync_under_way")
        if sync is not None and sync.retry_at is not None and sync.retry_at > now:
            problems.append("mailbox.gmail_asked_to_wait")
        if sync is not None and push_is_silent(sync, now):
            problems.append("mailbox.push_silent")
        if sync is not None and cursor_is_behind(sync, now):
            problems.append("mailbox.cursor_behind")
        if proof.missing:
            problems.append("mailbox.reconcile_gap")
    return Health(
        received_at=_newest(app, mailbox_id),
        cursor_at=sync.cursor_at if sync else None,
        pushed_at=sync.pushed_at if sync else None,
        watch_expires_at=mailbox.watch_expires_at,
        grant_expires_at=mailbox.grant_expires_at,
        last_error=(sync.last_error if sync else None) or mailbox.last_error,
        problems=tuple(problems),
    )
