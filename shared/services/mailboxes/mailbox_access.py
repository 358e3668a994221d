"""Reaching a mailbox: its document, its identity, and its Gmail with a working access token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from typing import Final

from shared import codec, log
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import mailbox_settings
from shared.domain.events import MESSAGE_RECEIVED
from shared.domain.mailbox_settings import MailboxSettings
from shared.domain.mailboxes import COLLECTION, PARKED, SYNC, Mailbox, MailboxState
from shared.domain.places import place
from shared.errors import NotFound
from shared.gmail.access import AccessTokens
from shared.gmail.contract import Gmail, Identity, NeedsReauth
from shared.keys.cache import Cache
from shared.services import audit_log, outbox
from shared.services.mailboxes.fetch_gate import FetchGate
from shared.services.outbox import Outbox
from shared.store.contract import SERVER_TIME, Data, Document, Filter, Query, Transaction

KNOWN_SECONDS: Final = 30.0
UNAUTHORIZED: Final = "unauthorized"  # the reason of a 401 that a fresh token does not mend
_MAILBOXES: Final = 1024
_PARKED_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class KnownMailbox:
    """A mailbox as it was at most 30 seconds ago, with its identity opened."""

    id: str
    mailbox: Mailbox
    identity: MailboxIdentity
    settings: MailboxSettings


@dataclass(frozen=True, slots=True)
class MailboxIdentity:
    """Which Google account it is."""

    address: str
    subject: str


class MailboxAccess:
    """Gives the Gmail of a mailbox, and remembers mailboxes and access tokens in memory."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._versions: dict[str, int] = {}  # of the credential that a mailbox's token came from
        self.gate = FetchGate(app.clock)
        self._known: Cache[KnownMailbox] = Cache(
            app.clock, size=_MAILBOXES, lifetime_seconds=lambda _: KNOWN_SECONDS
        )

    @cached_property
    def _tokens(self) -> AccessTokens:
        return AccessTokens(self._app.oauth, self._app.clock)  # most functions never ask for one

    def __call__(self, mailbox_id: str) -> Gmail:
        """Return the Gmail of this mailbox; its token is refreshed when a call needs it."""
        return self._app.gmail(lambda force: self._access_token(mailbox_id, force))

    def known(self, mailbox_id: str) -> KnownMailbox:
        """Return the mailbox as it was at most 30 s ago. Raises NotFound("mailbox.not_found")."""

        def read() -> KnownMailbox:
            mailbox = load(self._app, mailbox_id)
            keys = [(SYNC, mailbox_id), (mailbox_settings.COLLECTION, mailbox_id)]
            sync, stored = self._app.store.get_all(keys)
            settings = (
                MailboxSettings()
                if stored is None
                else codec.from_document(MailboxSettings, stored.data)
            )
            if sync is not None and isinstance(until := sync.data["retry_at"], datetime):
                self.gate.close(mailbox_id, until)
            self._app.service_terms.remember(mailbox_id, settings, mailbox.connected_at)
            who = identity(self._app, mailbox_id, mailbox)
            return KnownMailbox(mailbox_id, mailbox, who, settings)

        return self._known.get(mailbox_id, read)

    def version_in_use(self, mailbox_id: str) -> int | None:
        """Return the version of the credential that this instance works with, None before the first."""
        return self._versions.get(mailbox_id)

    def forget(self, mailbox_id: str) -> None:
        """Drop what is remembered of a mailbox."""
        if "_tokens" in self.__dict__:
            self._tokens.discard(mailbox_id)
        self._known.discard(mailbox_id)
        self._app.service_terms.forget(mailbox_id)

    def forget_expired(self) -> None:
        """Let go of mailboxes and tokens that are used no more without being asked for again."""
        if "_tokens" in self.__dict__:
            self._tokens.forget_expired()
        self._known.forget_expired()

    def _access_token(self, mailbox_id: str, force: bool) -> str:
        version = 0

        def refresh_token() -> str:
            nonlocal version
            mailbox = load(self._app, mailbox_id)
            version = self._versions[mailbox_id] = mailbox.credential_version
            if mailbox.credential is None or mailbox.state is MailboxState.DISCONNECTED:
                raise NeedsReauth("no_credential")
            opened = self._app.envelope.open(
                mailbox_id, place(COLLECTION, mailbox_id, "credential"), mailbox.credential
            )
            assert isinstance(opened, str)
            return opened

        try:
            return self._tokens.get(mailbox_id, refresh_token, force=force)
        except NeedsReauth as error:
            if version:
                mark_needs_reauth(self._app, mailbox_id, version, error.reason)
            raise


def load(app: App, mailbox_id: str) -> Mailbox:
    """Return a mailbox's document. Raises NotFound("mailbox.not_found")."""
    found = app.store.get(COLLECTION, mailbox_id)
    if found is None:
        raise NotFound("mailbox.not_found")
    return codec.from_document(Mailbox, found.data)


def known(app: App, mailbox_id: str) -> KnownMailbox:
    """Return a mailbox as it was at most 30 s ago: enough to take in mail, at no read."""
    return app.mailboxes.known(mailbox_id)


def forget(app: App, mailbox_id: str) -> None:
    """Drop what this instance remembers of a mailbox."""
    app.mailboxes.forget(mailbox_id)


def gmail_with(app: App, access_token: str) -> Gmail:
    """Return Gmail with a token that was just granted and is not stored yet."""

    def token(force: bool) -> str:
        if force:
            raise NeedsReauth("token_refused")
        return access_token

    return app.gmail(token)


def identity(app: App, mailbox_id: str, mailbox: Mailbox) -> MailboxIdentity:
    """Open who a mailbox is."""
    opened = app.envelope.open(mailbox_id, place(COLLECTION, mailbox_id), mailbox.sealed)
    assert isinstance(opened, Mapping)
    return MailboxIdentity(address=str(opened["address"]), subject=str(opened["subject"]))


def seal_identity(app: App, mailbox_id: str, identity: Identity) -> str:
    """Seal who a mailbox is."""
    return app.envelope.seal(
        mailbox_id,
        place(COLLECTION, mailbox_id),
        {"address": identity.address, "subject": identity.subject},
    )


def seal_credential(app: App, mailbox_id: str, refresh_token: str) -> str:
    """Seal a mailbox's refresh token."""
    return app.envelope.seal(mailbox_id, place(COLLECTION, mailbox_id, "credential"), refresh_token)


def address_token(app: App, address: str) -> str:
    """Return the organisation's equality token of a mailbox's address."""
    return app.envelope.organisation_token("mailbox.address", address.strip().lower())


def subject_token(app: App, subject: str) -> str:
    """Return the organisation's equality token of a Google account."""
    return app.envelope.organisation_token("mailbox.subject", subject)


def lose_grant(app: App, mailbox_id: str, reason: str) -> bool:
    """Note that Gmail refused the grant that this instance works with.

    Returns False where the mailbox works on: with a newer grant that somebody gave meanwhile, or because
    Gmail refused an access token only. What that is worth, the next refresh says.
    """
    version = app.mailboxes.version_in_use(mailbox_id)
    if version is not None and reason != UNAUTHORIZED:
        mark_needs_reauth(app, mailbox_id, version, reason)
    forget(app, mailbox_id)
    return load(app, mailbox_id).state is not MailboxState.ACTIVE


def brake(app: App, mailbox_id: str, until: datetime) -> None:
    """Let all instances leave a mailbox alone until then, because Gmail takes no more."""
    if not app.mailboxes.gate.close(mailbox_id, until):
        return

    def work(tx: Transaction) -> None:
        found = tx.get(SYNC, mailbox_id)
        if found is None:
            return
        known = found.data["retry_at"]
        if not isinstance(known, datetime) or known < until:
            tx.update(SYNC, mailbox_id, {"retry_at": until})

    app.store.transact(work)


def mark_needs_reauth(app: App, mailbox_id: str, credential_version: int, reason: str) -> None:
    """Remove a dead credential, unless a newer one stands there already, and stop polling.

    Key, cursor and tickets stay: after the owner connects again, reading goes on from the cursor.
    """

    def work(tx: Transaction, box: Outbox) -> bool:
        found = tx.get(COLLECTION, mailbox_id)
        sync = tx.get(SYNC, mailbox_id)
        if found is None:
            return False
        mailbox = codec.from_document(Mailbox, found.data)
        if mailbox.credential_version != credential_version or mailbox.state not in (
            MailboxState.ACTIVE,
            MailboxState.PAUSED,
        ):
            return False
        audit_id = audit_log.record(
            app,
            box,
            Happened(
                Action.MAILBOX_NEEDS_REAUTH,
                audit_log.function(app),
                Target("mailbox", mailbox_id, mailbox_id),
                reason=reason,
            ),
        )
        mailbox = replace(
            mailbox,
            state=MailboxState.NEEDS_REAUTH,
            credential=None,
            last_error=reason,
            version=mailbox.version + 1,
            last_audit_id=audit_id,
        )
        tx.put(COLLECTION, mailbox_id, codec.to_document(mailbox))
        if sync is not None:
            ended: Data = {"active": False, "lease_until": None, "last_error": None}
            tx.update(SYNC, mailbox_id, ended)
        return True

    if outbox.commit(app, work):
        log.event("ERROR", "mailbox.needs_reauth", mailbox=mailbox_id, reason=reason)
        forget(app, mailbox_id)


def park(app: App, mailbox_id: str, gmail_id: str, document_id: str) -> bool:
    """Keep the id of a message that cannot be fetched until its mailbox works again.

    Returns False where it works already, or never will: whoever brought it back has released what was
    parked, and nobody would release what comes after.
    """

    def work(tx: Transaction) -> bool:
        found = tx.get(COLLECTION, mailbox_id)
        if found is None or found.data["state"] in (MailboxState.ACTIVE, MailboxState.DISCONNECTED):
            return False
        row: Data = {
            "mailbox_id": mailbox_id,
            "gmail_id": gmail_id,
            "parked_at": SERVER_TIME,
        }
        tx.put(PARKED, document_id, row)
        return True

    return app.store.transact(work)


def release_parked(app: App, mailbox_id: str) -> int:
    """Publish the parked messages of a mailbox and forget them; returns how many.

    A row goes only after its event is on the bus, so a crash in between repeats an event.
    """
    released = 0
    while True:
        page = app.store.query(
            Query(PARKED, (Filter("mailbox_id", "==", mailbox_id),), limit=_PARKED_PAGE)
        )
        if not page.documents:
            return released
        app.bus.publish_all(
            MESSAGE_RECEIVED,
            [
                {"mailbox_id": mailbox_id, "gmail_id": row.data["gmail_id"]}
                for row in page.documents
            ],
        )

        app.store.transact(partial(_forget_rows, rows=page.documents))
        released += len(page.documents)


def _forget_rows(tx: Transaction, rows: Sequence[Document]) -> None:
    """Delete rows as they were read: one that was parked once more meanwhile stays."""
    now = tx.get_all([(PARKED, row.id) for row in rows])
    for row, found in zip(rows, now, strict=True):
        if found is not None and found.data["parked_at"] == row.data["parked_at"]:
            tx.delete(PARKED, row.id)
