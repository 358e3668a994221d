"""Our own mail, found again in a mailbox: by the mark that it carries, or by the Message-ID that we gave it.

Gmail may give a mail another Message-ID, and a mark may get lost; what carries neither is not found, and then
a person decides (gmail.md §7.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared import log
from shared.domain import replies
from shared.errors import Unavailable
from shared.gmail.contract import Gmail, GmailError, Gone
from shared.mail.thread import read_message_id

MARK: Final = "X-CMO-Send-Id"
_NAMES: Final = ("Message-ID", MARK)
_SLACK: Final = timedelta(minutes=5)  # Gmail's clock is not ours
_LOOKED_AT: Final = (
    100  # of the mail sent since; a mailbox that sends more has it reviewed by a person
)


@dataclass(frozen=True, slots=True)
class Found:
    """A mail of ours in the mailbox."""

    gmail_id: str
    message_id: str | None


def read_back(gmail: Gmail, gmail_id: str) -> str | None:
    """Return the Message-ID that a mail has in the mailbox, None where that cannot be told now."""
    try:
        return gmail.headers(gmail_id, _NAMES).get("message-id")
    except GmailError as error:  # it is sent all the same
        log.event("WARNING", "reply.not_read_back", reason=error.reason)
    except Unavailable as error:
        log.event("WARNING", "reply.not_read_back", reason=error.code)
    return None


def find(
    gmail: Gmail, key: bytes, reply_id: str, thread_id: str | None, since: datetime
) -> Found | None:
    """Return the mail of a reply: first in the thread that it belongs to, then in what was sent since.

    Raises GmailError where Gmail does not answer.
    """
    seen: set[str] = set()
    if thread_id is not None:
        try:
            thread = gmail.thread_headers(thread_id, _NAMES)
        except Gone:
            thread = {}
        for gmail_id, headers in thread.items():
            seen.add(gmail_id)
            if is_of(reply_id, key, headers):
                return Found(gmail_id, headers.get("message-id"))
    page = gmail.messages(f"in:sent after:{int((since - _SLACK).timestamp())}")
    for gmail_id, _ in page.ids[:_LOOKED_AT]:
        if gmail_id in seen:
            continue
        try:
            headers = gmail.headers(gmail_id, _NAMES)
        except Gone:
            continue
        if is_of(reply_id, key, headers):
            return Found(gmail_id, headers.get("message-id"))
    return None


def is_of(reply_id: str, key: bytes, headers: Mapping[str, str]) -> bool:
    """Say whether a sent mail with these headers is this reply, whichever attempt it was."""
    if replies.reply_of(headers.get(MARK.lower(), "")) == reply_id:
        return True
    signed = read_message_id(key, headers.get("message-id", ""))
    return signed is not None and signed[1] == reply_id
