"""Replies as people see them, opened for those who may send from the mailbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared import codec, ids
from shared.app import App
from shared.domain.replies import COLLECTION, Reply, ReplyState
from shared.domain.tickets import Ticket, family
from shared.errors import NotFound
from shared.permissions import Actor, Permission
from shared.services.replies import outgoing, uploads
from shared.services.replies.uploads import UploadRow
from shared.services.tickets import ticket_changes
from shared.services.tickets.ticket_rows import Person, TicketRow
from shared.store.contract import Filter, Order, Query, Reader


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """A reply. Its content is there until it is sent: then it is a message of the ticket.

    `failure` is a stable word: why it failed, waits, or is to be reviewed. `new_participants` came into
    the conversation by writing to it; answering them together with others needs a confirmation.
    """

    id: str
    ticket_id: str
    mailbox_id: str
    state: ReplyState
    author_id: str | None
    automatic: bool
    parent_message_id: str | None
    sender: Person | None
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    bcc: tuple[Person, ...]
    subject: str | None
    text: str | None
    html: str | None
    quotes: bool
    signs: bool
    upload_ids: tuple[str, ...]
    uploads: tuple[UploadRow, ...]  # those that are still there
    new_participants: tuple[str, ...]
    not_before: datetime | None
    failure: str | None
    waits_for_mailbox: bool
    created_at: datetime
    changed_at: datetime
    sent_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class ReplyPage:
    """A page of a ticket's replies, the newest first."""

    items: tuple[ReplyRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class QueuedReply:
    """A reply that was queued, and its ticket as that left it."""

    reply: ReplyRow
    ticket: TicketRow


def list_replies(
    app: App, actor: Actor, ticket_id: str, limit: int, cursor: str | None
) -> ReplyPage:
    """Return the replies of a ticket that are neither sent nor thrown away, the newest first."""
    ticket = ticket_changes.load(app.store, actor, ticket_id, Permission.REPLY_SEND)
    return replies_of(app, family(ticket_id, ticket), limit, cursor)


def replies_of(
    app: App, ticket_ids: Sequence[str], limit: int, cursor: str | None = None
) -> ReplyPage:
    """Return the replies of a ticket that the actor may answer, given the ids of its family."""
    page = app.store.query(
        Query(
            COLLECTION,
            (Filter("ticket_id", "in", list(ticket_ids)), Filter("done", "==", False)),
            (Order("created_at", descending=True),),
            limit=limit,
            cursor=cursor,
        )
    )
    rows = [row(app, d.id, codec.from_document(Reply, d.data)) for d in page.documents]
    return ReplyPage(tuple(rows), page.next)


def read_reply(app: App, actor: Actor, ticket_id: str, reply_id: str) -> ReplyRow:
    """Return one reply. Raises NotFound("ticket.not_found"), NotFound("reply.not_found")."""
    _, reply = load(app.store, actor, ticket_id, reply_id)
    return row(app, reply_id, reply)


def load(reader: Reader, actor: Actor, ticket_id: str, reply_id: str) -> tuple[Ticket, Reply]:
    """Return a ticket and one of its replies, for somebody who may send from its mailbox.

    Raises NotFound("ticket.not_found"), NotFound("reply.not_found"), Forbidden.
    """
    ticket = ticket_changes.load(reader, actor, ticket_id, Permission.REPLY_SEND)
    found = reader.get(COLLECTION, reply_id) if ids.is_id(ids.REPLY, reply_id) else None
    if found is None or found.data["ticket_id"] not in family(ticket_id, ticket):
        raise NotFound("reply.not_found")
    return ticket, codec.from_document(Reply, found.data)


def row(app: App, id: str, reply: Reply) -> ReplyRow:
    """Return a reply as it is shown; of a disconnected mailbox without content."""
    try:
        fields = outgoing.unseal(app, id, reply)
    except NotFound:
        fields = {}
    return ReplyRow(
        id=id,
        ticket_id=reply.ticket_id,
        mailbox_id=reply.mailbox_id,
        state=reply.state,
        author_id=reply.author_id,
        automatic=reply.automatic,
        parent_message_id=reply.parent_message_id,
        sender=_person(fields.get("from")),
        to=_people(fields.get("to", ())),
        cc=_people(fields.get("cc", ())),
        bcc=_people(fields.get("bcc", ())),
        subject=fields.get("subject"),
        text=fields.get("text"),
        html=fields.get("html"),
        quotes=reply.quotes,
        signs=reply.signs,
        upload_ids=reply.upload_ids,
        uploads=uploads.rows(app, reply.upload_ids) if fields and reply.upload_ids else (),
        new_participants=tuple(fields.get("new_participants", ())),
        not_before=reply.not_before,
        failure=reply.failure,
        waits_for_mailbox=reply.waits_for_mailbox,
        created_at=reply.created_at,
        changed_at=reply.changed_at,
        sent_at=reply.sent_at,
        version=reply.version,
    )


def _person(value: Mapping[str, Any] | None) -> Person | None:
    return None if value is None else Person(value["name"], value["address"])


def _people(values: Sequence[Mapping[str, Any]]) -> tuple[Person, ...]:
    return tuple(Person(value["name"], value["address"]) for value in values)
