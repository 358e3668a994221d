"""What the organisation decides for itself: today, by which server its own mail goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final, Literal

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.domain.places import place
from shared.errors import Conflict
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.organisation import system_mail
from shared.services.outbox import Outbox
from shared.smtp.contract import SmtpServer
from shared.store.contract import Transaction

COLLECTION: Final = "settings"
SMTP: Final = "smtp"
OWNER: Final = "o_organisation"  # whose data key seals what belongs to nobody in particular


@dataclass(frozen=True, slots=True)
class SmtpView:
    """The server as it is shown: everything but the password."""

    host: str
    port: int
    security: Literal["tls", "starttls"]
    sender: str
    username: str
    version: int


def smtp_server(app: App) -> SmtpServer | None:
    """Return the server with its password opened, or None where none was named yet. One read."""
    found = app.store.get(COLLECTION, SMTP)
    if found is None:
        return None
    opened = app.envelope.open(OWNER, place(COLLECTION, SMTP), str(found.data["sealed"]))
    assert isinstance(opened, Mapping)
    return codec.decode(SmtpServer, opened)


def show_smtp(app: App) -> SmtpView | None:
    """Return the server without its password."""
    found = app.store.get(COLLECTION, SMTP)
    server = smtp_server(app)
    if found is None or server is None:
        return None
    version = found.data["version"]
    assert isinstance(version, int)
    return SmtpView(
        server.host, server.port, server.security, server.sender, server.username, version
    )


def set_smtp(
    app: App,
    who: Actor | Who,
    server: SmtpServer,
    test_address: str,
    version: int | None = None,
) -> None:
    """Take a server over after it has accepted a mail to `test_address`.

    Nothing is stored before that mail was accepted, so a mistake leaves the old server in place. Raises
    what the sending raises, and Conflict("smtp.changed_meanwhile") where `version` is not the current one
    (0: none was named yet).
    """
    trial = app.smtp_by(lambda: server)
    system_mail.send_by(app, trial, to=test_address, kind="smtp_test", language="en")
    app.envelope.create(OWNER)
    sealed = app.envelope.seal(OWNER, place(COLLECTION, SMTP), asdict(server))

    def work(tx: Transaction, box: Outbox) -> None:
        found = tx.get(COLLECTION, SMTP)
        current = found.data["version"] if found else 0
        assert isinstance(current, int)
        if version is not None and version != current:
            raise Conflict("smtp.changed_meanwhile", version=current)
        audit_id = audit_log.record(
            app,
            box,
            Happened(
                Action.SMTP_CHANGED,
                who if isinstance(who, Who) else audit_log.person(who),
                Target("organisation", SMTP),
            ),
        )
        tx.put(
            COLLECTION,
            SMTP,
            {"sealed": sealed, "version": current + 1, "last_audit_id": audit_id},
        )

    outbox.commit(app, work)
