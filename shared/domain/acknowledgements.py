"""How often a mailbox answers by itself: counted by whom, from where and about what it is written to.

Two machines that answer each other change their address, their subject or both, and a forged sender makes
an answer hit somebody who never wrote (inbound-mail.md §10). So each answer is counted in several ways at
once, and the first that is used up keeps it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

COLLECTION: Final = "acknowledgements"

MAX_AGE: Final = timedelta(hours=24)  # of a mail that is answered: later it would only confuse


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many answers in a window that begins with the first of them."""

    kind: str
    most: int
    window: timedelta


_DAY: Final = timedelta(hours=24)
SENDER: Final = Limit("sender", 1, _DAY)
THREAD: Final = Limit("thread", 1, timedelta(days=365))
SUBJECT: Final = Limit("subject", 3, _DAY)  # of one domain, numbers and prefixes left out
DOMAIN: Final = Limit("domain", 50, _DAY)
MAILBOX: Final = Limit("mailbox", 500, _DAY)  # Gmail itself takes 2,000 a day, people's included


@dataclass(frozen=True, slots=True)
class Mark:
    """The document of one count; its id tells nobody of what."""

    mailbox_id: str
    since: datetime
    count: int
    expires_at: datetime


def counted(mark: Mark | None, limit: Limit, mailbox_id: str, now: datetime) -> Mark | None:
    """Return the count with one answer more, None where that would be too many."""
    if mark is None or now - mark.since >= limit.window:
        return Mark(mailbox_id, now, 1, now + limit.window)
    if mark.count >= limit.most:
        return None
    return replace(mark, count=mark.count + 1)


def similar(subject: str) -> str:
    """Return what subjects have in common that differ in numbers, punctuation and case only."""
    letters = (c if c.isalpha() else " " for c in subject.casefold())
    return " ".join("".join(letters).split())[:200]


def site(address: str) -> str:
    """Return the domain of an address without its subdomains, which cost a sender nothing.

    Two labels, three where the second is short as in co.uk: a guess that may count strangers together.
    """
    labels = address.rpartition("@")[2].lower().split(".")
    return ".".join(labels[-3 if len(labels) > 2 and len(labels[-2]) <= 3 else -2 :])


def all_counted(
    marks: Iterable[tuple[Mark | None, Limit]], mailbox_id: str, now: datetime
) -> list[Mark] | None:
    """Return all counts with one answer more, None where one of them is used up."""
    after = [counted(mark, limit, mailbox_id, now) for mark, limit in marks]
    full = [mark for mark in after if mark is not None]
    return full if len(full) == len(after) else None
