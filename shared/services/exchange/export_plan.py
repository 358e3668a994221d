"""What an export holds: every collection of the default database, and whose eyes it is for.

A collection stands here with how its sealed member is opened and by which mailbox it is seen, or among
those that are left out, with the reason; a test compares both with the collections that the code writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from shared.permissions import Permission

_P = Permission

# Equality tokens and what is for machines alone: nobody outside of this database can use them.
HIDDEN: Final = frozenset(
    {"sealed", "people", "participants", "tokens", "search_tokens", "last_audit_id", "position"}
)
HIDDEN_ENDINGS: Final = ("_token", "_tokens")


@dataclass(frozen=True, slots=True)
class Source:
    """How one collection is exported.

    `by` is the field that the mailbox's id (or the requester's, of `requester` sources) stands in, "id"
    for the document's own id, "" for all documents. `owner` is whose key seals: the mailbox, the document
    itself, the requester, the organisation, or the customer that the document names. `plain` and `content`
    are the members shown; None is all but those that are hidden.
    """

    collection: str
    scope: Literal["mailbox", "requester", "organisation"]
    permission: Permission
    by: str = "mailbox_id"
    list: bool = False  # `by` is a field with many
    owner: Literal["mailbox", "self", "requester", "organisation"] = "mailbox"
    plain: tuple[str, ...] | None = None
    content: tuple[str, ...] | None = None


SOURCES: Final = (
    Source(
        "mailboxes",
        "mailbox",
        _P.MAILBOX_READ,
        by="id",
        plain=("state", "connected_at", "watch_expires_at", "version"),
        content=("address",),
    ),
    Source(
        "mailbox_settings",
        "mailbox",
        _P.MAILBOX_READ,
        by="id",
        content=(
            *("signature", "acknowledgement_subject", "acknowledgement_text"),
            "from_address",
        ),
    ),
    Source("tickets", "mailbox", _P.TICKET_READ),
    Source("messages", "mailbox", _P.CONTENT_READ),
    Source("notes", "mailbox", _P.TICKET_READ),
    Source("replies", "mailbox", _P.CONTENT_READ),
    Source("changes", "mailbox", _P.TICKET_READ),
    Source(
        "customers",
        "mailbox",
        _P.CUSTOMER_READ,
        by="mailbox_ids",
        list=True,
        owner="self",
        plain=("created_at", "merged", "version"),  # not their other mailboxes
    ),
    Source("saved_replies", "mailbox", _P.TICKET_READ),
    Source("views", "mailbox", _P.TICKET_READ),
    Source("rules", "mailbox", _P.RULE_MANAGE, by="id"),
    Source("ratings", "mailbox", _P.CONTENT_READ),
    Source("retention", "mailbox", _P.PRIVACY_MANAGE),
    Source("reconciliation_statements", "mailbox", _P.MAILBOX_READ),
    Source("saved_replies", "requester", _P.ACCOUNT_SELF, by="user_id", owner="requester"),
    Source("views", "requester", _P.ACCOUNT_SELF, by="owner_id", owner="requester"),
    Source(
        "users",
        "organisation",
        _P.USER_READ,
        by="",
        owner="self",
        plain=("role", "mailbox_ids", "disabled", "language", "time_zone"),
        content=("address", "name"),
    ),
    Source("roles", "organisation", _P.ROLE_MANAGE, by="", owner="organisation"),
    Source("teams", "organisation", _P.SETTINGS_MANAGE, by="", owner="organisation"),
    Source("custom_fields", "organisation", _P.SETTINGS_MANAGE, by="", owner="organisation"),
    Source(
        "settings",
        "organisation",
        _P.SETTINGS_MANAGE,
        by="",
        owner="organisation",
        content=("host", "port", "security", "sender", "username"),
    ),
    Source(
        "webhooks",
        "organisation",
        _P.WEBHOOK_MANAGE,
        by="",
        owner="organisation",
        content=("name", "url"),
    ),
)

# What is written beside its customer: {collection: the field that names them}.
WITH_CUSTOMERS: Final[Mapping[str, str]] = {"customer_notes": "customer_id"}

LEFT_OUT: Final[Mapping[str, str]] = {
    "accesses": "who had to do with whose data, which is that person's alone to see",
    "acknowledgements": "whom the desk answered by itself in the last days",
    "api_tokens": "what proves who somebody is never leaves the desk",
    "bodies": "a copy of mail for a day; the mail itself is exported as mbox",
    "break_glass": "who reads a mailbox without being its member; the audit log has it",
    "challenges": "a code or a ceremony under way",
    "codes": "ticket codes, which stand on the tickets",
    "disconnects": "how far destroying a mailbox's content is; its receipt is downloaded by itself",
    "erasures": "what was erased at whose wish; each has its receipt",
    "factors": "what proves who somebody is never leaves the desk",
    "import_rows": "what became of an import's lines, for a week",
    "job_pieces": "the pieces of exports",
    "jobs": "exports and imports, for a week",
    "legal_holds": "what is kept from erasure, which those see who manage privacy",
    "notifications": "hints at what stands in the tickets",
    "outbox": "events that are on their way",
    "parked": "ids of mail that waits for its mailbox",
    "presence": "who has which ticket open, for a minute",
    "reconciliations": "how far comparing a mailbox with Gmail has come; the statements are exported",
    "privacy_requests": "what people asked about their data, which is theirs and the administrators'",
    "rule_runs": "which events rules were tried on; what they did is in the changes",
    "saved_reply_uses": "how often a person used which text",
    "serving": "which database this is, and how often it was restored",
    "sessions": "who is signed in",
    "sync": "how far a mailbox's history was read",
    "throttle": "counters and marks of minutes",
    "uploads": "files on their way into a reply; sent ones are in the mail",
    "webhook_deliveries": "how telling a webhook of an event went, for a week",
}
