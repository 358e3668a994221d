"""What the product asks of SMTP: for its own mail (codes, invitations, notices), and for mailboxes' replies.

Promises of every implementation
- When `send` returns, the server has taken responsibility for the mail.
- One attempt, one connection, ended after a deadline; TLS 1.2 or newer, the server's certificate verified,
  and mail never leaves in clear.
- Conflict("smtp.not_configured") where the organisation has named no server yet;
  Unavailable("smtp.unavailable") where the server does not answer or asks to come back later;
  Invalid("smtp.refused") where it refuses for ever, Invalid("smtp.credentials_refused") where it refuses our
  name and password. None of them holds the server's words.
- `submit` has errors of its own, from which a use case can tell what became of the mail; none of them holds
  the server's words either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Final, Literal, Protocol

from shared.errors import Invalid

PORTS: Final = {465: "tls", 587: "starttls", 2465: "tls", 2587: "starttls"}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """An organisation's server. `security` is TLS from the first byte (RFC 8314) or STARTTLS (RFC 3207)."""

    host: str
    port: int
    security: Literal["tls", "starttls"]
    sender: str
    username: str = ""
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse what cannot work or would leave in clear, with the reason."""
        if self.port == 25:
            # Port 25 is for mail between servers: clouds block it, and TLS there is not assured.
            raise Invalid("smtp.port_25_refused")
        if PORTS.get(self.port) != self.security:
            raise Invalid("smtp.port_and_security_differ", port=self.port)
        if not self.host or len(self.host) > 253 or any(c.isspace() for c in self.host):
            raise Invalid("smtp.host_invalid")
        if self.sender.count("@") != 1 or any(c.isspace() or c in "<>," for c in self.sender):
            raise Invalid("smtp.sender_invalid")


class SubmitError(Exception):
    """A mail was not accepted; `reason` is a stable word for pages and logs, never the server's text."""

    def __init__(self, reason: str, *, recipients: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.recipients = tuple(recipients)  # those that the server refused, where it did


class SubmitRefused(SubmitError):
    """Nothing was sent, and the same mail fails again: a person must change something."""


class NotSubmitted(SubmitError):
    """Nothing was sent; later it may be."""


class SubmitUnknown(SubmitError):
    """The mail was handed over whole and no answer came: it may have been sent. Never send it again."""


class Smtp(Protocol):
    """Sends one mail at a time."""

    def sender(self) -> str:
        """Return the address that the desk's own mail comes from."""
        ...

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand one mail to the server."""
        ...

    def submit(self, raw: bytes, sender: str, recipients: Sequence[str]) -> None:
        """Hand over one RFC 5322 message to all of these recipients or to none, at most once.

        One call is one connection and one DATA, whatever happens; nothing repeats it. `sender` and
        `recipients` are the envelope, plain ASCII addresses; a Bcc field of the message is not sent.
        The outcome is one of four, and the type tells which:
        - accepted: it returns. The server has taken responsibility for every recipient; a bounce may follow.
        - refused: `SubmitRefused`. Nothing was sent. Its reasons: "credentials", "tls_not_offered",
          "private_address", "address", "sender", "recipients" (which are named), "too_large", "message",
          "not_configured".
        - not now: `NotSubmitted`. Nothing was sent: the server was not reached, broke off before the end of
          the message, or asks to come back later.
        - unknown: `SubmitUnknown`. The end of the message was sent and its answer did not come.

        A server that refuses one recipient gets no message (RFC 5321 §3.3 lets it go to the others): the
        person who wrote it corrects the address first, and nobody gets it twice.
        """
        ...

    def check(self) -> None:
        """Connect and sign in, send nothing. Raises what `send` raises."""
        ...
