"""The feed: what changed since a page asked last, for a page that keeps asking.

A cursor says until when everything was told. The next answer looks back a little further, because clocks
differ and what a slow writer commits may carry a time just before the last look; what was told in that
overlap is in the cursor, so nothing is told twice. What a person may not see any more is told as gone:
a ticket that was merged away, and a whole mailbox that they left.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from shared import codec, ids
from shared.app import App
from shared.domain.tickets import COLLECTION, Ticket
from shared.errors import Invalid
from shared.permissions import Actor, Permission, visible_mailboxes
from shared.services.finding import split_queries
from shared.services.finding.split_queries import Position
from shared.services.tickets.ticket_rows import TicketRow, ticket_row
from shared.store.contract import Document, Filter, Order, Query

OVERLAP: Final = timedelta(seconds=10)
_TOLD: Final = 100  # a cursor stands in an address; beyond that a change may be told twice
_MARK: Final = 8  # characters of a hash: 48 bits


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One change. `changed`: a ticket, new or not. `gone`: a ticket or, by its id, a whole mailbox.

    `appeared`: a mailbox that the person has joined, whose tickets are listed, not told here.
    """

    kind: Literal["changed", "gone", "appeared"]
    id: str
    mailbox_id: str
    version: int | None = None
    ticket: TicketRow | None = None
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class FeedPage:
    """What changed, the oldest change first. `next` is the cursor to ask with; with `more` at once."""

    items: tuple[FeedRow, ...]
    next: str
    more: bool


@dataclass(frozen=True, slots=True)
class _Cursor:
    """Where a reader stands: everything until `since` was told, but for what is committed late.

    While `after` is set, one look spans several pages: it began at `begun` and goes on after that place.
    `told` are marks of what was told of the overlap, `fresh` of what this look adds for the next.
    """

    mailboxes: tuple[str, ...]
    since: datetime
    told: tuple[str, ...] = ()
    begun: datetime | None = None
    after: Position | None = None
    fresh: tuple[str, ...] = ()

    def to_text(self) -> str:
        after = None if self.after is None else [self.after.at.isoformat(), self.after.id]
        begun = None if self.begun is None else self.begun.isoformat()
        boxes = [mailbox_id.partition("_")[2] for mailbox_id in self.mailboxes]
        parts = [boxes, self.since.isoformat(), "".join(self.told), begun, after]
        text = json.dumps([*parts, "".join(self.fresh)], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def read(app: App, actor: Actor, cursor: str | None, limit: int = 50) -> FeedPage:
    """Return what changed since the cursor was given; without one, nothing and the first cursor.

    Raises Invalid("cursor.invalid").
    """
    now = app.clock.now()
    mailboxes = tuple(sorted(visible_mailboxes(actor, Permission.TICKET_READ) or ()))
    if cursor is None:
        return FeedPage((), _Cursor(mailboxes, now).to_text(), more=False)
    known = _read(cursor)
    rows = list(_sight(known.mailboxes, mailboxes))
    begun = known.begun or now
    found = None
    fresh = list(known.fresh)
    if mailboxes:
        found = split_queries.read(
            app, _queries(known.since - OVERLAP, mailboxes), known.after, limit
        )
        for document in found.documents:
            mark = _mark(document)
            if _changed_at(document) > begun - OVERLAP:
                fresh.append(mark)
            if mark not in known.told:
                rows.append(_row(app, document))
    if found is not None and found.more:
        last = found.documents[-1]
        following = replace(
            known,
            mailboxes=mailboxes,
            begun=begun,
            after=Position(_changed_at(last), last.id),
            fresh=tuple(fresh[-_TOLD:]),
        )
        return FeedPage(tuple(rows), following.to_text(), more=True)
    following = _Cursor(mailboxes, begun, told=tuple(fresh[-_TOLD:]))
    return FeedPage(tuple(rows), following.to_text(), more=False)


def _queries(after: datetime, mailboxes: Sequence[str]) -> tuple[Query, ...]:
    changed = Query(COLLECTION, (Filter("changed_at", ">", after),), (Order("changed_at"),))
    return split_queries.split(changed, "mailbox_id", mailboxes)


def _sight(before: Sequence[str], now: Sequence[str]) -> Iterator[FeedRow]:
    for mailbox_id in sorted(set(before) - set(now)):
        yield FeedRow("gone", mailbox_id, mailbox_id)
    for mailbox_id in sorted(set(now) - set(before)):
        yield FeedRow("appeared", mailbox_id, mailbox_id)


def _row(app: App, document: Document) -> FeedRow:
    ticket = codec.from_document(Ticket, document.data)
    if ticket.merged_into is not None:
        return FeedRow(
            "gone",
            document.id,
            ticket.mailbox_id,
            ticket.version,
            merged_into=ticket.merged_into,
        )
    row = ticket_row(app, document.id, ticket)
    return FeedRow("changed", document.id, ticket.mailbox_id, ticket.version, row)


def _changed_at(document: Document) -> datetime:
    at = document.data["changed_at"]
    assert isinstance(at, datetime)
    return at


def _mark(document: Document) -> str:
    """Return what stands for one state of one ticket in a cursor."""
    state = (document.id, str(document.data["version"]), _changed_at(document).isoformat())
    digest = hashlib.sha256("|".join(state).encode()).digest()[: _MARK * 6 // 8]
    return base64.urlsafe_b64encode(digest).decode()


def _read(text: str) -> _Cursor:
    try:
        padded = text + "=" * (-len(text) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        boxes, since, told, begun, after, fresh = found
        mailboxes = tuple(f"{ids.MAILBOX}_{one}" for one in boxes)
        if not all(ids.is_id(ids.MAILBOX, one) for one in mailboxes):
            raise Invalid("cursor.invalid")
        return _Cursor(
            mailboxes,
            _time(since),
            _marks(told),
            None if begun is None else _time(begun),
            None if after is None else Position(_time(after[0]), str(after[1])),
            _marks(fresh),
        )
    except (ValueError, TypeError, KeyError, IndexError, binascii.Error, RecursionError) as error:
        raise Invalid("cursor.invalid") from error


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _marks(text: str) -> tuple[str, ...]:
    return tuple(text[i : i + _MARK] for i in range(0, len(text), _MARK))
