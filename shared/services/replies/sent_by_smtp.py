"""Replies that went out by SMTP: they stand in no Gmail mailbox, so their sealed copy stays as the message.

See docs/decisions/0031-mail-sent-by-smtp.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from shared import ids
from shared.app import App
from shared.domain import messages, replies
from shared.domain.replies import Reply
from shared.gmail.contract import RawMessage
from shared.services.mailboxes.mailbox_access import KnownMailbox
from shared.services.receiving import message_facts, message_recording

_FOR_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Kept:
    """How the mail is named here."""

    gmail_id: str
    message_id: str


def keep(app: App, known: KnownMailbox, reply_id: str, claim: Reply, raw: bytes) -> Kept:
    """Record a mail that an SMTP server took as a message of its ticket, with its text for good.

    Done once, however often it is called for one attempt. Raises Unavailable.
    """
    gmail_id = messages.BY_SMTP + replies.send_id(reply_id, claim.sendings)
    message_id = ids.message_id(claim.mailbox_id, gmail_id)
    taken = RawMessage(
        gmail_id=gmail_id,
        thread_id=claim.gmail_thread_id or gmail_id,
        labels=frozenset({"SENT"}),
        received_at=app.clock.now(),
        history_id="",
        raw=raw,
    )
    facts = message_facts.understand(
        app, message_id, claim.mailbox_id, known.identity.address, taken
    )
    if facts.body is not None:
        facts = replace(facts, body=replace(facts.body, expires_at=_FOR_EVER))
    message_recording.record(app, facts)
    return Kept(gmail_id, facts.mail.message_id)
