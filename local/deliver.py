"""`python -m local deliver`: puts messages into the running desk's mailbox, as Gmail would receive them."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from local import home as homes
from local.home import NoDesk
from local.operating import operator
from local.sandbox_client import SandboxClient, SandboxError
from shared import ids
from shared.app import App
from shared.domain import messages
from shared.services.mailboxes.mailbox_access import address_token
from shared.store.contract import Filter, Query

_PAUSE_SECONDS: Final = 0.1


def deliver(home: Path, files: Sequence[Path], mailbox: str, timeout_seconds: float) -> int:
    """Deliver each file and wait until all are recorded; returns 1 where one is not."""
    try:
        running = homes.running(home)
        raws = [file.read_bytes() for file in files]
    except (NoDesk, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    sandbox = SandboxClient(running.sandbox, running.control_token)
    try:
        delivered = {
            sandbox.deliver(mailbox, raw): file for raw, file in zip(raws, files, strict=True)
        }
    except SandboxError as error:
        print(f"{mailbox}: {error}", file=sys.stderr)
        return 1
    with operator(home) as app:
        missing = wait_until_recorded(app, mailbox, list(delivered), timeout_seconds)
    for gmail_id, file in delivered.items():
        print(f"{'missing ' if gmail_id in missing else 'recorded'} {gmail_id} {file}")
    return 1 if missing else 0


def wait_until_recorded(
    app: App, mailbox: str, gmail_ids: Sequence[str], timeout_seconds: float
) -> set[str]:
    """Wait until the desk has a document of every message; return the ids that it has not."""
    page = app.store.query(
        Query("mailboxes", (Filter("address_token", "==", address_token(app, mailbox)),))
    )
    waiting = set(gmail_ids)
    ends = time.monotonic() + timeout_seconds
    while waiting and time.monotonic() < ends:
        for document in page.documents:
            keys = [
                (messages.COLLECTION, ids.message_id(document.id, gmail_id))
                for gmail_id in sorted(waiting)
            ]
            found = app.store.get_all(keys)
            waiting -= {str(message.data["gmail_id"]) for message in found if message}
        if waiting:
            time.sleep(_PAUSE_SECONDS)
    return waiting
