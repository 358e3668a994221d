"""What of a mail's header is kept with its message, sealed: what a list shows, and what an answer needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.mail.compose import MAX_REFERENCES
from shared.mail.parse import Address, ParsedMail

MAX_ADDRESSES: Final = 100  # of a header that is stored; the rest is read from Gmail
MAX_ATTACHMENTS: Final = 200
_MAX_THREAD_INDEX: Final = 1_000


def sealed_fields(mail: ParsedMail) -> dict[str, Any]:
    """Return the members of a message's `sealed`."""
    return {
        "subject": mail.subject,
        "from": person(mail.sender),
        "to": [person(a) for a in mail.to[:MAX_ADDRESSES]],
        "cc": [person(a) for a in mail.cc[:MAX_ADDRESSES]],
        "reply_to": [person(a) for a in mail.reply_to[:MAX_ADDRESSES]],
        "message_id": mail.message_id,
        "references": _references(mail),
        "thread_index": mail.header("thread-index")[:_MAX_THREAD_INDEX],
        "names": [a.name for a in mail.attachments[:MAX_ATTACHMENTS]],
    }


def person(address: Address) -> Mapping[str, str]:
    """Return somebody as they stand in a sealed member."""
    return {"name": address.name, "address": address.address}


def _references(mail: ParsedMail) -> list[str]:
    """Return the ids that an answer repeats: its References, else its In-Reply-To (RFC 5322 3.6.4)."""
    ids = mail.references or mail.in_reply_to[:1]
    return list(ids if len(ids) <= MAX_REFERENCES else (ids[0], *ids[-MAX_REFERENCES + 1 :]))
