"""Using a saved reply on a ticket: its placeholders are filled, and that it was used is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from shared import codec, ids
from shared.app import App
from shared.domain import placeholders
from shared.domain.places import place
from shared.domain.saved_replies import USES, Use
from shared.domain.tickets import COLLECTION, Ticket
from shared.errors import Invalid, NotFound
from shared.permissions import Actor, Permission
from shared.services.accounts import colleagues
from shared.services.mailboxes import mailbox_access
from shared.services.replies import saved_replies
from shared.services.tickets import ticket_changes
from shared.services.tickets.ticket_rows import open_sealed
from shared.store.contract import Transaction


@dataclass(frozen=True, slots=True)
class RenderedReply:
    """The text for one ticket. `missing` are placeholders that had neither a value nor a fallback."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {
        "text": "Hello Nora, thank you. Demo Agent",
        "missing": [],
    }

    text: str
    missing: tuple[str, ...]
    language: str


def render(app: App, actor: Actor, id: str, ticket_id: str) -> RenderedReply:
    """Return a saved reply's text, filled for a ticket; nothing is sent.

    Raises NotFound("saved_reply.not_found"), NotFound("ticket.not_found"), Forbidden, and
    Invalid("saved_reply.of_another_mailbox") for one that is shared in another mailbox than the ticket's.
    """
    saved = saved_replies.load(app.store, actor, id)
    if not ids.is_id(ids.TICKET, ticket_id):
        raise NotFound("ticket.not_found")
    ticket = ticket_changes.load(app.store, actor, ticket_id, Permission.REPLY_SEND)
    if saved.mailbox_id not in (None, ticket.mailbox_id):
        raise Invalid("saved_reply.of_another_mailbox")
    text = saved_replies.text_of(app, id, saved)
    rendered = placeholders.render(text, _values(app, actor, ticket_id, ticket))
    _count(app, actor, id)
    return RenderedReply(rendered.text, rendered.missing, saved.language)


def _values(app: App, actor: Actor, ticket_id: str, ticket: Ticket) -> dict[str, str]:
    context = place(COLLECTION, ticket_id)
    summary = open_sealed(app, ticket.mailbox_id, context, ticket.sealed)
    name = str((summary.get("customer") or {}).get("name", ""))
    return {
        "agent.name": colleagues.names(app, [actor.user_id]).get(actor.user_id, ""),
        "customer.first_name": placeholders.first_name(name),
        "customer.name": name,
        "mailbox.address": _address(app, ticket.mailbox_id),
        "ticket.code": ticket.code,
        "ticket.subject": str(summary.get("subject") or ""),
    }


def _address(app: App, mailbox_id: str) -> str:
    try:
        mailbox = mailbox_access.load(app, mailbox_id)
        return mailbox_access.identity(app, mailbox_id, mailbox).address
    except NotFound:  # the mailbox was disconnected
        return ""


def _count(app: App, actor: Actor, id: str) -> None:
    """Count one more use by this person: each counts in a document of their own."""
    use_id = ids.derived_id(ids.SAVED_REPLY, "use", id, actor.user_id)

    def work(tx: Transaction) -> None:
        found = tx.get(USES, use_id)
        count = 0 if found is None else codec.from_document(Use, found.data).count
        tx.put(USES, use_id, codec.to_document(Use(id, actor.user_id, count + 1)))

    app.store.transact(work)
