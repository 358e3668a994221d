"""The receipt of a disconnect: what was destroyed, what goes by itself and when, and what stays."""

from __future__ import annotations

from typing import Final

from shared import clock
from shared.app import App
from shared.domain.disconnects import CACHES_FORGET, VERSIONS_FORGOTTEN, Disconnect
from shared.services import statements
from shared.services.statements import Json, Statement

KIND: Final = "mailbox.disconnected"


def issue(app: App, mailbox_id: str, done: Disconnect) -> Statement:
    """Return the signed receipt of a disconnect whose steps are done. Raises Unavailable."""
    assert done.key_destroyed_at is not None
    assert done.finished_at is not None
    body: dict[str, Json] = {
        "mailbox": mailbox_id,
        "requested_at": clock.to_text(done.requested_at),
        "key_destroyed_at": clock.to_text(done.key_destroyed_at),
        "finished_at": clock.to_text(done.finished_at),
        "grant": None if done.grant is None else done.grant.value,
        "destroyed": dict(sorted(done.destroyed.items())),
        "caches_forget_by": clock.to_text(done.key_destroyed_at + CACHES_FORGET),
        "versions_end_by": clock.to_text(done.finished_at + VERSIONS_FORGOTTEN),
        "backups": "unreadable: the key was in none",
        "stays_in_gmail": "all mail, its labels and drafts",
        "stays_here": "of each ticket: code, state, times, assignee, counts",
    }
    return statements.issue(app, KIND, body)
