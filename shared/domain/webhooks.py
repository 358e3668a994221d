"""Webhooks: who is told, by whose address, of what happens on the desk; and how each telling went."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

COLLECTION: Final = "webhooks"
DELIVERIES: Final = "webhook_deliveries"

# Of whose events a webhook may tell: what happens to the desk's work, never to people, keys or rights.
RESOURCES: Final = frozenset({"ticket", "message", "reply", "note"})

DELIVERIES_KEPT: Final = timedelta(days=7)
_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=6)
MAX_ATTEMPTS: Final = 18  # which the waits between them spread over three days
JITTER: Final = 0.2  # of a wait, shorter or longer


class WebhookState(StrEnum):
    """Only an active webhook is called.

    Unverified: nobody has shown yet that the address is theirs. Paused: by a person. Disabled: by itself,
    and it has to be verified again.
    """

    UNVERIFIED = "unverified"
    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class Outcome(StrEnum):
    """How telling of one event went so far."""

    DELIVERED = "delivered"
    WAITING = "waiting"  # refused or unanswered, and to be tried again
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Webhook:
    """The document of a webhook; {"name", "url", "secret"} is sealed under the organisation's key."""

    actions: tuple[str, ...]
    mailbox_ids: tuple[str, ...] | None  # None: every mailbox
    sealed: str
    created_at: datetime
    state: WebhookState = WebhookState.UNVERIFIED
    disabled_reason: str | None = None  # "gone" (410) or "failing"
    generation: int = 0  # of address and secret: what was meant for an earlier one is not delivered
    version: int = 1
    changed_by: str | None = None
    last_audit_id: str | None = None

    def wants(self, action: str, mailbox_id: str | None) -> bool:
        """Say whether it is to be told of this action in this mailbox."""
        if self.state is not WebhookState.ACTIVE or action not in self.actions:
            return False
        return self.mailbox_ids is None or mailbox_id in self.mailbox_ids


@dataclass(frozen=True, slots=True)
class Delivery:
    """The document of telling one webhook of one event, over all attempts; short-lived.

    `data` is what it is told: ids, codes, times. `again`: how often a person had it told once more, which
    begins the attempts anew.
    """

    webhook_id: str
    event_id: str
    action: str
    data: Mapping[str, Any]
    outcome: Outcome
    attempts: int
    status: int | None  # of the last answer, None where there was none
    reason: str | None  # why there was none
    first_at: datetime
    at: datetime  # of the last attempt
    next_at: datetime | None
    expires_at: datetime
    again: int = 0


def wait_after(attempts: int, luck: float) -> timedelta | None:
    """Return how long to wait after so many failed attempts; None where it is time to give up.

    One minute, three times as long each time, six hours at most; `luck` (0..1) spreads those who failed
    together.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    wait = min(_LONGEST_WAIT, _FIRST_WAIT * math.pow(3, attempts - 1))
    return wait * (1 - JITTER + 2 * JITTER * luck)
