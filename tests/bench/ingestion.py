"""How many mails a second one core takes in, with every document written to SQLite files.

Measured is the use case of `create_ticket` (parse, classify, seal, thread, commit); Gmail's answer comes
from memory, as a mail comes from memory in the tools that this is compared with.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local.desk import Desk
from shared import codec, ids, log
from shared.app import App
from shared.domain.events import MessageReceived
from shared.domain.mailboxes import COLLECTION, Mailbox, MailboxState
from shared.gmail.contract import Identity, RawMessage
from shared.services.mailboxes import mailbox_access
from shared.services.receiving import incoming_mail

ROUNDS = 5
MAILBOX = "mb_" + "0" * 26


class GmailInMemory:
    """Answers messages.get from a mapping."""

    def __init__(self, raws: Mapping[str, bytes]) -> None:
        self._raws = raws
        self._start = datetime(2026, 1, 5, tzinfo=UTC)

    def message(self, gmail_id: str) -> RawMessage:
        """Return one message, in a Gmail thread of its own."""
        at = self._start + timedelta(seconds=int(gmail_id, 16))
        return RawMessage(
            gmail_id, gmail_id, frozenset({"INBOX"}), at, "0" * 20, self._raws[gmail_id]
        )


def ingestion() -> dict[str, object]:
    """Return messages a second over the project's own test mails."""
    folder = Path(__file__).parent.parent / "mail"
    raws = [path.read_bytes() for path in sorted(folder.rglob("*.eml"))] * ROUNDS
    # A Message-ID may come once a mailbox, or the copies would be joined as duplicates.
    mails = {
        f"{number:016x}": raw.replace(b"essage-ID: <", b"essage-ID: <%d." % number, 1).replace(
            b"essage-Id: <", b"essage-Id: <%d." % number, 1
        )
        for number, raw in enumerate(raws)
    }
    with tempfile.TemporaryDirectory() as home, open("/dev/null", "w", encoding="utf-8") as void:  # noqa: PTH123
        log.write_to(void)
        desk = Desk(Path(home), url="http://127.0.0.1:8080", google="http://localhost:8081")
        try:
            return _measure(desk, mails)
        finally:
            desk.close()
            log.write_to(None)


def _measure(desk: Desk, mails: Mapping[str, bytes]) -> dict[str, object]:
    gmail: Any = GmailInMemory(mails)
    app = App(
        desk.settings,
        "create_ticket",
        clock=desk.clock,
        store=desk.stores["(default)"],
        keyring=desk.stores["keyring"],
        bus=desk.bus,
        keys=desk.keys,
        gmail=lambda _: gmail,
    )
    _connect(app)
    started = time.process_time()
    for gmail_id in mails:
        incoming_mail.take_in(app, MessageReceived(MAILBOX, gmail_id))
    seconds = time.process_time() - started
    return {
        "messages": len(mails),
        "messages_a_second_and_core": round(len(mails) / seconds, 1),
        "ms_a_message": round(seconds / len(mails) * 1000, 2),
    }


def _connect(app: App) -> None:
    identity = Identity("1", "support@example.com", None, None)
    app.envelope.create(MAILBOX)
    mailbox = Mailbox(
        state=MailboxState.ACTIVE,
        address_token=mailbox_access.address_token(app, identity.address),
        subject_token=mailbox_access.subject_token(app, identity.subject),
        sealed=mailbox_access.seal_identity(app, MAILBOX, identity),
        credential=None,
        credential_version=1,
        connected_by=ids.random_id(ids.USER),
        connected_at=app.clock.now(),
    )
    app.store.transact(lambda tx: tx.put(COLLECTION, MAILBOX, codec.to_document(mailbox)))
