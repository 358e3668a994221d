"""The local way: each mail becomes a file, which `python -m local mail` shows."""

from __future__ import annotations

import os
import secrets
from email.message import EmailMessage
from pathlib import Path

from shared.clock import Clock

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
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = sum(1 for _ in self._folder.glob("*.eml"))
        name = f"{self._clock.now():%Y%m%dT%H%M%S}-{number:06d}-{secrets.token_hex(4)}"
        temporary = self._folder / f"{name}.part"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message.as_bytes())
        temporary.replace(self._folder / f"{name}.eml")
