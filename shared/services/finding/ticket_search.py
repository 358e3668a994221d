"""Finding tickets: by code, by the words of subject and customer, and by what their mail says.

Every way ends at tickets of mailboxes in which the person may search and read, and nothing else is told:
not how much mail Gmail found, nor that a code exists elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import Final, Literal, TypeAlias

from shared import codec, ids
from shared.app import App
from shared.domain.search_words import asked_words
from shared.domain.tickets import CODES, COLLECTION, Ticket
from shared.errors import Invalid, NotFound
from shared.permissions import Actor, Permission, allows, require_in
from shared.services.finding import mail_search, search_tokens, split_queries
from shared.services.finding.mail_search import Unanswered
from shared.services.tickets import merged_tickets
from shared.services.tickets.ticket_rows import TicketRow, ticket_row
from shared.store.contract import MAX_DISJUNCTIONS, Filter, Order, Query

MOST: Final = 50
_CHARACTERS: Final = 200

Way: TypeAlias = Literal["code", "words", "mail"]


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A ticket that was found, and by what."""

    ticket: TicketRow
    matched: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Tickets, the newest mail first; `unanswered` are mailboxes whose mail could not be searched."""

    items: tuple[SearchHit, ...]
    unanswered: tuple[Unanswered, ...]
    more: bool  # there may be others: search for something narrower


def search(
    app: App,
    actor: Actor,
    text: str,
    *,
    mailbox_ids: Sequence[str] = (),
    advanced: bool = False,
    limit: int = MOST,
) -> SearchResult:
    """Return the tickets that a text finds, in these mailboxes or in all that the actor may search.

    `advanced`: the text is Gmail's own query language, and only mail is searched. Raises
    NotFound("mailbox.not_found"), Invalid("search.nothing_to_find"), Invalid("search.too_long").
    """
    if len(text) > _CHARACTERS:
        raise Invalid("search.too_long", max_characters=_CHARACTERS)
    for mailbox_id in mailbox_ids:
        require_in(actor, Permission.SEARCH_USE, mailbox_id, "mailbox.not_found")
    mailboxes = [
        mailbox_id
        for mailbox_id in sorted(set(mailbox_ids) or actor.mailbox_ids)
        if allows(actor, Permission.SEARCH_USE, mailbox_id)
        and allows(actor, Permission.TICKET_READ, mailbox_id)
    ]
    words = asked_words(text)
    if not words:
        raise Invalid("search.nothing_to_find")
    found = _Found(limit)
    if not advanced and _by_code(app, text, mailboxes, found):
        return found.result(app, ())
    if not advanced:
        _by_words(app, words, mailboxes, found, (limit + 1) // 2)
    readable = [one for one in mailboxes if allows(actor, Permission.CONTENT_READ, one)]
    query = text if advanced else mail_search.quoted(text)
    mail = mail_search.search(app, readable, query)
    _by_threads(app, mail.threads, found)
    return found.result(app, mail.unanswered)


class _Found:
    """Tickets by id, with the ways in which they were found."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.tickets: dict[str, Ticket] = {}
        self.ways: dict[str, list[Way]] = {}
        self.more = False

    def add(self, id: str, ticket: Ticket, way: Way) -> None:
        self.tickets[id] = ticket
        ways = self.ways.setdefault(id, [])
        if way not in ways:
            ways.append(way)

    def result(self, app: App, unanswered: tuple[Unanswered, ...]) -> SearchResult:
        newest = sorted(
            self.tickets.items(), key=lambda one: (one[1].last_message_at, one[0]), reverse=True
        )
        hits = (
            SearchHit(ticket_row(app, id, ticket), tuple(self.ways[id])) for id, ticket in newest
        )
        return SearchResult(tuple(hits), unanswered, self.more)


def _by_code(app: App, text: str, mailboxes: Sequence[str], found: _Found) -> bool:
    """Find the ticket of a code: nobody who types one looks for anything else."""
    code = ids.read_code(text.strip().removeprefix("#"))
    named = None if code is None else app.store.get(CODES, code)
    document = None if named is None else app.store.get(COLLECTION, str(named.data["ticket_id"]))
    if document is None or document.data["mailbox_id"] not in mailboxes:
        return False
    _add(app, document.id, codec.from_document(Ticket, document.data), "code", found)
    return True


def _by_words(
    app: App, words: Sequence[str], mailboxes: Sequence[str], found: _Found, limit: int
) -> None:
    """Find tickets that have all the words: the store looks for the longest, which is rarest."""
    longest = max(words, key=len)
    wanted: dict[str, frozenset[str]] = {}
    asked: list[str] = []
    for mailbox_id in mailboxes:
        try:
            wanted[mailbox_id] = frozenset(search_tokens.tokens(app, mailbox_id, words))
            asked += search_tokens.tokens(app, mailbox_id, [longest])
        except NotFound:  # a disconnected mailbox has nothing left to find
            continue
    parts = [asked[at : at + MAX_DISJUNCTIONS] for at in range(0, len(asked), MAX_DISJUNCTIONS)]
    queries = [_having(part) for part in parts]
    if not queries:
        return
    page = split_queries.read(app, queries, None, limit)
    found.more = found.more or page.more
    for document in page.documents:
        ticket = codec.from_document(Ticket, document.data)
        if wanted.get(ticket.mailbox_id, frozenset({""})) <= set(ticket.search_tokens):
            _add(app, document.id, ticket, "words", found)


def _having(tokens: Sequence[str]) -> Query:
    """Return the query of tickets that have one of these tokens, each of which is of one mailbox only."""
    one_of = Filter("search_tokens", "array_contains_any", list(tokens))
    return Query(COLLECTION, (one_of,), (Order("last_message_at", descending=True),))


def _by_threads(app: App, threads: Mapping[str, tuple[str, ...]], found: _Found) -> None:
    """Find the tickets of Gmail's threads, the newest of each mailbox in turn."""
    for id, ticket in found.tickets.items():
        if set(ticket.gmail_threads) & set(threads.get(ticket.mailbox_id, ())):
            found.add(id, ticket, "mail")
    known = {
        (ticket.mailbox_id, thread)
        for ticket in found.tickets.values()
        for thread in ticket.gmail_threads
    }
    fresh = [one for one in _in_turn(threads) if one not in known]
    room = min(MAX_DISJUNCTIONS, found.limit - len(found.tickets))
    found.more = found.more or len(fresh) > room
    asked = set(fresh[: max(0, room)])
    if not asked:
        return
    names = sorted({thread for _, thread in asked})
    query = Query(
        COLLECTION,
        (Filter("gmail_threads", "array_contains_any", names),),
        limit=found.limit - len(found.tickets),
    )
    for document in app.store.query(query).documents:
        ticket = codec.from_document(Ticket, document.data)
        # Gmail numbers each mailbox's threads by itself: the same number elsewhere is another one.
        found_by = any((ticket.mailbox_id, thread) in asked for thread in ticket.gmail_threads)
        if found_by and not ticket.erased:  # Gmail has the words still; here they are nobody's
            _add(app, document.id, ticket, "mail", found)


def _in_turn(threads: Mapping[str, tuple[str, ...]]) -> Iterable[tuple[str, str]]:
    """Return (mailbox, thread): the first of each mailbox, then the second of each, and so on."""
    columns = ([(mailbox_id, one) for one in found] for mailbox_id, found in threads.items())
    pairs = chain.from_iterable(zip_longest(*columns))
    return islice((pair for pair in pairs if pair is not None), 10 * MOST)


def _add(app: App, id: str, ticket: Ticket, way: Way, found: _Found) -> None:
    """Add a ticket, in the place of one that was merged the one that goes on."""
    if ticket.merged_into is not None:
        goes_on = merged_tickets.follow(app.store, ticket.merged_into, ticket.mailbox_id)
        if goes_on is None:
            return
        id, ticket = goes_on
    found.add(id, ticket, way)
