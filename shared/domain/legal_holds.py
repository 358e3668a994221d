"""Legal holds: what must not be erased, whatever retention or a wish says, until somebody lifts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

COLLECTION: Final = "legal_holds"
MAX_REASON: Final = 1_000


class HoldKind(StrEnum):
    """What is held: one ticket, all of a customer's, or everything of a mailbox."""

    TICKET = "ticket"
    CUSTOMER = "customer"
    MAILBOX = "mailbox"


@dataclass(frozen=True, slots=True)
class LegalHold:
    """The document of a hold. `sealed` is {"reason"} under the key of the customer or of the mailbox.

    A held ticket and a held customer also say so themselves (`held`), so that showing it costs no read.
    """

    kind: HoldKind
    target_id: str
    mailbox_id: str | None  # None of a customer's
    code: str | None  # of a ticket
    set_by: str
    set_at: datetime
    sealed: str
    last_audit_id: str | None = None
