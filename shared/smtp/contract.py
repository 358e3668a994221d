"""What the product asks of the way by which its own mail goes out: codes, invitations, notices.

Promises of every implementation
- When `send` returns, the server has taken responsibility for the mail, for every recipient.
- One attempt, one connection, ended after `timeout_seconds`; TLS is verified (TLS 1.2 or newer) and mail
  never leaves in clear.
- Unavailable("smtp.unavailable") where the server does not answer or asks to come back later;
  Invalid("smtp.refused") where it refuses for ever. Neither holds the server's words.
"""

from __future__ import annotations

from email.message import EmailMessage
from typing import Protocol


class Smtp(Protocol):
    """Sends one mail at a time."""

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Hand one mail to the server."""
        ...
