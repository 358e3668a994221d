"""The removal ledger: what was taken away, kept where no restore of the desk's database reaches.

A backup brings back what was erased, disconnected, disabled or taken away after it was made. So each such
audit entry has a row in the collection `removals` of the database `audit`, under the entry's id and created
with it; `after-restore` repeats the rows that are later than the backup. Giving something back is a row
too: repeating them in their order ends where the organisation had ended. A row holds what the entry
holds: ids, pseudonyms, codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared import clock
from shared.audit.events import Action

COLLECTION: Final = "removals"

# By name: an action that is not in the catalogue yet is kept from its first entry on.
ACTIONS: Final = frozenset(
    {
        "mailbox.disconnected",
        "customer.erased",
        "user.erased",
        Action.USER_DISABLED.value,
        Action.USER_ENABLED.value,
        Action.USER_ROLE_CHANGED.value,
        Action.USER_MAILBOXES_CHANGED.value,
        Action.USER_FACTORS_REMOVED.value,
        Action.ROLE_CHANGED.value,
        Action.ROLE_DELETED.value,
        Action.WEBHOOK_DELETED.value,
    }
)


@dataclass(frozen=True, slots=True)
class Removal:
    """The document of a row; `at` is the entry's time, `changes` are the entry's."""

    action: str
    at: datetime
    target_id: str
    changes: tuple[Mapping[str, str | int | None], ...] = ()


def of_entry(entry: Mapping[str, Any]) -> Removal | None:
    """Return the row that an audit entry has in the ledger; None for most, and for what failed."""
    target = entry.get("target")
    if entry["action"] not in ACTIONS or entry["outcome"] != "success" or target is None:
        return None
    at = clock.from_text(str(entry["time"]))
    return Removal(entry["action"], at, target["id"], tuple(entry["changes"]))
