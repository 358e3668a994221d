"""Mail from one mailbox of this sandbox to others, with the trace that a receiving Gmail writes."""

import email.utils
from collections.abc import Iterable

from .accounts import Accounts
from .clock import SandboxClock
from .header_fields import HeaderFields
from .mail import Mail


class Delivery:
    """Brings mail to recipients who live here; nobody else is reached, ever."""

    def __init__(self, mail: Mail, accounts: Accounts, clock: SandboxClock) -> None:
        self._mail = mail
        self._accounts = accounts
        self._clock = clock

    def deliver(self, sender: str, recipients: Iterable[str], raw: bytes) -> None:
        """Deliver to every recipient but the sender, whose own copy is the sent message."""
        for address in sorted(set(recipients) - {sender}):
            account = self._accounts.get(address)
            if account is not None and account.gmail:
                received = self._received(sender, account.email, raw)
                self._mail.add(account.email, received, ("INBOX", "UNREAD"))

    def _received(self, sender: str, recipient: str, raw: bytes) -> bytes:
        # RFC 5321 §4.4, RFC 8601. Google signs and sends for the mailbox's own domain; an alias of
        # another domain is aligned with neither.
        fields = HeaderFields(raw)
        fields.remove("Bcc")
        domain = sender.rpartition("@")[2]
        author = (fields.addresses("from") or [""])[0].rpartition("@")[2]
        dmarc = "pass" if author == domain else "fail"
        now = email.utils.formatdate(self._clock.now())
        received = "from mail-sor.google.com (mail-sor.google.com [127.0.0.1]) by mx.google.com"
        results = f"dkim=pass header.i=@{domain}; spf=pass smtp.mailfrom={sender}; dmarc={dmarc}"
        fields.put_first(
            (
                f"Delivered-To: {recipient}",
                f"Received: {received} for <{recipient}>; {now}",
                f"Return-Path: <{sender}>",
                f"Authentication-Results: mx.google.com; {results} header.from={author}",
            )
        )
        return fields.as_bytes()
