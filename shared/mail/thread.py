"""To which ticket a message belongs: signed ids of our own, ids seen, codes in subjects, the decision.

Pure: the service that reads the store gathers the facts (Candidates) and this module decides, in the
order of the design: our signed reply token or Message-ID, the Gmail thread of the same mailbox,
References from right to left, the code in the subject if the sender may, else a new ticket.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.mail.parse import ParsedMail
from shared.mail.subjects import base_subject, is_forward_subject

__all__ = [
    "Candidates",
    "base_subject",
    "choose",
    "follow_merges",
    "is_forward_subject",
    "is_new_participant",
    "known_ids",
    "on_closed",
    "read_message_id",
    "sign_message_id",
    "subject_codes",
]

KNOWN_IDS = 30

Reason = Literal["reply_token", "gmail_thread", "references", "subject_code", "new"]

_MAC_CHARACTERS = 26


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the store knows, ticket ids or None. `sender_takes_part` is about the ticket of the code."""

    reply_token: str | None = None
    gmail_thread: str | None = None
    references: str | None = None
    subject_code: str | None = None
    sender_takes_part: bool = False


def choose(mail: ParsedMail, candidates: Candidates) -> tuple[str | None, Reason]:
    """Return the ticket that the message joins, None for a new one, and why.

    A code in a subject can be typed by anybody: it counts only where the sender already takes part in
    that ticket, is named beyond doubt, and DMARC did not fail.
    """
    if candidates.reply_token:
        return candidates.reply_token, "reply_token"
    if candidates.gmail_thread:
        return candidates.gmail_thread, "gmail_thread"
    if candidates.references:
        return candidates.references, "references"
    if (
        candidates.subject_code
        and candidates.sender_takes_part
        and mail.sender_trusted
        and mail.authentication.dmarc != "fail"
    ):
        return candidates.subject_code, "subject_code"
    return None, "new"


def follow_merges(ticket_id: str, merged_into: Callable[[str], str | None]) -> str:
    """Return the ticket into which a ticket was merged, over any number of merges, itself if into none.

    A circle, which no merge should have made, ends where it began to repeat.
    """
    seen = {ticket_id}
    while (target := merged_into(ticket_id)) and target not in seen:
        seen.add(target)
        ticket_id = target
    return ticket_id


def on_closed(
    kind: str, closed_at: datetime, received_at: datetime, reopen_within: timedelta
) -> Literal["join", "reopen", "follow_up"]:
    """Return what a message does to the closed ticket that it belongs to.

    What no person wrote joins it and changes nothing; a person reopens it within the time that the
    mailbox allows, and after that begins a new ticket that is linked to it.
    """
    if kind != "human":
        return "join"
    return "reopen" if received_at - closed_at <= reopen_within else "follow_up"


def is_new_participant(mail: ParsedMail, participants: Collection[str]) -> bool:
    """Return whether the sender is not yet one of a ticket's participants (lower-case addresses).

    Such a message is attached and flagged: an agent confirms before a reply goes to everybody.
    """
    return mail.sender.address.lower() not in participants


def sign_message_id(key: bytes, ticket_id: str, reply_id: str, domain: str) -> str:
    """Return the Message-ID of our reply: it names ticket and reply and carries a MAC over both."""
    return f"<{ticket_id}.{reply_id}.{_mac(key, ticket_id, reply_id)}@{domain}>"


def read_message_id(key: bytes, message_id: str) -> tuple[str, str] | None:
    """Return (ticket id, reply id) of a Message-ID that we signed with `key`, else None.

    The domain does not count: what is signed are the ids.
    """
    local, at, _ = message_id.strip().strip("<>").rpartition("@")
    parts = local.split(".")
    if not at or len(parts) != 3 or len(local) > 200 or not local.isascii():
        return None
    ticket_id, reply_id, mac = parts
    if not hmac.compare_digest(mac, _mac(key, ticket_id, reply_id)):
        return None
    return ticket_id, reply_id


def _mac(key: bytes, ticket_id: str, reply_id: str) -> str:
    if len(key) < 16:
        raise ValueError("a key for Message-IDs has at least 16 bytes")
    message = f"cmo1|message-id|{ticket_id}|{reply_id}".encode()
    return hmac.digest(key, message, "sha256").hex()[:_MAC_CHARACTERS]


def known_ids(mail: ParsedMail) -> tuple[str, ...]:
    """Return the ids that tie a message to others, most telling first, distinct, at most KNOWN_IDS.

    Its own Message-ID, then In-Reply-To, then References from right to left. Of a delivery report, the
    id of the message that it reports stands before References.
    """
    returned = mail.report.returned.get("message-id") if mail.report.returned else ""
    ids = (mail.message_id, *reversed(mail.in_reply_to), returned, *reversed(mail.references))
    return tuple(dict.fromkeys(found for found in ids if found))[:KNOWN_IDS]


def subject_codes(subject: str) -> tuple[str, ...]:
    """Return the ticket codes in a subject, in their canonical form, in their order."""
    from shared.ids import read_code  # noqa: PLC0415

    found: dict[str, None] = {}
    for word in subject[:1000].replace("#", " ").split():
        code = word.strip("[](){}<>.,;:!?\"'«»“”，：。")
        if len(code) == 10 and code[4] == "-":
            canonical = read_code(code)
            if canonical:
                found[canonical] = None
    return tuple(found)
