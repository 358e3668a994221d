"""Who is talking: a person, or a machine, and which kind of machine; with the reason that decided.

Nothing is ever dropped for its kind: a kind only mutes (no acknowledgement, no reopening).
The order is bounce, out of office, report, automatic, list, human (inbound-mail 1 and 2).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from shared.mail.parse import ParsedMail

Kind = Literal["bounce", "out_of_office", "automatic", "list", "report", "human"]


@dataclass(frozen=True, slots=True)
class Bounced:
    """A recipient that a mail did not reach. `permanent`: trying again is of no use (5.x.x)."""

    recipient: str
    status: str
    action: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Classification:
    """The kind of a message and the stable names of the rules that decided.

    `original_message_id` and `original_send_id` (X-CMO-Send-Id) are those of the mail that a bounce or
    report is about. `may_acknowledge`: an automatic answer may go out.
    """

    kind: Kind
    reasons: tuple[str, ...]
    bounced: tuple[Bounced, ...]
    original_message_id: str
    original_send_id: str
    may_acknowledge: bool


def classify(mail: ParsedMail, own_addresses: Collection[str] = ()) -> Classification:
    """Return what kind of message this is; `own_addresses` are those of our mailboxes."""
    reasons: list[str] = []
    kind: Kind = "human"
    if mail.report.kind == "delivery-status":
        kind = "bounce"
        reasons.append("delivery_status_report")
    elif mail.report.kind:
        kind = "report"
        reasons.append(mail.report.kind)
    bounced = tuple(
        Bounced(found.recipient, found.status, found.action, found.status.startswith("5"))
        for found in mail.delivery_status
    )
    returned = mail.report.returned
    return Classification(
        kind,
        tuple(reasons),
        bounced,
        returned.get("message-id") if returned else "",
        returned.get("x-cmo-send-id") if returned else "",
        kind == "human" and mail.sender.address not in own_addresses,
    )
