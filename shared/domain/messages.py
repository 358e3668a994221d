"""One mail of a ticket: pointers into Gmail, what was understood of it, and sealed fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

COLLECTION: Final = "messages"
BODIES: Final = "bodies"

MAX_TOKENS: Final = 30  # Firestore's limit of values asked at once
BODY_CACHE_BYTES: Final = 512 * 1024
BODY_CACHE_HOURS: Final = 24
GONE: Final = "gone"  # the state of a note that Gmail deleted a message before it was fetched
ERASED: Final = (
    "erased"  # the state of a document whose content was erased; it is never fetched again
)
BY_SMTP: Final = (
    "smtp-"  # begins what stands in place of a Gmail id where a mail is in no Gmail mailbox
)


class ThreadReason(StrEnum):
    """Why a message stands in its ticket."""

    REPLY_TOKEN = "reply_token"  # noqa: S105 - a word
    GMAIL_THREAD = "gmail_thread"
    REFERENCES = "references"
    SUBJECT_CODE = "subject_code"
    NEW = "new"
    CORRECTED = "corrected"


class Direction(StrEnum):
    """Who wrote it: somebody to the mailbox, or the mailbox."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """An attachment without its name, which is sealed; `part` is its path in the MIME tree."""

    part: str
    media_type: str
    size: int
    inline: bool
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """The document of a message, which is never deleted: an erased one keeps it with state `erased`.

    `sealed` is {"subject", "from", "to", "cc", "reply_to", "message_id", "references", "thread_index",
    "names"} under the mailbox's key. `thread_tokens` are the equality tokens of the Gmail thread, its own
    Message-ID and the ids that it refers to: two messages that share one belong together.
    """

    mailbox_id: str
    ticket_id: str
    gmail_id: str
    gmail_thread_id: str
    direction: Direction
    kind: str  # human, list, automatic, out_of_office, bounce, report
    muted: bool  # no acknowledgement, no reopening, no notice
    thread_reason: ThreadReason
    reasons: tuple[str, ...]  # why it is of this kind
    problems: tuple[str, ...]  # why it could not be read whole
    received_at: datetime  # Gmail's internalDate
    size: int
    message_token: str
    thread_tokens: tuple[str, ...]
    sender_token: str
    people: tuple[str, ...]  # equality tokens of sender and recipients, the mailbox's own left out
    sender_trusted: bool
    authentication: Mapping[str, str]
    attachments: tuple[StoredAttachment, ...]
    sealed: str | None
    duplicate_of: str | None = None
    customer_id: str | None = None  # its sender, where that is a person from outside
    reply_id: str | None = None  # the reply of this desk that it is, and the person who wrote that
    author_id: str | None = None
    in_gmail: bool = True  # False: an SMTP server sent it, and no mailbox holds it
    state: str = "stored"


def undelivered(messages: Iterable[tuple[str, Message]]) -> frozenset[str]:
    """Return the ids of the sent messages among these that came back: a bounce among them names each.

    Told from the messages alone, so that it is the same whichever came in first. A bounce may repeat the
    references of the mail that it returns; the most telling id that one of our mails has is the one.
    """
    known = list(messages)
    sent = {m.message_token: id for id, m in known if m.direction is Direction.OUT}
    returned: set[str] = set()
    for _, message in known:
        if message.kind == "bounce" and message.direction is Direction.IN:
            names = (sent[token] for token in message.thread_tokens if token in sent)
            returned.update(id for id in [next(names, None)] if id is not None)
    return frozenset(returned)
