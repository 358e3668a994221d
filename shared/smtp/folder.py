"""The local way: each mail becomes a file, which `python -m local mail` shows."""

from __future__ import annotations

import os
import secrets
from email.message import EmailMessage
from pathlib import Path

from shared.clock import Clock


class FolderSmtp:
    """Writes every mail to a folder, in the order of sending; readable by its owner alone."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Write the mail, whole or not at all."""
        del sender, recipient  # they stand in the mail's own headers
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = f"{self._clock.now():%Y%m%dT%H%M%S.%f}-{len(list(self._folder.iterdir())):06d}"
        path = self._folder / f"{stamp}-{secrets.token_hex(4)}.eml"
        temporary = path.with_suffix(".part")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message.as_bytes())
        temporary.replace(path)
