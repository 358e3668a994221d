"""Asking customers how they were helped, and taking their answers in."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shared import codec
from shared.app import App
from shared.audit.events import Action
from shared.auth import throttle
from shared.auth.visitor import Visitor
from shared.domain import satisfaction, tickets
from shared.domain.mailbox_settings import MailboxSettings
from shared.domain.places import place
from shared.domain.satisfaction import COLLECTION, Answer, Link, Standing
from shared.domain.tickets import Rating, Ticket
from shared.errors import Conflict, Invalid, NotFound
from shared.keys.contract import TOKEN_KEY
from shared.permissions import Actor, Permission
from shared.services import audit_log, outbox
from shared.services.outbox import Outbox
from shared.services.tickets import merged_tickets, ticket_changes
from shared.services.tickets.ticket_changes import Author
from shared.store.contract import Reader, Transaction

_FROM_ONE_NETWORK: Final = 60  # answers in a quarter of an hour
_OF_ONE_TICKET: Final = 20
_WINDOW_SECONDS: Final = 900

# In the language of whoever writes the reply, as the line above a quoted mail is.
_INVITATIONS: Final = {"en": "How did we do? Tell us here:", "ar": "كيف كانت خدمتنا؟ أخبرنا هنا:"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page of a link shows: the ticket's code, and the answer so far."""

    code: str
    standing: Standing
    rating: Rating | None


@dataclass(frozen=True, slots=True)
class RatingView:
    """What a customer said of a ticket."""

    rating: Rating
    comment: str | None  # None where the mailbox was disconnected
    rated_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class _Found:
    """A good link's ticket, merges followed, and its answer so far."""

    link: Link
    ticket_id: str
    ticket: Ticket
    answer: Answer | None


def link(app: App, ticket_id: str, ticket: Ticket, settings: MailboxSettings) -> str | None:
    """Return the address at which a ticket's customer says how they were helped; None where nobody asks.

    `settings` are those of the ticket's mailbox. It is good for 30 days.
    """
    if not settings.satisfaction or ticket.customer_id is None:
        return None
    key = app.keys.primary(TOKEN_KEY).value
    ends = app.clock.now() + satisfaction.LINK_LIVES
    token = satisfaction.token(key, ticket_id, ticket.customer_id, ends)
    return f"{app.settings.public_url}/satisfaction/{token}"


def invitation(address: str, language: str) -> tuple[str, str]:
    """Return the lines that ask for an answer, as text and as HTML."""
    line = _INVITATIONS.get(language, _INVITATIONS["en"])
    shown = html.escape(address)
    direction = "rtl" if language == "ar" else "ltr"
    as_html = f'<p dir="{direction}">{html.escape(line)}<br><a href="{shown}">{shown}</a></p>'
    return f"{line}\n{address}", as_html


def show(app: App, token: str) -> Asked:
    """Return what a link asks; changes nothing. Raises NotFound("satisfaction.not_found")."""
    found = _find(app, app.store, token)
    return _asked(app, found)


def answer(app: App, visitor: Visitor, token: str, rating: Rating, comment: str) -> Asked:
    """Take an answer in, or another one instead of it; an empty comment leaves the earlier one.

    The same answer again changes nothing. Raises NotFound("satisfaction.not_found"),
    Conflict("satisfaction.closed"), Invalid("satisfaction.comment_too_long"), TooMany.
    """
    try:
        said = satisfaction.comment(comment)
    except ValueError as error:
        most = satisfaction.MAX_COMMENT
        raise Invalid("satisfaction.comment_too_long", max_characters=most) from error
    _throttle(app, "satisfaction.network", visitor.network, _FROM_ONE_NETWORK)
    before = _find(app, app.store, token)
    _throttle(app, "satisfaction.ticket", before.ticket_id, _OF_ONE_TICKET)

    def work(tx: Transaction, box: Outbox) -> Asked:
        found = _find(app, tx, token)
        standing = satisfaction.standing(found.link, found.answer, app.clock.now())
        if standing == "closed":
            raise Conflict("satisfaction.closed")
        earlier = found.answer if standing == "answered" else None
        kept = said or _comment(app, found.ticket_id, earlier) or ""
        same = earlier is not None and earlier.rating is rating
        if same and kept == _comment(app, found.ticket_id, earlier):
            return _asked(app, found)
        return _asked(app, _write(app, tx, box, found, earlier, rating, kept))

    return outbox.commit(app, work)


def read(app: App, actor: Actor, ticket_id: str) -> RatingView:
    """Return what the customer said. Raises NotFound, also where they said nothing, Forbidden."""
    ticket_changes.load(app.store, actor, ticket_id, Permission.TICKET_READ)
    found = app.store.get(COLLECTION, ticket_id)
    if found is None:
        raise NotFound("rating.not_found")
    kept = codec.from_document(Answer, found.data)
    comment = _comment(app, ticket_id, kept)
    return RatingView(kept.rating, comment, kept.rated_at, kept.changed_at)


def _write(
    app: App,
    tx: Transaction,
    box: Outbox,
    found: _Found,
    earlier: Answer | None,
    rating: Rating,
    comment: str,
) -> _Found:
    ticket_id, ticket, now = found.ticket_id, found.ticket, app.clock.now()
    try:
        sealed = app.envelope.seal(
            ticket.mailbox_id, place(COLLECTION, ticket_id), {"comment": comment}
        )
    except NotFound:  # the mailbox was disconnected: its tickets are read only
        raise Conflict("satisfaction.closed") from None
    written = ticket_changes.write(
        app,
        tx,
        box,
        ticket_id,
        ticket,
        replace(ticket, rating=rating),
        Author(audit_log.ANONYMOUS),
        Action.TICKET_RATED,
        ({"field": "comment", "before": None, "after": "given"},) if comment else (),
    )
    kept = Answer(
        mailbox_id=ticket.mailbox_id,
        rating=rating,
        rated_at=earlier.rated_at if earlier else now,
        changed_at=now,
        link=found.link.ends,
        sealed=sealed,
        assignee_id=ticket.assignee_id,
        tags=ticket.tags,
        last_audit_id=written.last_audit_id,
    )
    tx.put(COLLECTION, ticket_id, codec.to_document(kept))
    return replace(found, ticket=written, answer=kept)


def _find(app: App, reader: Reader, token: str) -> _Found:
    link = satisfaction.read(token)
    document = None if link is None else reader.get(tickets.COLLECTION, link.ticket_id)
    if link is None or document is None:
        raise NotFound("satisfaction.not_found")
    ticket = codec.from_document(Ticket, document.data)
    key = app.keys.primary(TOKEN_KEY).value
    if ticket.customer_id is None or not satisfaction.is_signed(key, link, ticket.customer_id):
        raise NotFound("satisfaction.not_found")
    ticket_id = link.ticket_id
    if ticket.merged_into is not None:
        followed = merged_tickets.follow(reader, ticket.merged_into, ticket.mailbox_id)
        if followed is None:
            raise NotFound("satisfaction.not_found")
        ticket_id, ticket = followed
    kept = reader.get(COLLECTION, ticket_id)
    answer = None if kept is None else codec.from_document(Answer, kept.data)
    return _Found(link, ticket_id, ticket, answer)


def _asked(app: App, found: _Found) -> Asked:
    standing = satisfaction.standing(found.link, found.answer, app.clock.now())
    answered = found.answer is not None and found.answer.link == found.link.ends
    rating = found.answer.rating if found.answer is not None and answered else None
    return Asked(found.ticket.code, standing, rating)


def _comment(app: App, ticket_id: str, answer: Answer | None) -> str | None:
    if answer is None or answer.sealed is None:
        return None
    try:
        opened = app.envelope.open(answer.mailbox_id, place(COLLECTION, ticket_id), answer.sealed)
    except NotFound:
        return None
    return str(opened["comment"])


def _throttle(app: App, kind: str, subject: str, slots: int) -> None:
    throttle.claim(
        app.store,
        app.clock,
        kind=kind,
        subject=subject,
        slots=slots,
        window_seconds=_WINDOW_SECONDS,
    )
