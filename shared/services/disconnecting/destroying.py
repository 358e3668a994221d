"""Disconnecting a mailbox: its key is destroyed first, then Google's grant, then what both were for.

The order is what makes it safe. An order to do it stands in the store before anything is gone, so that
whatever dies is taken over by the function `erase`. The key goes before everything else: from then on
nothing opens, in no backup either. The refresh token is in memory only by then; where the instance dies
with it, the grant's fate is `unknown`, and its owner is told where to look.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from shared import codec, log
from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.domain import legal_holds
from shared.domain.disconnects import Disconnect, Grant
from shared.domain.events import ERASURE_REQUESTED
from shared.domain.mailboxes import COLLECTION, SYNC, Mailbox, MailboxState, Sync
from shared.domain.places import place
from shared.errors import Conflict, Forbidden, NotFound
from shared.gmail.contract import GmailError
from shared.permissions import Actor, Permission, allows
from shared.services import audit_log, outbox
from shared.services.accounts import step_up
from shared.services.disconnecting import disconnect_steps
from shared.services.mailboxes import mailbox_access
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Query, Transaction

_TRIES: Final = 3
_DEADLINE_SECONDS: Final = 5.0


def disconnect(app: App, actor: Actor, mailbox_id: str) -> None:
    """Let a person disconnect a mailbox; returns when its key is destroyed and Google was asked.

    An administrator may, and whoever connected it. Raises NotFound("mailbox.not_found"), Forbidden
    ("permission.missing") and ("step_up.required"), Conflict("mailbox.on_hold"), Unavailable: asking again
    goes on where it stopped.
    """
    require_may(app, actor, mailbox_id)
    step_up.require(app, actor)
    destroy(app, mailbox_id, audit_log.person(actor), actor.user_id, unless_held=True)


def require_may(app: App, actor: Actor, mailbox_id: str) -> None:
    """Raise unless the actor may disconnect this mailbox and read what became of it.

    NotFound("mailbox.not_found") to who may disconnect any; Forbidden to others, also of what is none.
    """
    found = app.store.get(COLLECTION, mailbox_id)
    if allows(actor, Permission.MAILBOX_DISCONNECT, mailbox_id):
        if found is None:
            raise NotFound("mailbox.not_found")
    elif found is None or found.data["connected_by"] != actor.user_id or actor.by_token:
        raise Forbidden("permission.missing", permission=Permission.MAILBOX_DISCONNECT.value)


def destroy(
    app: App, mailbox_id: str, who: Who, user_id: str | None = None, *, unless_held: bool = False
) -> None:
    """Destroy a mailbox's key, give its grant back, and have its content cleared, step by step.

    Idempotent: what was done is not done again, and a step that nobody does is asked for once more. So
    it also brings a store that was restored from a backup to where it was. `unless_held`: a legal hold
    on the mailbox or on a ticket of it lets nothing begin.
    Raises NotFound("mailbox.not_found"), Unavailable.
    """
    begun, mailbox = _begin(app, mailbox_id, who, user_id, unless_held)
    if begun.key_destroyed_at is None:
        token = _refresh_token(app, mailbox_id, mailbox)
        app.envelope.destroy(mailbox_id)
        mailbox_access.forget(app, mailbox_id)  # other instances do within five minutes
        grant = _give_back(app, mailbox, token)
        _conclude(app, mailbox_id, grant)
        return
    app.envelope.destroy(mailbox_id)  # what came back since, it did by mistake
    mailbox_access.forget(app, mailbox_id)
    if begun.swept_at is None:
        event = codec.to_json(disconnect_steps.event_of(mailbox_id, begun))
        app.bus.publish(ERASURE_REQUESTED, event, begun.due_at)


def _begin(
    app: App, mailbox_id: str, who: Who, user_id: str | None, unless_held: bool
) -> tuple[Disconnect, Mailbox]:
    """Write the order, once, and stop all work on the mailbox; return it and the mailbox as it was."""

    def work(tx: Transaction, box: Outbox) -> tuple[Disconnect, Mailbox]:
        found = tx.get(COLLECTION, mailbox_id)
        if found is None:
            raise NotFound("mailbox.not_found")
        mailbox = codec.from_document(Mailbox, found.data)
        known = disconnect_steps.load(tx, mailbox_id)
        if known is not None:
            return known, mailbox
        of_mailbox = Filter("mailbox_id", "==", mailbox_id)
        if (
            unless_held
            and tx.query(Query(legal_holds.COLLECTION, (of_mailbox,), limit=1)).documents
        ):
            raise Conflict("mailbox.on_hold")
        sync = tx.get(SYNC, mailbox_id)
        begun = Disconnect(app.clock.now(), user_id, codec.to_document(who))
        state, version = MailboxState.DISCONNECTED, mailbox.version + 1
        tx.update(COLLECTION, mailbox_id, {"state": state.value, "version": version})
        if sync is not None:
            # A run that is at work finds another fence, and writes nothing more.
            fence = codec.from_document(Sync, sync.data).fence + 1
            tx.update(SYNC, mailbox_id, {"active": False, "fence": fence, "lease_until": None})
        disconnect_steps.put(tx, mailbox_id, begun)
        disconnect_steps.announce(box, mailbox_id, begun)
        return begun, mailbox

    return outbox.commit(app, work)


def _refresh_token(app: App, mailbox_id: str, mailbox: Mailbox) -> str | None:
    """Open the refresh token while that is possible."""
    from shared.keys.laravel import Unopenable  # noqa: PLC0415 - loads cryptography

    if mailbox.credential is None:
        return None
    try:
        opened: Any = app.envelope.open(
            mailbox_id, place(COLLECTION, mailbox_id, "credential"), mailbox.credential
        )
    except (NotFound, Unopenable):
        return None
    return str(opened)


def _give_back(app: App, mailbox: Mailbox, token: str | None) -> Grant:
    """Stop the watch and revoke the grant; a Google that does not answer holds nothing up."""
    if token is None:
        return Grant.NONE if mailbox.credential is None else Grant.UNKNOWN
    try:
        access = app.oauth.refresh(token).access_token
        mailbox_access.gmail_with(app, access).stop()
    except (
        GmailError
    ) as error:  # it ends by itself, and its pushes name a mailbox that nobody knows
        log.event("WARNING", "watch.not_stopped", reason=error.reason)
    until = app.clock.monotonic() + _DEADLINE_SECONDS
    for _ in range(_TRIES):
        left = until - app.clock.monotonic()
        if left <= 0:
            break
        try:
            if app.oauth.revoke(token, left):
                return Grant.REVOKED
        except GmailError as error:
            log.event("WARNING", "grant.not_revoked", reason=error.reason)
    return Grant.UNREACHED


def _conclude(app: App, mailbox_id: str, grant: Grant) -> None:
    """Delete the tokens, record what happened, and have the rest cleared."""

    def work(tx: Transaction, box: Outbox) -> None:
        found, known = tx.get(COLLECTION, mailbox_id), disconnect_steps.load(tx, mailbox_id)
        if found is None or known is None or known.key_destroyed_at is not None:
            return
        mailbox = codec.from_document(Mailbox, found.data)
        happened = Happened(
            Action.MAILBOX_DISCONNECTED,
            codec.decode(Who, dict(known.who)),
            Target("mailbox", mailbox_id, mailbox_id),
            reason=grant.value,
        )
        audit_id = audit_log.record(app, box, happened)
        gone = replace(
            mailbox,
            address_token="",
            subject_token="",
            credential=None,
            watch_expires_at=None,
            grant_expires_at=None,
            last_error=None,
            version=mailbox.version + 1,
            last_audit_id=audit_id,
        )
        tx.put(COLLECTION, mailbox_id, codec.to_document(gone))
        tx.delete(SYNC, mailbox_id)
        tx.delete(outbox.COLLECTION, disconnect_steps.row_id(mailbox_id, known.step))
        after = replace(
            known, grant=grant, key_destroyed_at=app.clock.now(), last_audit_id=audit_id
        )
        disconnect_steps.follow(tx, box, mailbox_id, known, after)

    outbox.commit(app, work)
