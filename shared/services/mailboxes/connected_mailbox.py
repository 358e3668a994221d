"""What connecting a mailbox writes: its key, its document, its watch and its cursor."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain.mailboxes import COLLECTION, SYNC, Mailbox, MailboxState, Sync
from shared.errors import Conflict, NotFound
from shared.gmail.contract import Identity, Tokens
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.mailboxes import mailbox_access, pausing, watching
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Query, Store, Transaction

_CONNECTED_EVER: Final = 20  # times that one account was connected and disconnected


def store(
    app: App,
    actor: Actor,
    mailbox_id: str,
    identity: Identity,
    tokens: Tokens,
    import_days: int | None = 0,
) -> None:
    """Write key, mailbox, watch and cursor, in an order in which a crash leaves nothing that misleads.

    The mailbox is stored before the watch, since a watch pushes at once. It becomes active, with its
    cursor, only after; one that stays `connecting` is finished by connecting it again. A mailbox that had
    a cursor keeps it: what came meanwhile is read from there. Raises GmailError where Gmail refuses the
    watch, NotFound where the mailbox was disconnected meanwhile; `tokens` has a refresh token.

    A new mailbox begins with what comes from now on and the mail of the last `import_days` days (None:
    all of it), which is taken in as a resync takes it in, under its own dates.
    """
    app.envelope.create(mailbox_id)
    now = app.clock.now()
    refresh_token = tokens.refresh_token
    assert refresh_token is not None

    def prepare(tx: Transaction) -> None:
        account = mailbox_access.subject_token(app, identity.subject)
        found = tx.get(COLLECTION, mailbox_id)
        living = find_living(tx, account)
        if living is not None and living[0] != mailbox_id:
            raise Conflict("oauth.connected_meanwhile")
        before = codec.from_document(Mailbox, found.data) if found else None
        _require_living(before)
        mailbox = Mailbox(
            state=before.state if before else MailboxState.CONNECTING,
            address_token=mailbox_access.address_token(app, identity.address),
            subject_token=account,
            sealed=mailbox_access.seal_identity(app, mailbox_id, identity),
            credential=mailbox_access.seal_credential(app, mailbox_id, refresh_token),
            credential_version=before.credential_version + 1 if before else 1,
            connected_by=actor.user_id,
            connected_at=before.connected_at if before else now,
            watch_expires_at=before.watch_expires_at if before else None,
            grant_expires_at=tokens.refresh_expires_at,
            version=before.version + 1 if before else 1,
        )
        tx.put(COLLECTION, mailbox_id, codec.to_document(mailbox))

    try:
        app.store.transact(prepare)
    except NotFound:  # the key that was made above is nobody's
        app.envelope.destroy(mailbox_id)
        raise
    gmail = mailbox_access.gmail_with(app, tokens.access_token)
    watch = watching.watch(gmail, app.settings.gmail_topic)

    def activate(tx: Transaction, box: Outbox) -> None:
        found = tx.get(COLLECTION, mailbox_id)
        before = tx.get(SYNC, mailbox_id)
        if found is None:
            raise NotFound("mailbox.not_found")
        mailbox = codec.from_document(Mailbox, found.data)
        _require_living(mailbox)
        audit_id = audit_log.record(
            app,
            box,
            Happened(
                Action.MAILBOX_CONNECTED,
                audit_log.person(actor),
                Target("mailbox", mailbox_id, mailbox_id),
            ),
        )
        mailbox = replace(
            mailbox,
            state=MailboxState.ACTIVE,
            watch_expires_at=watch.expires_at,
            last_error=None,
            version=mailbox.version + 1,
            last_audit_id=audit_id,
        )
        tx.put(COLLECTION, mailbox_id, codec.to_document(mailbox))
        if before is None:
            sync = Sync(
                mailbox_id=mailbox_id,
                address_token=mailbox.address_token,
                active=True,
                cursor=watch.history_id,
                cursor_at=now,
                resync_anchor=None if import_days == 0 else watch.history_id,
                resync_since=now - timedelta(days=import_days) if import_days else None,
            )
            tx.put(SYNC, mailbox_id, codec.to_document(sync))
        else:
            tx.update(
                SYNC,
                mailbox_id,
                {
                    "active": True,
                    "address_token": mailbox.address_token,
                    "lease_until": None,
                    "retry_at": None,
                    "last_error": None,
                },
            )

    outbox.commit(app, activate)
    mailbox_access.forget(app, mailbox_id)
    pausing.go_on(app, mailbox_id)


def _require_living(mailbox: Mailbox | None) -> None:
    """Raise where somebody disconnected the mailbox meanwhile: it never comes back, another one does."""
    if mailbox is not None and mailbox.state is MailboxState.DISCONNECTED:
        raise NotFound("mailbox.not_found")


def find_living(source: Store | Transaction, subject_token: str) -> tuple[str, Mailbox] | None:
    """Return id and document of the mailbox of a Google account that is not disconnected, if there is one."""
    of_account = Filter("subject_token", "==", subject_token)
    for document in source.query(Query(COLLECTION, (of_account,), limit=_CONNECTED_EVER)).documents:
        mailbox = codec.from_document(Mailbox, document.data)
        if mailbox.state is not MailboxState.DISCONNECTED:
            return document.id, mailbox
    return None
