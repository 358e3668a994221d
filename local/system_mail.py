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
    for message in _newest_first(home, address):
        print(message.as_string())
        return 0
    print("no system mail" + (f" to {address}" if address else ""), file=sys.stderr)
    return 1


def code(home: Path, address: str) -> str:
    """Return the newest one-time code that was sent to an address. Raises LookupError without one."""
    for message in _newest_first(home, address):
        body = message.get_body(("plain",))
        found = re.search(r"^\d{8}$", body.get_content() if body else "", re.MULTILINE)
        if found is not None:
            return found[0]
    raise LookupError(f"no code was sent to {address}")


def _newest_first(home: Path, address: str | None) -> Iterator[EmailMessage]:
    for path in sorted((home / FOLDER).glob("*.eml"), reverse=True):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if address is None or address.lower() in str(message["To"]).lower():
            yield message
