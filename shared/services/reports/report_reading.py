"""What reports are made of: the tickets of some mailboxes, and what happened to them in a period.

Reading has an end: a report over more than MAX_TICKETS tickets is refused before they are read, and says
how to ask for less. One that silently counted a part would be wrong and look right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from shared import codec
from shared.app import App
from shared.domain import messages, satisfaction, tickets
from shared.domain.business_hours import Schedule
from shared.domain.messages import Direction
from shared.domain.reports import Event, Fact, Period
from shared.domain.satisfaction import Answer
from shared.domain.service_clock import schedule_of
from shared.domain.tickets import Ticket, TicketState
from shared.errors import Invalid, NotFound
from shared.services.finding import split_queries
from shared.services.finding.split_queries import Position
from shared.services.mailboxes import mailbox_access
from shared.store.contract import Document, Filter, Order, Query

MAX_TICKETS: Final = 5_000
_PAGE: Final = 500
_MANY_MAILS: Final = 10_000_000
_UNSOLVED: Final = tuple(
    state.value
    for state in (TicketState.NEW, TicketState.OPEN, TicketState.PENDING, TicketState.ON_HOLD)
)
_SECOND: Final = timedelta(seconds=1)


class Reading:
    """Reads for one report, and counts what it reads."""

    def __init__(self, app: App, mailbox_ids: Sequence[str], period: Period) -> None:
        self._app = app
        self.mailbox_ids = mailbox_ids
        self._period = period
        self._schedules: dict[str, Schedule | None] = {}
        self.read = 0

    def volumes(self) -> list[Fact]:
        """Return tickets created, solved and reopened in the period, and those unsolved now."""
        return [
            *self._tickets("created", self._in_period("first_message_at")),
            *self._tickets("solved", self._in_period("solved_at")),
            *self._tickets("reopened", self._in_period("reopened_at")),
            *self._tickets("unsolved", self._unsolved()),
        ]

    def times(self) -> list[Fact]:
        """Return first replies to tickets of the period, and solutions in it, measured."""
        created = self._tickets("first_reply", self._in_period("first_message_at"), self._replied)
        solved = self._tickets("solution", self._in_period("solved_at"), self._solved)
        return [*created, *solved]

    def ratings(self) -> list[Fact]:
        """Return what customers answered in the period."""
        query = self._in_period("rated_at", satisfaction.COLLECTION)
        found = (codec.from_document(Answer, d.data) for d in self._documents(query))
        return [
            Fact(one.rating.value, one.rated_at, one.mailbox_id, one.assignee_id, one.tags)
            for one in found
        ]

    def mails(self, direction: Direction, since: datetime, until: datetime) -> int:
        """Return how many mails came in or went out between two moments."""
        query = Query(
            messages.COLLECTION,
            (
                Filter("direction", "==", direction.value),
                Filter("received_at", ">=", since),
                Filter("received_at", "<", until),
            ),
            (Order("received_at"),),
        )
        return split_queries.count(self._app, self._split(query), _MANY_MAILS)

    def of(self, mailbox_id: str) -> Reading:
        """Return a reading of one mailbox."""
        return Reading(self._app, [mailbox_id], self._period)

    def _tickets(
        self,
        event: Event,
        query: Query,
        measured: Callable[[Ticket, Fact], Fact | None] = lambda _, fact: fact,
    ) -> Iterator[Fact]:
        by_time = query.order[0].field
        for document in self._documents(query):
            ticket = codec.from_document(Ticket, document.data)
            # Spam was no request, and a merged ticket is part of another.
            if ticket.merged_into is not None or ticket.state is TicketState.SPAM:
                continue
            at = getattr(ticket, by_time)
            fact = measured(
                ticket, Fact(event, at, ticket.mailbox_id, ticket.assignee_id, ticket.tags)
            )
            if fact is not None:
                yield fact

    def _replied(self, ticket: Ticket, fact: Fact) -> Fact | None:
        """Measure from a customer's first mail to the first answer; where the desk began, nothing is."""
        if not ticket.first_is_inbound or ticket.first_reply_at is None:
            return None
        took = ticket.first_reply_at - ticket.first_message_at
        business = self._business(ticket, ticket.first_reply_at)
        return replace(fact, seconds=max(0, took // _SECOND), business_seconds=business)

    def _solved(self, ticket: Ticket, fact: Fact) -> Fact | None:
        """Measure from the first mail to the solution; in business time without what others took."""
        took = fact.at - ticket.first_message_at
        business = self._business(ticket, fact.at)
        if business is not None:
            business = max(0, business - ticket.paused_seconds)
        return replace(fact, seconds=max(0, took // _SECOND), business_seconds=business)

    def _business(self, ticket: Ticket, until: datetime) -> int | None:
        mailbox_id = ticket.mailbox_id
        if mailbox_id not in self._schedules:
            self._schedules[mailbox_id] = _schedule(self._app, mailbox_id)
        schedule = self._schedules[mailbox_id]
        if schedule is None:
            return None
        return schedule.between(ticket.first_message_at, until) // _SECOND

    def _in_period(self, field: str, collection: str = tickets.COLLECTION) -> Query:
        begins, ends = self._period.begins, self._period.ends
        within = (Filter(field, ">=", begins), Filter(field, "<", ends))
        return Query(collection, within, (Order(field),))

    def _unsolved(self) -> Query:
        unsolved = Filter("state", "in", list(_UNSOLVED))
        newest = (Order("last_message_at", descending=True),)
        return Query(tickets.COLLECTION, (unsolved, Filter("merged_into", "==", None)), newest)

    def _documents(self, query: Query) -> Iterator[Document]:
        """Give all documents that a query finds. Raises Invalid("report.too_many_tickets") before reading."""
        queries = self._split(query)
        if not queries:
            return
        left = MAX_TICKETS - self.read
        number = split_queries.count(self._app, queries, left + 1)
        if number > left:
            raise Invalid(
                "report.too_many_tickets",
                most=MAX_TICKETS,
                narrow=["mailbox_id", "since", "until"],
            )
        self.read += number
        [order] = query.order
        after: Position | None = None
        while True:
            page = split_queries.read(self._app, queries, after, _PAGE)
            yield from page.documents
            if not page.more or not page.documents:
                return
            last = page.documents[-1]
            at = last.data[order.field]
            assert isinstance(at, datetime)
            after = Position(at, last.id)

    def _split(self, query: Query) -> tuple[Query, ...]:
        return split_queries.split(query, "mailbox_id", self.mailbox_ids)


def _schedule(app: App, mailbox_id: str) -> Schedule | None:
    """Return a mailbox's hours; None where it was disconnected, or its settings make no sense."""
    try:
        settings: Any = mailbox_access.known(app, mailbox_id).settings
        return schedule_of(settings)
    except (NotFound, ValueError):
        return None
