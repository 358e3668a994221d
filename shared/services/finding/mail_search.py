"""Searching the text of mail, which is Gmail's work: the desk holds no index of it.

What somebody types is a set of words to Gmail, each in quotation marks, so that `from:`, `-` or `OR` in it
are words too and reach nothing else; only who says so gets Gmail's operators. One call a mailbox. What
does not answer in time is named, and the others' answers stand.
https://support.google.com/mail/answer/7190
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.app import App
from shared.errors import Invalid, ProductError
from shared.gmail.contract import GmailError, Refused
from shared.services.reading import message_bodies

MAX_MAILBOXES: Final = 10  # asked for one search
_SECONDS: Final = 15.0  # after which no further mailbox is asked; a call has its own deadline


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A mailbox whose mail was not searched, and the code of why."""

    mailbox_id: str
    code: str


@dataclass(frozen=True, slots=True)
class MailFound:
    """The Gmail threads that a search found, by mailbox, the newest first, and who did not answer."""

    threads: Mapping[str, tuple[str, ...]]
    unanswered: tuple[Unanswered, ...]


def quoted(text: str) -> str:
    """Return the words of a text as Gmail takes them literally; "" where it has none."""
    pieces = (piece.replace('"', "") for piece in text.split())
    return " ".join(f'"{piece}"' for piece in pieces if any(c.isalnum() for c in piece))


def search(app: App, mailbox_ids: Sequence[str], query: str) -> MailFound:
    """Ask Gmail in each of these mailboxes, one page, for at most MAX_MAILBOXES and a bounded time."""
    threads: dict[str, tuple[str, ...]] = {}
    unanswered: list[Unanswered] = []
    until = app.clock.monotonic() + _SECONDS
    for number, mailbox_id in enumerate(mailbox_ids):
        if number >= MAX_MAILBOXES:
            unanswered.append(Unanswered(mailbox_id, "search.too_many_mailboxes"))
        elif app.clock.monotonic() >= until:
            unanswered.append(Unanswered(mailbox_id, "search.out_of_time"))
        else:
            try:
                threads[mailbox_id] = _threads(app, mailbox_id, query)
            except ProductError as error:
                unanswered.append(Unanswered(mailbox_id, error.code))
    return MailFound(threads, tuple(unanswered))


def _threads(app: App, mailbox_id: str, query: str) -> tuple[str, ...]:
    try:
        with app.mailboxes.gate.fetching(mailbox_id):
            page = app.mailboxes(mailbox_id).messages(query)
    except Refused:
        raise Invalid("gmail.refused") from None
    except GmailError as error:
        message_bodies.heed(app, mailbox_id, error)
        raise message_bodies.refusal(app, error) from error
    return tuple(dict.fromkeys(thread for _, thread in page.ids))
