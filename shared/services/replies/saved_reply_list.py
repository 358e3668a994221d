"""Saved replies as a list: by name, which is sealed.

So all that one may see of one's own and of a mailbox are read, and ordered here; how many there may be is
bounded for that.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared import codec
from shared.app import App
from shared.domain.places import place
from shared.domain.saved_replies import COLLECTION, SavedReply
from shared.errors import Invalid
from shared.permissions import Actor, Permission, require_in, visible_mailboxes
from shared.services.replies.saved_replies import changeable, of_mailboxes, of_person
from shared.services.tickets.ticket_rows import open_sealed
from shared.store.contract import MAX_DISJUNCTIONS, Document


@dataclass(frozen=True, slots=True)
class SavedReplyRow:
    """A saved reply in a list. `mailbox_id` None: one's own."""

    id: str
    name: str
    language: str
    mailbox_id: str | None
    changeable: bool
    version: int


@dataclass(frozen=True, slots=True)
class SavedReplyPage:
    """A page of saved replies, by name."""

    items: tuple[SavedReplyRow, ...]
    next: str | None


def list_saved_replies(
    app: App,
    actor: Actor,
    *,
    mailbox_id: str | None = None,
    name: str = "",
    limit: int = 50,
    cursor: str | None = None,
) -> SavedReplyPage:
    """Return one's own and those of one's mailboxes, or of this one, whose name begins so.

    Raises NotFound("mailbox.not_found"), Invalid("cursor.invalid"), and
    Invalid("saved_replies.name_a_mailbox") for a member of more mailboxes than Firestore asks at once.
    """
    if mailbox_id is not None:
        require_in(actor, Permission.REPLY_SEND, mailbox_id, "mailbox.not_found")
    visible = sorted(visible_mailboxes(actor, Permission.REPLY_SEND) or ())
    asked = visible if mailbox_id is None else [mailbox_id]
    if len(asked) > MAX_DISJUNCTIONS:
        raise Invalid("saved_replies.name_a_mailbox", max_mailboxes=MAX_DISJUNCTIONS)
    found = list(app.store.query(of_person(actor.user_id)).documents)
    if asked:
        found += app.store.query(of_mailboxes(asked)).documents
    rows = [row for document in found if (row := _row(app, actor, document)) is not None]
    begins = name.strip().casefold()
    rows = [row for row in rows if row.name.casefold().startswith(begins)]
    rows.sort(key=lambda row: (row.name.casefold(), row.id))
    start = 0
    if cursor is not None:
        start = next((at for at, row in enumerate(rows, 1) if row.id == cursor), 0)
        if start == 0:  # it was deleted or renamed away meanwhile, or never was
            raise Invalid("cursor.invalid")
    page = rows[start : start + limit]
    more = start + limit < len(rows)
    return SavedReplyPage(tuple(page), page[-1].id if more else None)


def _row(app: App, actor: Actor, document: Document) -> SavedReplyRow | None:
    """Return a row; None where the mailbox was disconnected and its texts destroyed."""
    saved = codec.from_document(SavedReply, document.data)
    content = open_sealed(app, saved.owner, place(COLLECTION, document.id), saved.sealed)
    if not content:
        return None
    return SavedReplyRow(
        id=document.id,
        name=content["name"],
        language=saved.language,
        mailbox_id=saved.mailbox_id,
        changeable=changeable(actor, saved),
        version=saved.version,
    )
