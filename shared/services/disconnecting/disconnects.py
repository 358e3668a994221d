"""What a disconnect would destroy, what it has destroyed, and its receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final, Literal

from shared import ids
from shared.app import App
from shared.domain import messages, notes, replies, tickets, uploads
from shared.domain.disconnects import CACHES_FORGET, PARTS, VERSIONS_FORGOTTEN, Disconnect, Grant
from shared.domain.replies import ReplyState
from shared.errors import NotFound
from shared.permissions import Actor
from shared.services.disconnecting import destroying, disconnect_steps
from shared.store.contract import Filter, Query

_UP_TO: Final = 100_000  # a read for each thousand
_DRAFTS: Final = (ReplyState.DRAFT, ReplyState.FAILED, ReplyState.NEEDS_REVIEW)
_QUEUED: Final = (ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is kept of a mailbox's mail, counted up to 100,000 each."""

    tickets: int
    messages: int
    notes: int
    queued_replies: int
    drafts: int
    files: int


@dataclass(frozen=True, slots=True)
class DisconnectView:
    """A mailbox that can be disconnected, is being destroyed, or is done with.

    `holds` is what there is to destroy, and null once it began. `destroyed` counts what went, by
    collection. Until `caches_forget_by` an instance may remember the key, until `versions_end_by`
    Firestore keeps what was deleted; neither opens in a backup. `receipt_url` is null until all is done.
    """

    EXAMPLE: ClassVar[Mapping[str, object]] = {
        "mailbox_id": ids.derived_id(ids.MAILBOX, "example"),
        "receipt_url": f"/api/admin/mailboxes/{ids.derived_id(ids.MAILBOX, 'example')}/receipt",
        "destroyed": {"messages": 412, "tickets": 120},
    }

    mailbox_id: str
    state: Literal["connected", "destroying", "done"]
    holds: Holdings | None
    grant: Grant | None
    requested_at: datetime | None
    key_destroyed_at: datetime | None
    finished_at: datetime | None
    done: int
    parts: int
    destroyed: Mapping[str, int]
    caches_forget_by: datetime | None
    versions_end_by: datetime | None
    receipt_url: str | None


def read(app: App, actor: Actor, mailbox_id: str) -> DisconnectView:
    """Return what disconnecting this mailbox would destroy, or how far that is.

    Raises NotFound("mailbox.not_found"), Forbidden("permission.missing").
    """
    destroying.require_may(app, actor, mailbox_id)
    known = disconnect_steps.load(app.store, mailbox_id)
    if known is None:
        return _view(mailbox_id, Disconnect(app.clock.now(), None, {}), _holdings(app, mailbox_id))
    return _view(mailbox_id, known, None)


def receipt(app: App, actor: Actor, mailbox_id: str) -> str:
    """Return the signed receipt. Raises NotFound("disconnect.no_receipt") until all is done."""
    destroying.require_may(app, actor, mailbox_id)
    known = disconnect_steps.load(app.store, mailbox_id)
    if known is None or known.receipt is None:
        raise NotFound("disconnect.no_receipt")
    return known.receipt


def _view(mailbox_id: str, known: Disconnect, holds: Holdings | None) -> DisconnectView:
    begun = holds is None
    finished, parts = known.finished_at, len(PARTS)
    state: Literal["connected", "destroying", "done"] = (
        "done" if finished else "destroying" if begun else "connected"
    )
    return DisconnectView(
        mailbox_id=mailbox_id,
        state=state,
        holds=holds,
        grant=known.grant,
        requested_at=known.requested_at if begun else None,
        key_destroyed_at=known.key_destroyed_at,
        finished_at=finished,
        done=parts if finished else known.part,
        parts=parts,
        destroyed=known.destroyed,
        caches_forget_by=_later(known.key_destroyed_at, CACHES_FORGET),
        versions_end_by=_later(finished, VERSIONS_FORGOTTEN),
        receipt_url=f"/api/admin/mailboxes/{mailbox_id}/receipt" if known.receipt else None,
    )


def _later(moment: datetime | None, by: timedelta) -> datetime | None:
    return None if moment is None else moment + by


def _holdings(app: App, mailbox_id: str) -> Holdings:
    def count(collection: str, *more: Filter) -> int:
        query = Query(collection, (Filter("mailbox_id", "==", mailbox_id), *more))
        return app.store.count(query, _UP_TO)

    def replies_in(states: tuple[ReplyState, ...]) -> int:
        return sum(
            count(replies.COLLECTION, Filter("state", "==", state.value)) for state in states
        )

    return Holdings(
        tickets=count(tickets.COLLECTION),
        messages=count(messages.COLLECTION),
        notes=count(notes.COLLECTION),
        queued_replies=replies_in(_QUEUED),
        drafts=replies_in(_DRAFTS),
        files=count(uploads.COLLECTION),
    )
