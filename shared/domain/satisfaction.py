"""What a customer says of the help that they got, by a link of their own.

The link names ticket and end, and a MAC ties both to the ticket's customer: no sign-in, nothing stored
until somebody answers. Whoever holds the link may answer, and learns nothing but the ticket's code.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from shared.domain.tickets import Rating

COLLECTION: Final = "ratings"

LINK_LIVES: Final = timedelta(days=30)
CHANGED_WITHIN: Final = timedelta(days=7)
MAX_COMMENT: Final = 2_000  # characters

_TOKEN: Final = re.compile(r"(t_[0-9A-Z]{26})\.([0-9]{10})\.([0-9a-f]{26})")
_MAC_CHARACTERS: Final = 26
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

Standing = Literal["open", "answered", "closed"]


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says, before its MAC is checked."""

    ticket_id: str
    ends: int  # seconds since 1970
    mac: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The document of an answer; its id is the ticket's. `link` is the end of the link that was used.

    Who was responsible and the tags are kept as they were, for the reports of that time.
    """

    mailbox_id: str
    rating: Rating
    rated_at: datetime
    changed_at: datetime
    link: int
    sealed: str | None  # {"comment"} under the mailbox's key
    assignee_id: str | None = None
    tags: tuple[str, ...] = ()
    erased_at: datetime | None = None  # when the comment was erased
    last_audit_id: str | None = None


def token(key: bytes, ticket_id: str, customer_id: str, ends: datetime) -> str:
    """Return the token of a link to rate this ticket until `ends`."""
    seconds = int(ends.timestamp())
    return f"{ticket_id}.{seconds}.{_mac(key, ticket_id, customer_id, seconds)}"


def read(text: str) -> Link | None:
    """Return what a token says, None where it is none."""
    found = _TOKEN.fullmatch(text)
    return None if found is None else Link(found[1], int(found[2]), found[3])


def is_signed(key: bytes, link: Link, customer_id: str) -> bool:
    """Say whether we made this link for this customer."""
    expected = _mac(key, link.ticket_id, customer_id, link.ends)
    return hmac.compare_digest(link.mac, expected)


def standing(link: Link, answer: Answer | None, now: datetime) -> Standing:
    """Say whether a link may answer now: not yet answered, still to be changed, or over.

    A newer link, of a ticket that was solved again, begins anew and ends the older ones.
    """
    if answer is None or answer.link < link.ends:
        return "open" if now < datetime.fromtimestamp(link.ends, UTC) else "closed"
    if answer.link > link.ends or now >= answer.rated_at + CHANGED_WITHIN:
        return "closed"
    return "answered"


def comment(given: str) -> str:
    """Return a comment as it is kept. Raises ValueError for one that is too long."""
    kept = _CONTROLS.sub("", given.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(kept) > MAX_COMMENT:
        raise ValueError("comment")
    return kept


def _mac(key: bytes, ticket_id: str, customer_id: str, ends: int) -> str:
    message = f"cmo1|satisfaction|{ticket_id}|{customer_id}|{ends}".encode()
    return hmac.digest(key, message, "sha256").hex()[:_MAC_CHARACTERS]
