"""What the product asks of the way by which its own mail goes out: codes, invitations, notices.

Promises of every implementation
- When `send` returns, the server has taken responsibility for the mail.
- One attempt, one connection, ended after a deadline; TLS 1.2 or newer, the server's certificate verified,
  and mail never leaves in clear.
- Conflict("smtp.not_configured") where the organisation has named no server yet;
  Unavailable("smtp.unavailable") where the server does not answer or asks to come back later;
  Invalid("smtp.refused") where it refuses for ever, Invalid("smtp.credentials_refused") where it refuses our
  name and password. None of them holds the server's words.
"""

from __future__ import annotations

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


class Smtp(Protocol):
    """Sends one mail at a time."""

    def sender(self) -> str:
        """Return the address that the desk's own mail comes from."""
        ...

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand one mail to the server."""
        ...
