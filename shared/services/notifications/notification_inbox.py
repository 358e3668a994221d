"""What a person was told, as they read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared import codec, ids
from shared.app import App
from shared.domain import tickets
from shared.domain.notifications import COLLECTION, Kind, Notification
from shared.domain.places import place
from shared.domain.tickets import Ticket
from shared.errors import Invalid
from shared.permissions import Actor, Permission, allows, visible_mailboxes, without_glass
from shared.services.notifications import audience
from shared.services.tickets.ticket_rows import open_sealed
from shared.store.contract import MAX_DISJUNCTIONS, Filter, Order, Query, Transaction

MOST_AT_ONCE: Final = 100
COUNTED: Final = 1_000
_PAGES: Final = 10


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """What somebody is told of a ticket; `about` is the note, message or reply that it is of.

    What is told of a mailbox has no ticket: `ticket_id` and `code` are "".
    """

    id: str
    kind: Kind
    mailbox_id: str
    ticket_id: str
    code: str
    subject: str | None
    about: str | None
    created_at: datetime
    unread: bool


@dataclass(frozen=True, slots=True)
class NotificationPage:
    """A page of what somebody is told, the newest first. `unread` counts all, up to 1,000."""

    items: tuple[NotificationRow, ...]
    next: str | None
    unread: int


@dataclass(frozen=True, slots=True)
class Unread:
    """How much is left unread, up to 1,000."""

    unread: int


def list_notifications(app: App, actor: Actor, limit: int, cursor: str | None) -> NotificationPage:
    """Return what the actor was told in the last 30 days, of tickets that they may still see.

    What they may no longer see is passed over, so a page may be shorter than its limit.
    """
    visible = visible_mailboxes(without_glass(actor), Permission.TICKET_READ) or frozenset()
    mine = (Filter("user_id", "==", actor.user_id),)
    newest = (Order("created_at", descending=True),)
    page = app.store.query(Query(COLLECTION, mine, newest, limit=limit, cursor=cursor))
    read = {d.id: codec.from_document(Notification, d.data) for d in page.documents}
    shown = {id: n for id, n in read.items() if n.mailbox_id in visible or not n.ticket_id}
    of = _tickets(app, {n.ticket_id for n in shown.values() if n.ticket_id}, visible)
    rows = [
        _row(app, id, n, of.get(n.ticket_id))
        for id, n in shown.items()
        if n.ticket_id in of or not n.ticket_id
    ]
    return NotificationPage(tuple(rows), page.next, _count(app, actor, visible))


def mark_read(app: App, actor: Actor, wanted: Sequence[str] | None) -> Unread:
    """Note that the actor has read these, or all (None); what is not theirs is passed over.

    Raises Invalid("notifications.too_many").
    """
    if wanted is None:
        for _ in range(_PAGES):
            page = app.store.query(_unread(actor.user_id))
            _mark(app, actor.user_id, [document.id for document in page.documents])
            if page.next is None:
                break
    elif len(wanted) > MOST_AT_ONCE:
        raise Invalid("notifications.too_many", most=MOST_AT_ONCE)
    else:
        own = [id for id in dict.fromkeys(wanted) if ids.is_id(ids.NOTIFICATION, id)]
        _mark(app, actor.user_id, own)
    visible = visible_mailboxes(actor, Permission.TICKET_READ) or frozenset()
    return Unread(_count(app, actor, visible))


def _mark(app: App, user_id: str, notification_ids: Sequence[str]) -> None:
    def work(tx: Transaction) -> None:
        for found in tx.get_all([(COLLECTION, id) for id in notification_ids]):
            if found is not None and found.data["user_id"] == user_id and found.data["unread"]:
                tx.update(COLLECTION, found.id, {"unread": False})

    if notification_ids:
        app.store.transact(work)


def _count(app: App, actor: Actor, visible: frozenset[str]) -> int:
    """Count what is unread of these mailboxes, as many at once as Firestore asks.

    Who looks after the desk itself is told of what is in no mailbox of theirs, too.
    """
    user_id = actor.user_id
    asked = sorted(visible)
    parts = [asked[at : at + MAX_DISJUNCTIONS] for at in range(0, len(asked), MAX_DISJUNCTIONS)]
    counts = (app.store.count(_unread(user_id, part), COUNTED) for part in parts)
    found = sum(counts)
    if any(allows(actor, permission) for permission in audience.LOOKED_AFTER):
        of_none = (
            Filter("user_id", "==", user_id),
            Filter("unread", "==", True),
            Filter("ticket_id", "==", ""),
        )
        elsewhere = app.store.query(Query(COLLECTION, of_none, limit=MOST_AT_ONCE)).documents
        found += sum(document.data["mailbox_id"] not in visible for document in elsewhere)
    return min(COUNTED, found)


def _unread(user_id: str, mailbox_ids: Sequence[str] = ()) -> Query:
    filters = [Filter("user_id", "==", user_id), Filter("unread", "==", True)]
    if mailbox_ids:
        filters.append(Filter("mailbox_id", "in", list(mailbox_ids)))
    return Query(COLLECTION, tuple(filters), limit=MOST_AT_ONCE)


def _tickets(app: App, ticket_ids: set[str], visible: frozenset[str]) -> dict[str, Ticket]:
    found = app.store.get_all([(tickets.COLLECTION, id) for id in sorted(ticket_ids)])
    read = {d.id: codec.from_document(Ticket, d.data) for d in found if d is not None}
    return {id: ticket for id, ticket in read.items() if ticket.mailbox_id in visible}


def _row(app: App, id: str, notification: Notification, ticket: Ticket | None) -> NotificationRow:
    summary: Mapping[str, Any] = {}
    if ticket is not None:
        context = place(tickets.COLLECTION, notification.ticket_id)
        summary = open_sealed(app, ticket.mailbox_id, context, ticket.sealed)
    return NotificationRow(
        id=id,
        kind=notification.kind,
        mailbox_id=notification.mailbox_id,
        ticket_id=notification.ticket_id,
        code=ticket.code if ticket else "",
        subject=summary.get("subject"),
        about=notification.about,
        created_at=notification.created_at,
        unread=notification.unread,
    )
