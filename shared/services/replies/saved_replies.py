"""Saved replies: texts with placeholders, shared in a mailbox or one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal

from shared import codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import placeholders, writing
from shared.domain.places import place
from shared.domain.saved_replies import (
    COLLECTION,
    MAX_BYTES,
    MAX_NAME,
    MAX_OF_A_MAILBOX,
    MAX_OF_A_PERSON,
    USES,
    SavedReply,
    Use,
)
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor, Permission, allows, require_in
from shared.services import audit_log, outbox
from shared.services.outbox import Outbox
from shared.services.tickets.ticket_rows import open_sealed
from shared.store.contract import AlreadyExists, Filter, Query, Reader, Transaction

_USERS_COUNTED: Final = 300


@dataclass(frozen=True, slots=True)
class SavedReplyView:
    """A saved reply with its text, and how often it was used by all."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {
        "name": "Thanks",
        "text": "Hello {{customer.first_name|there}}, thank you. {{agent.name}}",
    }

    id: str
    name: str
    text: str
    language: str
    mailbox_id: str | None
    changeable: bool
    uses: int
    version: int


@dataclass(frozen=True, slots=True)
class NewSavedReply:
    """A reply to be saved, for oneself or with `mailbox_id` for everybody in that mailbox."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {
        "name": "Thanks",
        "text": "Hello {{customer.first_name|there}}, thank you. {{agent.name}}",
    }

    name: str
    text: str
    mailbox_id: str | None = None
    language: Literal["ar", "en"] = "en"


@dataclass(frozen=True, slots=True)
class SavedReplyChange:
    """What to change of a saved reply; what is left out stays."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {"name": "Many thanks"}

    name: str | None = None
    text: str | None = None
    language: Literal["ar", "en"] | None = None


def read(app: App, actor: Actor, id: str) -> SavedReplyView:
    """Return a saved reply. Raises NotFound("saved_reply.not_found")."""
    return _view(app, actor, id, load(app.store, actor, id))


def create(app: App, actor: Actor, id: str, new: NewSavedReply) -> SavedReplyView:
    """Save a reply. Asked again under the same id it returns the one that is there.

    Raises Forbidden, NotFound("mailbox.not_found"), Invalid("saved_reply.name_invalid"),
    Invalid("saved_reply.text_invalid"), Invalid("saved_reply.placeholder_unknown"),
    Conflict("saved_reply.too_many").
    """
    shared = new.mailbox_id is not None
    if new.mailbox_id is not None:
        require_in(actor, Permission.SAVED_REPLY_SHARE, new.mailbox_id, "mailbox.not_found")
    saved = SavedReply(
        mailbox_id=new.mailbox_id,
        user_id=None if shared else actor.user_id,
        language=new.language,
        sealed="",
        changed_by=actor.user_id,
    )
    saved = replace(saved, sealed=_sealed(app, id, saved, new.name, new.text))
    most = MAX_OF_A_MAILBOX if shared else MAX_OF_A_PERSON
    shelf = of_mailboxes([new.mailbox_id]) if new.mailbox_id else of_person(actor.user_id)

    def work(tx: Transaction, box: Outbox) -> SavedReply:
        if tx.get(COLLECTION, id) is None and len(tx.query(shelf).documents) >= most:
            raise Conflict("saved_reply.too_many", most=most)
        audit_id = _record(app, box, actor, Action.SAVED_REPLY_CREATED, id, saved)
        made = replace(saved, last_audit_id=audit_id)
        tx.create(COLLECTION, id, codec.to_document(made))
        return made

    try:
        return _view(app, actor, id, outbox.commit(app, work))
    except AlreadyExists:  # the same request came twice
        return read(app, actor, id)


def change(
    app: App, actor: Actor, id: str, wanted: SavedReplyChange, version: int
) -> SavedReplyView:
    """Change a saved reply: one's own, or a shared one where one may share.

    Raises NotFound("saved_reply.not_found"), Forbidden, Conflict("saved_reply.changed_meanwhile"), and what
    is wrong with its name or text.
    """

    def work(tx: Transaction, box: Outbox) -> SavedReply:
        before = _load_to_change(tx, actor, id, version)
        content = _content(app, id, before)
        name = content["name"] if wanted.name is None else wanted.name
        text = content["text"] if wanted.text is None else wanted.text
        after = replace(
            before,
            sealed=_sealed(app, id, before, name, text),
            language=wanted.language or before.language,
            version=version + 1,
            changed_by=actor.user_id,
            last_audit_id=_record(app, box, actor, Action.SAVED_REPLY_CHANGED, id, before),
        )
        tx.put(COLLECTION, id, codec.to_document(after))
        return after

    return _view(app, actor, id, outbox.commit(app, work))


def delete(app: App, actor: Actor, id: str, version: int) -> None:
    """Delete a saved reply. Raises NotFound, Forbidden, Conflict("saved_reply.changed_meanwhile")."""

    def work(tx: Transaction, box: Outbox) -> None:
        saved = _load_to_change(tx, actor, id, version)
        uses = tx.query(_uses(id)).documents
        _record(app, box, actor, Action.SAVED_REPLY_DELETED, id, saved)
        tx.delete(COLLECTION, id)
        for use in uses:
            tx.delete(USES, use.id)

    outbox.commit(app, work)


def load(reader: Reader, actor: Actor, id: str) -> SavedReply:
    """Return a saved reply that the actor may use. Raises NotFound("saved_reply.not_found")."""
    found = reader.get(COLLECTION, id) if ids.is_id(ids.SAVED_REPLY, id) else None
    if found is None:
        raise NotFound("saved_reply.not_found")
    saved = codec.from_document(SavedReply, found.data)
    if saved.mailbox_id is not None:
        require_in(actor, Permission.REPLY_SEND, saved.mailbox_id, "saved_reply.not_found")
    elif saved.user_id != actor.user_id:
        raise NotFound("saved_reply.not_found")
    return saved


def text_of(app: App, id: str, saved: SavedReply) -> str:
    """Return a saved reply's text. Raises NotFound("saved_reply.not_found") where its key is destroyed."""
    return _content(app, id, saved)["text"]


def _load_to_change(reader: Reader, actor: Actor, id: str, version: int) -> SavedReply:
    saved = load(reader, actor, id)
    if saved.mailbox_id is not None:
        missing = "saved_reply.not_found"
        require_in(actor, Permission.SAVED_REPLY_SHARE, saved.mailbox_id, missing)
    if saved.version != version:
        by = saved.changed_by or ""
        raise Conflict("saved_reply.changed_meanwhile", version=saved.version, changed_by=by)
    return saved


def _content(app: App, id: str, saved: SavedReply) -> Mapping[str, str]:
    content = open_sealed(app, saved.owner, place(COLLECTION, id), saved.sealed)
    if not content:
        raise NotFound("saved_reply.not_found")
    return content


def _sealed(app: App, id: str, saved: SavedReply, name: str, text: str) -> str:
    try:
        name = writing.line(name, MAX_NAME)
    except ValueError:
        raise Invalid("saved_reply.name_invalid", max_characters=MAX_NAME) from None
    try:
        text = writing.text(text, MAX_BYTES)
    except ValueError:
        raise Invalid("saved_reply.text_invalid", max_bytes=MAX_BYTES) from None
    if strange := placeholders.unknown(text):
        shown = [name[:100] for name in strange[:20]]
        raise Invalid("saved_reply.placeholder_unknown", placeholders=shown)
    try:
        return app.envelope.seal(saved.owner, place(COLLECTION, id), {"name": name, "text": text})
    except NotFound:  # the mailbox was disconnected
        raise NotFound("mailbox.not_found") from None


def of_person(user_id: str) -> Query:
    """Return the query for somebody's own saved replies."""
    return Query(COLLECTION, (Filter("user_id", "==", user_id),), limit=MAX_OF_A_PERSON)


def of_mailboxes(mailbox_ids: list[str]) -> Query:
    """Return the query for the saved replies of mailboxes."""
    most = MAX_OF_A_MAILBOX * len(mailbox_ids)
    return Query(COLLECTION, (Filter("mailbox_id", "in", mailbox_ids),), limit=most)


def _uses(id: str) -> Query:
    return Query(USES, (Filter("saved_reply_id", "==", id),), limit=_USERS_COUNTED)


def changeable(actor: Actor, saved: SavedReply) -> bool:
    """Say whether the actor, who may use it, may change a saved reply too."""
    shares = Permission.SAVED_REPLY_SHARE
    return saved.mailbox_id is None or allows(actor, shares, saved.mailbox_id)


def _view(app: App, actor: Actor, id: str, saved: SavedReply) -> SavedReplyView:
    content = _content(app, id, saved)
    used = app.store.query(_uses(id)).documents
    return SavedReplyView(
        id=id,
        name=content["name"],
        text=content["text"],
        language=saved.language,
        mailbox_id=saved.mailbox_id,
        changeable=changeable(actor, saved),
        uses=sum(codec.from_document(Use, use.data).count for use in used),
        version=saved.version,
    )


def _record(app: App, box: Outbox, actor: Actor, action: Action, id: str, saved: SavedReply) -> str:
    target = Target("saved_reply", id, saved.mailbox_id)
    return audit_log.record(app, box, Happened(action, audit_log.person(actor), target))
