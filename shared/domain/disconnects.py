"""Disconnecting a mailbox: how far destroying its content has come, and what was told of it.

One document a mailbox, under the mailbox's own id: a mailbox that is connected again is another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.domain import (
    acknowledgements,
    break_glass,
    customers,
    jobs,
    mailbox_settings,
    mailboxes,
    messages,
    notes,
    notifications,
    presence,
    replies,
    rules,
    satisfaction,
    saved_replies,
    tickets,
    uploads,
    views,
)

COLLECTION: Final = "disconnects"

# The collections that are cleared of a mailbox, in this order.
PARTS: Final = (
    messages.BODIES,
    messages.COLLECTION,
    replies.COLLECTION,
    uploads.COLLECTION,
    notes.COLLECTION,
    tickets.COLLECTION,
    customers.COLLECTION,
    "changes",
    satisfaction.COLLECTION,
    notifications.COLLECTION,
    presence.COLLECTION,
    acknowledgements.COLLECTION,
    saved_replies.COLLECTION,
    views.COLLECTION,
    break_glass.COLLECTION,
    rules.COLLECTION,
    mailbox_settings.COLLECTION,
    mailboxes.SYNC,
    mailboxes.PARKED,
    jobs.COLLECTION,
)

CACHES_FORGET: Final = timedelta(minutes=5)  # shared/keys/contract.py: CACHE_SECONDS
VERSIONS_FORGOTTEN: Final = timedelta(hours=1)  # Firestore keeps versions so long without PITR
TAKEN_OVER: Final = timedelta(seconds=60)  # a request that destroys has died by then
SWEPT_AGAIN: Final = timedelta(minutes=6)  # after the key: no instance remembers it then


class Grant(StrEnum):
    """What became of the grant at Google; after the last two its owner should look for themselves."""

    REVOKED = "revoked"
    NONE = "none"  # it was lost before
    UNREACHED = "unreached"  # Google did not answer
    UNKNOWN = "unknown"  # the token went with an instance that died


@dataclass(frozen=True, slots=True)
class Disconnect:
    """The document of a disconnect. Step 0 destroys the key; each of the others clears some of one part.

    `destroyed` counts documents by collection. `erased_owners` are customers whose documents went with
    the step before and whose keys go with the next. After the last part everything is gone over once
    more (`again`), for what an instance may have written that remembered the key.
    """

    requested_at: datetime
    requested_by: str | None  # id of the person
    who: Mapping[str, str | None]  # the same as the audit log names them
    step: int = 0
    part: int = 0
    cursor: str | None = None
    erased_owners: tuple[str, ...] = ()
    grant: Grant | None = None
    key_destroyed_at: datetime | None = None
    destroyed: Mapping[str, int] = field(default_factory=dict)
    finished_at: datetime | None = None
    receipt: str | None = None  # a signed statement
    again: bool = False
    swept_at: datetime | None = None  # when that was done too: no step is due any more
    last_audit_id: str | None = None

    @property
    def due_at(self) -> datetime | None:
        """When the step that is due is to be done; None is now."""
        if self.key_destroyed_at is None:
            return self.requested_at + TAKEN_OVER
        first = self.again and self.part == 0 and self.cursor is None and not self.erased_owners
        return self.key_destroyed_at + SWEPT_AGAIN if first else None
