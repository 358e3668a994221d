"""`python -m local mail`: the newest mail that the desk itself has sent (codes, invitations)."""

from __future__ import annotations

import email
import email.policy
import sys
from pathlib import Path

FOLDER = "system_mail"


def newest(home: Path, address: str | None) -> int:
    """Print the newest system mail, to one address if given; returns 1 where there is none."""
    for path in sorted((home / FOLDER).glob("*.eml"), reverse=True):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if address is None or address.lower() in str(message["To"]).lower():
            print(message.as_string())
            return 0
    print("no system mail" + (f" to {address}" if address else ""), file=sys.stderr)
    return 1
