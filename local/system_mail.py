"""`python -m local mail`: the newest mail that the desk itself has sent (codes, invitations)."""

from __future__ import annotations

import email
import email.policy
import re
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

FOLDER = "system_mail"


def newest(home: Path, address: str | None) -> int:
    """Print the newest system mail, to one address if given; returns 1 where there is none."""
    for message in newest_first(home, address):
        print(as_text(message))
        return 0
    print("no system mail" + (f" to {address}" if address else ""), file=sys.stderr)
    return 1


def as_text(message: EmailMessage) -> str:
    """Return a mail as its reader sees it: links and codes unbroken, to be copied."""
    headers = [f"{name}: {message[name]}" for name in ("From", "To", "Date", "Subject")]
    return "\n".join([*headers, "", _plain(message)])


def code(home: Path, address: str) -> str:
    """Return the newest one-time code that was sent to an address. Raises LookupError without one."""
    for message in newest_first(home, address):
        found = re.search(r"^\d{8}$", _plain(message), re.MULTILINE)
        if found is not None:
            return found[0]
    raise LookupError(f"no code was sent to {address}")


def newest_first(home: Path, address: str | None) -> Iterator[EmailMessage]:
    """Yield the mails, to one address if given."""
    for path in sorted((home / FOLDER).glob("*.eml"), reverse=True):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if address is None or address.lower() in str(message["To"]).lower():
            yield message


def _plain(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return str(body.get_content()) if body else ""
