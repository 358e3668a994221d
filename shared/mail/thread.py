"""To which ticket a message belongs: signed ids of our own, ids seen, codes in subjects, the decision.

Pure: the service that reads the store gathers the facts (Candidates) and this module decides, in the
order of the design: our signed reply token or Message-ID, the Gmail thread of the same mailbox,
References from right to left, the code in the subject if the sender may, else a new ticket.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Literal

from shared.mail.parse import ParsedMail
from shared.mail.phrases import FORWARD_PREFIXES, REPLY_PREFIXES

KNOWN_IDS = 30

Reason = Literal["reply_token", "gmail_thread", "references", "subject_code", "new"]

_MAC_CHARACTERS = 26
_PREFIXES_REMOVED = 10


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


def base_subject(subject: str) -> str:
    """Return a subject without the reply and forward prefixes of many languages and list tags before.

    "Re[2]: AW: Invoice" and "رد: Invoice" are both "Invoice".
    """
    for _ in range(_PREFIXES_REMOVED):
        prefix, rest = _prefix(subject)
        if not prefix:
            break
        subject = rest
    return subject.strip()


def is_forward_subject(subject: str) -> bool:
    """Return whether the outermost prefix of a subject says that the mail passes another one on."""
    prefix, _ = _prefix(subject)
    return prefix in FORWARD_PREFIXES and prefix not in REPLY_PREFIXES


def _prefix(subject: str) -> tuple[str, str]:
    """Return the first prefix in lower case, "" where there is none, and the rest."""
    text = subject.lstrip(" \t\u200e\u200f\u202a\u202b\u2068")
    colon = min((text.find(mark, 0, 24) for mark in (":", "：") if mark in text[:24]), default=-1)
    if colon < 1:
        return "", subject
    word = text[:colon].strip().lower()
    if word.endswith(("]", ")")):
        word = word.rpartition("[" if word[-1] == "]" else "(")[0].strip()
    word = word.rstrip("0123456789^").strip()
    if word in REPLY_PREFIXES or word in FORWARD_PREFIXES:
        return word, text[colon + 1 :].lstrip()
    return "", subject
