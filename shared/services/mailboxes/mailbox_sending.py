"""By which server a mailbox's replies go out: Gmail's own API, or an SMTP server that an administrator names.

The server with its password is the member "smtp" of the mailbox's sealed settings, so that it goes with the
mailbox's key. It is stored after we have connected to it and signed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import mailboxes
from shared.domain.mailbox_settings import COLLECTION, MailboxSettings
from shared.domain.places import place
from shared.errors import Conflict, NotFound
from shared.permissions import Actor, Permission, require_in
from shared.services import audit_log, outbox
from shared.services.accounts import step_up
from shared.services.mailboxes import mailbox_access, mailbox_settings
from shared.services.outbox import Outbox
from shared.smtp.contract import SmtpServer
from shared.store.contract import Reader, Transaction

_MEMBER: Final = "smtp"


@dataclass(frozen=True, slots=True)
class SendingServer:
    """A mailbox's SMTP server without its password."""

    host: str
    port: int
    security: Literal["tls", "starttls"]
    sender: str
    username: str


@dataclass(frozen=True, slots=True)
class SendingView:
    """How a mailbox sends: by `server`, or by Gmail where it is null. `version` is the settings'."""

    server: SendingServer | None
    version: int


def server_of(app: App, mailbox_id: str) -> SmtpServer | None:
    """Return the server that a mailbox sends by, None where it sends by Gmail.

    As of 30 seconds ago at most, so it costs no read while the mailbox is known. Raises
    NotFound("mailbox.not_found").
    """
    settings = mailbox_access.known(app, mailbox_id).settings
    return _server(mailbox_settings.opened(app, mailbox_id, settings))


def is_by_smtp(app: App, mailbox_id: str) -> bool:
    """Say whether a mailbox sends by a server of its own now; False where its content was destroyed."""
    settings = mailbox_settings.current(app, mailbox_id)
    try:
        return _server(mailbox_settings.opened(app, mailbox_id, settings)) is not None
    except NotFound:
        return False


def show(app: App, actor: Actor, mailbox_id: str) -> SendingView:
    """Return how a mailbox sends. Raises NotFound, Forbidden."""
    require_in(actor, Permission.MAILBOX_CONNECT, mailbox_id, "mailbox.not_found")
    settings = _load(app.store, mailbox_id)
    return _view(settings, mailbox_settings.opened(app, mailbox_id, settings))


def use(app: App, actor: Actor, mailbox_id: str, server: SmtpServer, version: int) -> SendingView:
    """Let a mailbox send by this server from now on; it counts everywhere within 30 seconds.

    Nothing is stored before the server has let us in. Raises Forbidden("step_up.required"), NotFound,
    Conflict("mailbox_settings.changed_meanwhile"), and what `Smtp.check` raises.
    """
    _authorise(app, actor, mailbox_id)
    _require_version(_load(app.store, mailbox_id), version)
    app.smtp_by(lambda: server).check()
    return _change(app, actor, mailbox_id, asdict(server), version)


def use_gmail(app: App, actor: Actor, mailbox_id: str, version: int) -> SendingView:
    """Let a mailbox send by Gmail again; the server and its password are forgotten.

    Raises Forbidden("step_up.required"), NotFound, Conflict("mailbox_settings.changed_meanwhile").
    """
    _authorise(app, actor, mailbox_id)
    return _change(app, actor, mailbox_id, None, version)


def _authorise(app: App, actor: Actor, mailbox_id: str) -> None:
    require_in(actor, Permission.MAILBOX_CONNECT, mailbox_id, "mailbox.not_found")
    step_up.require(app, actor)


def _change(
    app: App, actor: Actor, mailbox_id: str, server: Mapping[str, Any] | None, version: int
) -> SendingView:
    def work(tx: Transaction, box: Outbox) -> SendingView:
        before = _load(tx, mailbox_id)
        _require_version(before, version)
        members = mailbox_settings.opened(app, mailbox_id, before)
        if members.pop(_MEMBER, None) is None and server is None:
            return _view(before, members)
        if server is not None:
            members[_MEMBER] = dict(server)
        happened = Happened(
            Action.MAILBOX_SENDING_CHANGED,
            audit_log.person(actor),
            Target("mailbox", mailbox_id, mailbox_id),
            reason="gmail" if server is None else "smtp",
        )
        after = replace(
            before,
            sealed=app.envelope.seal(mailbox_id, place(COLLECTION, mailbox_id), members),
            version=before.version + 1,
            changed_by=actor.user_id,
            last_audit_id=audit_log.record(app, box, happened),
        )
        tx.put(COLLECTION, mailbox_id, codec.to_document(after))
        return _view(after, members)

    view = outbox.commit(app, work)
    mailbox_access.forget(app, mailbox_id)
    return view


def _load(reader: Reader, mailbox_id: str) -> MailboxSettings:
    keys = [(mailboxes.COLLECTION, mailbox_id), (COLLECTION, mailbox_id)]
    mailbox, stored = reader.get_all(keys)
    if mailbox is None or mailbox.data["state"] == mailboxes.MailboxState.DISCONNECTED:
        raise NotFound("mailbox.not_found")
    if stored is None:
        return MailboxSettings()
    return codec.from_document(MailboxSettings, stored.data)


def _require_version(settings: MailboxSettings, version: int) -> None:
    if settings.version != version:
        raise Conflict(
            "mailbox_settings.changed_meanwhile",
            version=settings.version,
            changed_by=settings.changed_by or "",
        )


def _server(members: Mapping[str, Any]) -> SmtpServer | None:
    value = members.get(_MEMBER)
    return None if value is None else codec.decode(SmtpServer, value)


def _view(settings: MailboxSettings, members: Mapping[str, Any]) -> SendingView:
    server = _server(members)
    shown = None
    if server is not None:
        shown = SendingServer(
            server.host, server.port, server.security, server.sender, server.username
        )
    return SendingView(shown, settings.version)
