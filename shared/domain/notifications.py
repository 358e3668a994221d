"""Notifications: what a person is told of, and how each of them chose to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

COLLECTION: Final = "notifications"

KEPT: Final = timedelta(days=30)
MAIL_APART: Final = timedelta(minutes=5)  # two mails to one person about one ticket

Channel = Literal["mail", "none", "page"]  # what is mailed stands on the page too
Mail = Literal["at_once", "off"]


class Kind(StrEnum):
    """What somebody is told of."""

    MENTIONED = "mentioned"
    ASSIGNED = "assigned"
    TEAM_ASSIGNED = "team_assigned"
    ANSWERED = "answered"
    REPLY_FAILED = "reply_failed"
    SLA_BREACHED = "sla_breached"
    SNOOZE_ENDED = "snooze_ended"
    GLASS_ASKED = "glass_asked"  # of a mailbox, as the next: who is no member wants to read it,
    GLASS_BROKEN = "glass_broken"  # or reads it now
    MAIL_MISSING = "mail_missing"  # of a mailbox too: not all of its mail is accounted for
    DATA_REQUESTED = "data_requested"  # of nobody's mailbox: a customer wants something done
    DATA_REQUEST_DUE = "data_request_due"  # and an answer is owed soon, or is late
    LOG_CHECKPOINT = (
        "log_checkpoint"  # of nobody's mailbox either: what the audit log was this week
    )


# What one can choose. Mailed is what waits for one person alone; of the rest the page tells. What is not
# here is owed to everybody whom it concerns: on the page, and mailed to who wants mail at all.
DEFAULTS: Final[Mapping[Kind, Channel]] = {
    Kind.MENTIONED: "mail",
    Kind.ASSIGNED: "mail",
    Kind.TEAM_ASSIGNED: "page",
    Kind.ANSWERED: "page",
    Kind.REPLY_FAILED: "mail",
    Kind.SLA_BREACHED: "page",
    Kind.SNOOZE_ENDED: "page",
    Kind.LOG_CHECKPOINT: "mail",
}


@dataclass(frozen=True, slots=True)
class Notification:
    """The document of one thing that one person is told; its id is derived from both.

    `about` is the note, message or reply that it is of. Of a mailbox itself `ticket_id` is "", of what is
    no mailbox's `mailbox_id` too.
    `mail` says what became of the mail: "due" until it was "sent", was "needless" because the page was
    faster, or was "given_up". While one is on its way `mail_until` keeps others from sending it too.
    """

    user_id: str
    kind: Kind
    ticket_id: str
    mailbox_id: str
    about: str | None
    created_at: datetime  # the store's time
    expires_at: datetime
    mail: Literal["due", "given_up", "needless", "none", "sent"] = "none"
    mail_until: datetime | None = None
    mailings: int = 0  # that were begun
    unread: bool = True


def channel(chosen: Mapping[str, str], mail: str, kind: Kind) -> Channel:
    """Return how somebody wants to be told of this; who wants no mail at all is told on the page."""
    found = chosen.get(kind.value, DEFAULTS[kind]) if kind in DEFAULTS else "mail"
    if found == "none":
        return "none"
    return "mail" if found == "mail" and mail == "at_once" else "page"
