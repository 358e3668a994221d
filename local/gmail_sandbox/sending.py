"""messages.send: what Gmail does to a message on its way out, and to whom it brings it.

Rules: developers.google.com/workspace/gmail/api/guides/sending and .../guides/threads. Where
Gmail's behaviour is reported in several ways, the one that is hardest on a client is the default.
"""

import email.utils
import json
import re
import threading
from typing import Any, Literal, get_args

from .accounts import Accounts
from .clock import SandboxClock
from .config import SandboxConfig
from .database import Database
from .delivery import Delivery
from .errors import invalid_argument, not_found
from .exchange import Response
from .gmail_api import Call, GmailApi
from .header_fields import HeaderFields
from .mail import Mail
from .opaque import OpaqueIds, seeded
from .send_as import SendAs
from .uploads import ResumableUploads, Submission, submission, upload_type

MAX_RECIPIENTS = 500
ADDRESS = re.compile(r"[^@\s<>\",;:]+@[^@\s<>\",;:]+")
MessageIds = Literal["rewrite", "rewrite_and_tell", "keep"]
KNOBS = {"message_id": "rewrite", "x_headers": True, "deliver": True}


class Sending:
    """Sends messages of all mailboxes, once a call, and remembers what was sent."""

    def __init__(
        self,
        mail: Mail,
        accounts: Accounts,
        send_as: SendAs,
        delivery: Delivery,
        database: Database,
        clock: SandboxClock,
        config: SandboxConfig,
        ids: OpaqueIds,
    ) -> None:
        self._mail = mail
        self._accounts = accounts
        self._send_as = send_as
        self._delivery = delivery
        self._database = database
        self._clock = clock
        self._config = config
        self._uploads = ResumableUploads(ids)
        self._resuming = threading.Lock()

    def mount(self, api: GmailApi) -> None:
        """Let these methods be answered here."""
        api.add("messages.send", self.send)
        api.add("messages.send.resume", self.resume)

    def set_knobs(self, knobs: dict[str, Any]) -> dict[str, Any]:
        """Change knobs as `Sandbox.set_sending` describes and return all."""
        if unknown := sorted(knobs.keys() - KNOBS.keys()):
            raise ValueError(f"unknown knobs: {', '.join(unknown)}")
        changed = self._knobs() | knobs
        if changed["message_id"] not in get_args(MessageIds):
            raise ValueError(f"message_id is one of {', '.join(get_args(MessageIds))}")
        self._database.keep_setting("sending", changed)
        return changed

    def report(self, mailbox: str | None) -> list[dict[str, Any]]:
        """Return what `Sandbox.sends` describes."""
        rows = self._database.rows("SELECT * FROM sends ORDER BY seq")
        return [
            {
                "mailbox": row["mailbox"],
                "id": row["id"],
                "threadId": row["thread_id"],
                "via": row["via"],
                "recipients": json.loads(row["recipients"]),
                "submitted": bytes(row["submitted"]),
                "raw": bytes(row["raw"]),
            }
            for row in rows
            if mailbox in (None, row["mailbox"])
        ]

    def send(self, call: Call) -> dict[str, Any] | Response:
        """users.messages.send: a whole message, or the beginning of a resumable upload."""
        request = call.request
        uploads = request.path.startswith(("/upload/", "/resumable/"))
        if uploads and upload_type(request) == "resumable":
            return self._uploads.begin(call.mailbox, request)
        return self._send(call.mailbox, submission(request))

    def resume(self, call: Call) -> dict[str, Any] | Response:
        """Take a piece of a resumable upload; the last one sends the message."""
        with self._resuming:  # two who bring the last piece at once send one message
            session = self._uploads.take(call.mailbox, call.request)
            if isinstance(session, Response):
                return session
            if session.answer is None:
                whole = Submission(bytes(session.received), session.thread_id, "resumable")
                session.answer = self._send(call.mailbox, whole)
            return session.answer

    def _send(self, mailbox: str, submitted: Submission) -> dict[str, Any]:
        fields = HeaderFields(submitted.raw)
        recipients = _recipients(fields)
        with self._database.transaction() as connection:
            thread_id = self._thread(mailbox, submitted.thread_id, fields)
            self._rewrite(mailbox, fields)
            raw = fields.as_bytes()
            labels = ["SENT", *(("INBOX", "UNREAD") if mailbox in recipients else ())]
            message = self._mail.add(mailbox, raw, labels, None, thread_id, new_thread=True)
            connection.execute(
                "INSERT INTO sends (mailbox, id, thread_id, via, recipients, submitted, raw)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    mailbox,
                    message.id,
                    message.thread_id,
                    submitted.via,
                    json.dumps(recipients),
                    submitted.raw,
                    raw,
                ),
            )
            if self._knobs()["deliver"]:
                self._delivery.deliver(mailbox, recipients, raw)
        return {
            "id": message.id,
            "threadId": message.thread_id,
            "labelIds": list(message.labels),
        }

    def _thread(self, mailbox: str, asked: str | None, fields: HeaderFields) -> str | None:
        """Return the thread that a message may join, None for a new one; 404 for one that is not.

        All three are needed: the threadId, In-Reply-To and References, and the subject.
        """
        if asked is None:
            return None
        if not self._mail.thread(mailbox, asked):
            raise not_found()
        refers = fields.values("in-reply-to") and fields.values("references")
        joins = refers and self._mail.belongs(mailbox, fields.as_bytes()[:65_536], asked)
        return asked if joins else None

    def _rewrite(self, mailbox: str, fields: HeaderFields) -> None:
        knobs = self._knobs()
        now = email.utils.formatdate(self._clock.now())
        if not knobs["x_headers"]:
            fields.remove(prefix="x-")
        senders = fields.addresses("from")
        if len(senders) != 1 or not self._send_as.allows(mailbox, senders[0]):
            account = self._accounts.get(mailbox)
            fields.replace(
                "From", email.utils.formataddr((account.name if account else "", mailbox))
            )
        if not fields.values("date"):
            fields.replace("Date", now)
        original = fields.values("message-id")
        if knobs["message_id"] != "keep" or not original:
            number = seeded(self._config.seed, "message-id", self._database.next_number("sent"))
            fields.replace("Message-ID", f"<CA{number:016x}@mail.gmail.com>")
            if knobs["message_id"] == "rewrite_and_tell" and original:
                fields.replace("X-Google-Original-Message-ID", original[0])
        fields.put_first(
            [f"Received: from desk named unknown by gmailapi.google.com with HTTPREST; {now}"]
        )

    def _knobs(self) -> dict[str, Any]:
        return KNOBS | dict(self._database.setting("sending", {}))


def _recipients(fields: HeaderFields) -> list[str]:
    """Return everybody whom a message names, each once; 400 for nobody, too many and no address."""
    recipients: dict[str, None] = {}
    for name in ("To", "Cc", "Bcc"):
        for address in fields.addresses(name):
            if not address.isascii() or not ADDRESS.fullmatch(address):
                raise invalid_argument(f"Invalid {name} header")
            recipients[address] = None
    if not recipients:
        raise invalid_argument("Recipient address required")
    if len(recipients) > MAX_RECIPIENTS:
        raise invalid_argument("Too many recipients")
    return list(recipients)
