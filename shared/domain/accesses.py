"""The access ledger: who of the staff read, changed, answered or exported what is held on somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

COLLECTION: Final = "accesses"
KEPT: Final = timedelta(days=400)


class AccessKind(StrEnum):
    """What somebody did with what is held on another."""

    READ = "read"
    CHANGED = "changed"
    ANSWERED = "answered"
    EXPORTED = "exported"


# Of what is done to a customer, to a ticket of theirs, or to somebody who works here.
KINDS: Final = {
    "content.read": AccessKind.READ,
    "customer.changed": AccessKind.CHANGED,
    "customer.merged": AccessKind.CHANGED,
    "customer.noted": AccessKind.CHANGED,
    "customer.unmerged": AccessKind.CHANGED,
    "data.exported": AccessKind.EXPORTED,
    "export.downloaded": AccessKind.EXPORTED,
    "reply.queued": AccessKind.ANSWERED,
    "user.disabled": AccessKind.CHANGED,
    "user.enabled": AccessKind.CHANGED,
    "user.factors_removed": AccessKind.CHANGED,
    "user.mailboxes_changed": AccessKind.CHANGED,
    "user.role_changed": AccessKind.CHANGED,
    "user.sessions_ended": AccessKind.CHANGED,
}


@dataclass(frozen=True, slots=True)
class Access:
    """The document of one access; its id is the audit event's.

    `subject_id` is whose data it was: a customer, somebody who works here, or a mailbox, of an export of
    all of its customers. `sealed` is {"actor", "role", "ticket"} under the subject's key.
    """

    subject_id: str
    kind: AccessKind
    at: datetime
    sealed: str
    expires_at: datetime
