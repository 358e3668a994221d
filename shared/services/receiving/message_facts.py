"""What one raw Gmail message means for the desk: understood, tokenised and sealed, before any write."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from shared import log
from shared.app import App
from shared.domain import messages, replies, tickets
from shared.domain.arrivals import Arrival
from shared.domain.messages import (
    BODY_CACHE_BYTES,
    BODY_CACHE_HOURS,
    MAX_TOKENS,
    Direction,
    Message,
    StoredAttachment,
    ThreadReason,
)
from shared.domain.places import place
from shared.domain.replies import Reply
from shared.gmail.contract import RawMessage
from shared.mail import thread
from shared.mail.addresses import Address
from shared.mail.classify import Classification, classify
from shared.mail.parse import ParsedMail, parse
from shared.mail.visible import Visible, visible
from shared.services.customers import customer_matching
from shared.services.receiving import message_fields
from shared.services.receiving.message_fields import MAX_ADDRESSES, MAX_ATTACHMENTS
from shared.services.replies import sent_mail

_MUTED: Final = frozenset({"bounce", "out_of_office", "automatic", "report"})


@dataclass(frozen=True, slots=True)
class CachedBody:
    """The document of a body in the cache; `sealed` is {"text", "html", "visible", "quoted", ...}."""

    mailbox_id: str
    sealed: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is written of a message, but for what its ticket decides."""

    message_id: str
    mailbox_id: str
    gmail_id: str
    gmail_thread_id: str
    direction: Direction
    kind: str
    muted: bool
    reasons: tuple[str, ...]
    problems: tuple[str, ...]
    arrival: Arrival
    size: int
    message_token: str
    thread_tokens: tuple[str, ...]
    sender_token: str
    # In clear, in memory only, to find our own signed ids; of a mail of ours its own comes first.
    references: tuple[str, ...]
    subject_codes: tuple[str, ...]
    may_use_code: bool
    mail: ParsedMail
    sealed: str
    body: CachedBody | None
    customer_token: str | None  # of the sender's address, where the sender is a customer
    reply_id: str | None  # the reply of this desk that a sent mail says it is
    customer: Address | None = None  # whose mail it is, where one of our people passed it on

    def of(self, customer_id: str | None) -> Facts:
        """Return the same, now that it is known whose mail it is."""
        return replace(self, arrival=replace(self.arrival, customer_id=customer_id))

    def message(
        self,
        ticket_id: str,
        reason: ThreadReason,
        duplicate_of: str | None,
        reply: tuple[str, Reply] | None,
    ) -> Message:
        """Return the message's document, now that its ticket is known, and the reply that it is."""
        return Message(
            mailbox_id=self.mailbox_id,
            ticket_id=ticket_id,
            gmail_id=self.gmail_id,
            gmail_thread_id=self.gmail_thread_id,
            direction=self.direction,
            kind=self.kind,
            muted=self.muted,
            thread_reason=reason,
            reasons=self.reasons,
            problems=self.problems,
            received_at=self.arrival.received_at,
            size=self.size,
            message_token=self.message_token,
            thread_tokens=self.thread_tokens,
            sender_token=self.sender_token,
            people=self.arrival.people,
            sender_trusted=self.mail.sender_trusted,
            authentication={
                "spf": self.mail.authentication.spf,
                "dkim": self.mail.authentication.dkim,
                "dmarc": self.mail.authentication.dmarc,
            },
            attachments=tuple(
                StoredAttachment(a.part, a.media_type, a.size, a.inline, a.content_id or None)
                for a in self.mail.attachments[:MAX_ATTACHMENTS]
            ),
            sealed=self.sealed,
            duplicate_of=duplicate_of,
            reply_id=reply[0] if reply else None,
            author_id=reply[1].author_id if reply else None,
            customer_id=self.arrival.customer_id,
            in_gmail=not self.gmail_id.startswith(messages.BY_SMTP),
        )

    def seal_summary(
        self, app: App, ticket_id: str, sealed: str | None, *, subject: str | None, customer: bool
    ) -> str:
        """Return a ticket's sealed summary with another subject, this message's sender, or both."""
        context = place(tickets.COLLECTION, ticket_id)
        summary: dict[str, Any] = {"subject": "", "customer": None}
        if sealed is not None:
            summary |= app.envelope.open(self.mailbox_id, context, sealed)
        if subject is not None:
            summary["subject"] = subject
        if customer and self.direction is Direction.IN:
            summary["customer"] = message_fields.person(
                (self.customer or self.mail.sender).believed()
            )
        return app.envelope.seal(self.mailbox_id, context, summary)


def understand(
    app: App, message_id: str, mailbox_id: str, own_address: str, raw: RawMessage
) -> Facts:
    """Parse, classify and seal a message. Never fails on what a mail holds."""
    mail, classified, seen, problems = _read(raw.raw, own_address)
    # Only what this mailbox sent can be a reply of ours: anybody may write our mark into a mail to us. Sent
    # to oneself it is in the inbox too.
    reply_id = replies.reply_of(mail.header(sent_mail.MARK)) if "SENT" in raw.labels else None
    outgoing = "SENT" in raw.labels and ("INBOX" not in raw.labels or reply_id is not None)
    automatic = reply_id is not None and mail.header("auto-submitted") not in ("", "no")
    muted = automatic if outgoing else classified.kind in _MUTED
    direction = Direction.OUT if outgoing else Direction.IN
    token = _Tokens(app, mailbox_id)
    people = [a for a in (mail.sender, *mail.to, *mail.cc) if a.address != own_address]
    is_customer = not outgoing and classified.kind != "bounce" and mail.sender.address
    known = thread.known_ids(mail)
    return Facts(
        message_id=message_id,
        mailbox_id=mailbox_id,
        gmail_id=raw.gmail_id,
        gmail_thread_id=raw.thread_id,
        direction=direction,
        kind=("automatic" if automatic else "human") if outgoing else classified.kind,
        muted=muted,
        reasons=classified.reasons,
        problems=problems,
        arrival=Arrival(
            message_id=message_id,
            received_at=raw.received_at,
            direction=direction,
            muted=muted if reply_id else classified.kind in _MUTED,
            gmail_thread_id=raw.thread_id,
            link=_link(raw, mail, outgoing=outgoing),
            people=tuple(
                dict.fromkeys(token.address(a.address) for a in people[:MAX_ADDRESSES] if a.address)
            ),
            customer_id=None,  # known once the store is asked who has this address
        ),
        size=len(raw.raw),
        message_token=token.message(mail.message_id, raw.raw),
        # The Gmail thread's id is no personal data and stands in clear beside its messages' ids.
        thread_tokens=(
            f"thread:{raw.thread_id}",
            *(token.id(id) for id in known[: MAX_TOKENS - 1]),
        ),
        sender_token=token.address(mail.sender.address),
        references=(
            *([mail.message_id] if reply_id else []),
            *mail.in_reply_to,
            *reversed(mail.references),
        ),
        subject_codes=thread.subject_codes(mail.subject),
        may_use_code=mail.sender_trusted and mail.authentication.dmarc != "fail",
        mail=mail,
        sealed=app.envelope.seal(
            mailbox_id, place(messages.COLLECTION, message_id), message_fields.sealed_fields(mail)
        ),
        body=cached_body(app, message_id, mailbox_id, mail, seen),
        customer_token=customer_matching.token_of(app, mail.sender.address)
        if is_customer
        else None,
        reply_id=reply_id,
    )


def fold(mail: ParsedMail) -> Visible | None:
    """Return what of a mail is new, or None where a bug in telling so must not hide the mail."""
    try:
        return visible(mail)
    except Exception as error:  # noqa: BLE001 - a mail must not be lost to a rule
        log.failure("mail.visible_failed", error)
        return None


def whole(mail: ParsedMail) -> Visible:
    """Return a mail with nothing folded."""
    return Visible(text=mail.text, quoted="", signature="", is_forward=False)


def body_fields(mail: ParsedMail, seen: Visible) -> dict[str, Any]:
    """Return what is cached of a body: the texts, and what of them is new."""
    return {
        "text": mail.text,
        "html": mail.html,
        "visible": seen.text,
        "quoted": seen.quoted,
        "signature": seen.signature,
    }


def cached_body(
    app: App, message_id: str, mailbox_id: str, mail: ParsedMail, seen: Visible
) -> CachedBody | None:
    """Return the body for the cache; one that is too large is read from Gmail again when opened.

    Measured is what is sealed: a letter may be four bytes, an escaped one six, and what is visible of a
    text stands there twice.
    """
    fields = body_fields(mail, seen)
    if len(json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")) > BODY_CACHE_BYTES:
        return None
    return CachedBody(
        mailbox_id=mailbox_id,
        sealed=app.envelope.seal(mailbox_id, place(messages.BODIES, message_id), fields),
        expires_at=app.clock.now() + timedelta(hours=BODY_CACHE_HOURS),
    )


class _Tokens:
    """Equality tokens under one mailbox's key."""

    def __init__(self, app: App, mailbox_id: str) -> None:
        self._app = app
        self._mailbox_id = mailbox_id

    def address(self, address: str) -> str:
        return self._app.envelope.token(self._mailbox_id, "address", address)

    def id(self, message_id: str) -> str:
        return self._app.envelope.token(self._mailbox_id, "message.id", message_id)

    def message(self, message_id: str, raw: bytes) -> str:
        """Return the token of the mail's own Message-ID, or of its bytes where it has none."""
        if message_id:
            return self.id(message_id)
        digest = hashlib.sha256(raw).hexdigest()
        return self._app.envelope.token(self._mailbox_id, "message.bytes", digest)


def _read(
    raw: bytes, own_address: str
) -> tuple[ParsedMail, Classification, Visible, tuple[str, ...]]:
    """Parse, classify and fold. A bug in any of them costs its result, never the message."""
    mail = parse(raw)
    problems = list(mail.problems)
    try:
        classified = classify(mail, (own_address,))
    except Exception as error:  # noqa: BLE001 - a mail must not be lost to a rule
        log.failure("mail.classify_failed", error)
        problems.append("could_not_classify")
        classified = Classification("human", (), (), "", "", may_acknowledge=False)
    seen = fold(mail)
    if seen is None:
        problems.append("could_not_fold")
    return mail, classified, seen or whole(mail), tuple(problems)


def _link(raw: RawMessage, mail: ParsedMail, *, outgoing: bool) -> ThreadReason:
    """Why a mail stands beside others, told by the mail alone; `new` for an outgoing one that begins.

    Gmail names a thread after its first message, so any other was put there by Gmail.
    """
    if raw.thread_id != raw.gmail_id:
        return ThreadReason.GMAIL_THREAD
    if outgoing and not (mail.in_reply_to or mail.references):
        return ThreadReason.NEW
    return ThreadReason.REFERENCES
