"""Collision: who else has a ticket open or is typing, within seconds.

One document a person and ticket, so that no document is written by two. A page that closes deletes it;
one that is cut off is forgotten after 25 seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared import codec, ids
from shared.app import App
from shared.domain.presence import BEAT, COLLECTION, LIFETIME, Presence, beaten, is_there
from shared.permissions import Actor, Permission, visible_mailboxes
from shared.services.tickets import ticket_changes
from shared.store.contract import MAX_DISJUNCTIONS, Filter, Order, Query, Reader

_PEOPLE: Final = 20  # shown at one ticket
_SHOWN: Final = 100  # in all of somebody's mailboxes
_KEPT: Final = timedelta(hours=1)  # until the store's own deletion takes what nobody reads any more


@dataclass(frozen=True, slots=True)
class Typing:
    """Whether the person is typing an answer."""

    typing: bool = False


@dataclass(frozen=True, slots=True)
class PersonThere:
    """Somebody who has a ticket open, since when, and whether they are typing."""

    ticket_id: str
    user_id: str
    typing: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Others:
    """Who else is there; a page asks again in so many seconds."""

    others: tuple[PersonThere, ...]
    beat_seconds: int


def be_there(app: App, actor: Actor, ticket_id: str, *, typing: bool) -> Others:
    """Say that the actor has this ticket open; return who else has. Raises NotFound, Forbidden."""
    ticket = ticket_changes.load(app.store, actor, ticket_id, Permission.TICKET_READ)
    now = app.clock.now()
    there = _there(app.store, Filter("ticket_id", "==", ticket_id), now, _PEOPLE)
    own_id = _id(actor.user_id, ticket_id)
    own = Presence(ticket_id, ticket.mailbox_id, actor.user_id, typing, now, now, now + _KEPT)
    written = beaten(there.pop(own_id, None), own)
    if written is not None:
        document = codec.to_document(written)
        app.store.transact(lambda tx: tx.put(COLLECTION, own_id, document))
    return _shown(there.values())


def leave(app: App, actor: Actor, ticket_id: str) -> None:
    """Say that the actor has closed this ticket. Raises NotFound, Forbidden."""
    ticket_changes.load(app.store, actor, ticket_id, Permission.TICKET_READ)
    own_id = _id(actor.user_id, ticket_id)
    app.store.transact(lambda tx: tx.delete(COLLECTION, own_id))


def others(app: App, actor: Actor) -> Others:
    """Return who else is at any ticket of the mailboxes in which the actor may read tickets."""
    mailboxes = sorted(visible_mailboxes(actor, Permission.TICKET_READ) or ())
    now = app.clock.now()
    there: dict[str, Presence] = {}
    for start in range(0, len(mailboxes), MAX_DISJUNCTIONS):
        some = mailboxes[start : start + MAX_DISJUNCTIONS]
        there |= _there(app.store, Filter("mailbox_id", "in", some), now, _SHOWN)
    return _shown(one for one in there.values() if one.user_id != actor.user_id)


def _there(reader: Reader, where: Filter, now: datetime, most: int) -> dict[str, Presence]:
    recent = Filter("seen_at", ">", now - LIFETIME)
    newest = (Order("seen_at", descending=True),)
    page = reader.query(Query(COLLECTION, (where, recent), newest, limit=most))
    read = {d.id: codec.from_document(Presence, d.data) for d in page.documents}
    return {id: one for id, one in read.items() if is_there(one, now)}


def _shown(there: Iterable[Presence]) -> Others:
    people = sorted(there, key=lambda one: (one.since, one.user_id))
    return Others(
        tuple(PersonThere(p.ticket_id, p.user_id, p.typing, p.since) for p in people),
        BEAT // timedelta(seconds=1),
    )


def _id(user_id: str, ticket_id: str) -> str:
    return ids.derived_id(ids.PRESENCE, "presence", user_id, ticket_id)
