"""The local way: each mail becomes a file, which `python -m local mail` shows."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

from shared.clock import Clock
from shared.smtp import transmission

SENDER = "desk@example.com"


class FolderSmtp:
    """Writes every mail to a folder, in the order of sending; readable by its owner alone."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def sender(self) -> str:
        """Return the local desk's address."""
        return SENDER

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Write the mail, whole or not at all."""
        del recipient  # it stands in the mail's own header
        self._write(self._folder, message.as_bytes())

    def submit(self, raw: bytes, sender: str, recipients: Sequence[str]) -> None:
        """Write a mailbox's reply to the folder `submitted`, its envelope in front of it."""
        transmission.require_addresses(sender, recipients)
        envelope = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
        self._write(self._folder / "submitted", envelope.encode() + transmission.without_bcc(raw))

    def check(self) -> None:
        """There is no server that could refuse."""

    def _write(self, folder: Path, mail: bytes) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = sum(1 for _ in folder.glob("*.eml"))
        name = f"{self._clock.now():%Y%m%dT%H%M%S}-{number:06d}-{secrets.token_hex(4)}"
        temporary = folder / f"{name}.part"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(mail)
        temporary.replace(folder / f"{name}.eml")
