"""Notes on tickets: written, changed and deleted by people, and added by rules and imports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import notes, tickets, writing
from shared.domain.notes import COLLECTION, Note
from shared.domain.places import place
from shared.domain.tickets import MAX_FOLLOWERS, Ticket
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.permissions import Actor, Permission, require_in
from shared.services import audit_log, outbox
from shared.services.accounts import colleagues
from shared.services.outbox import Outbox
from shared.services.tickets import note_reading, ticket_changes
from shared.services.tickets.note_reading import NoteRow
from shared.services.tickets.ticket_changes import Author
from shared.store.contract import SERVER_TIME, AlreadyExists, Data, Reader, Transaction


@dataclass(frozen=True, slots=True)
class Original:
    """By whom and when an imported note was written elsewhere."""

    author: str
    written_at: datetime


def create(
    app: App, actor: Actor, note_id: str, ticket_id: str, text: str, mentions: Sequence[str]
) -> NoteRow:
    """Write a note; who is mentioned follows the ticket from then on.

    Asked again under the same id it returns the note that is there. Raises NotFound("ticket.not_found"),
    Forbidden, Invalid("note.text_invalid"), Invalid("note.mention_invalid") where somebody who is
    mentioned may not see the ticket, Conflict("ticket.merged"), Conflict("ticket.content_destroyed").
    """
    mentioned = _checked(mentions)

    def work(tx: Transaction, box: Outbox) -> None:
        ticket = ticket_changes.load(tx, actor, ticket_id, Permission.NOTE_WRITE)
        ticket_changes.require_whole(ticket)
        _require_sight(tx, mentioned, ticket.mailbox_id)
        author = ticket_changes.person(actor)
        add(app, tx, box, note_id, ticket_id, ticket, text, author, mentions=mentioned)

    try:
        outbox.commit(app, work)
    except AlreadyExists:
        kept = note_reading.load(app.store, note_id)
        if kept.author_id != actor.user_id or kept.ticket_id != ticket_id:
            raise
    return note_reading.shown(app, actor, note_id)


def add(
    app: App,
    tx: Transaction,
    box: Outbox,
    note_id: str,
    ticket_id: str,
    ticket: Ticket,
    text: str,
    author: Author,
    *,
    mentions: tuple[str, ...] = (),
    original: Original | None = None,
) -> None:
    """Write a note into the caller's transaction, which has read the ticket and read nothing afterwards.

    Where the caller writes the ticket too, it does so before this. An `author` without a person is a
    function, whose reason (a rule, an import) is kept. A note that exists already fails the transaction
    with AlreadyExists. Raises Invalid("note.text_invalid") and Conflict("ticket.content_destroyed").
    """
    sealed = _sealed(app, note_id, ticket.mailbox_id, text, original)
    happened = _happened(
        Action.NOTE_CREATED, author, note_id, ticket_id, ticket.mailbox_id, mentions
    )
    audit_id = _record(app, tx, box, happened, author)
    note = Note(
        ticket_id=ticket_id,
        mailbox_id=ticket.mailbox_id,
        author_id=author.user_id,
        made_by=author.reason if author.user_id is None else None,
        created_at=app.clock.now(),
        sealed=sealed,
        mentions=mentions,
        imported=original is not None,
        written_at=original.written_at if original else None,
        changed_by=author.user_id,
        last_audit_id=audit_id,
    )
    tx.create(COLLECTION, note_id, codec.to_document(note) | {"created_at": SERVER_TIME})
    _follow(app, tx, box, ticket_id, ticket, mentions, author)


def change(
    app: App, actor: Actor, note_id: str, text: str, mentions: Sequence[str], version: int
) -> NoteRow:
    """Change one's own note within an hour of writing it.

    Raises NotFound("note.not_found"), Forbidden("note.of_somebody_else"),
    Conflict("note.changed_meanwhile"), Conflict("note.too_old"), and what `create` raises.
    """
    mentioned = _checked(mentions)

    def work(tx: Transaction, box: Outbox) -> None:
        note = _visible(tx, actor, note_id, Permission.NOTE_WRITE)
        ticket = ticket_changes.load(tx, actor, note.ticket_id, Permission.NOTE_WRITE)
        if note.author_id != actor.user_id:
            raise Forbidden("note.of_somebody_else")
        if note.version != version:
            by = note.changed_by or ""
            raise Conflict("note.changed_meanwhile", version=note.version, changed_by=by)
        if not notes.may_still_change(note, app.clock.now()):
            minutes = round(notes.CHANGED_WITHIN.total_seconds() / 60)
            raise Conflict("note.too_old", minutes=minutes)
        new = tuple(id for id in mentioned if id not in note.mentions)
        _require_sight(tx, new, ticket.mailbox_id)
        author = ticket_changes.person(actor)
        happened = _happened(
            Action.NOTE_CHANGED, author, note_id, note.ticket_id, note.mailbox_id, new
        )
        changed = replace(
            note,
            sealed=_sealed(app, note_id, note.mailbox_id, text, None),
            mentions=mentioned,
            edited_at=app.clock.now(),
            version=note.version + 1,
            changed_by=actor.user_id,
            last_audit_id=_record(app, tx, box, happened, author),
        )
        tx.put(COLLECTION, note_id, codec.to_document(changed))
        _follow(app, tx, box, note.ticket_id, ticket, new, author)

    outbox.commit(app, work)
    return note_reading.shown(app, actor, note_id)


def delete(app: App, actor: Actor, note_id: str) -> None:
    """Delete a note: one's own, or with `note:delete` another's. That there was one still shows.

    Raises NotFound("note.not_found"), Forbidden("permission.missing").
    """

    def work(tx: Transaction, box: Outbox) -> None:
        note = _visible(tx, actor, note_id, Permission.NOTE_WRITE)
        if note.author_id != actor.user_id:
            require_in(actor, Permission.NOTE_DELETE, note.mailbox_id, "note.not_found")
        author = ticket_changes.person(actor)
        happened = _happened(
            Action.NOTE_DELETED, author, note_id, note.ticket_id, note.mailbox_id, ()
        )
        deleted = replace(
            note,
            sealed=None,
            mentions=(),
            deleted_at=app.clock.now(),
            version=note.version + 1,
            changed_by=actor.user_id,
            last_audit_id=_record(app, tx, box, happened, author),
        )
        tx.put(COLLECTION, note_id, codec.to_document(deleted))
        tx.update(tickets.COLLECTION, note.ticket_id, {"changed_at": SERVER_TIME})

    outbox.commit(app, work)


def _visible(reader: Reader, actor: Actor, note_id: str, permission: Permission) -> Note:
    note = note_reading.load(reader, note_id)
    require_in(actor, permission, note.mailbox_id, "note.not_found")
    if note.deleted_at is not None:
        raise NotFound("note.not_found")
    return note


def _checked(mentions: Sequence[str]) -> tuple[str, ...]:
    mentioned = tuple(sorted(set(mentions)))
    if len(mentioned) > notes.MAX_MENTIONS:
        raise Invalid("note.too_many_mentions", most=notes.MAX_MENTIONS)
    return mentioned


def _require_sight(reader: Reader, mentioned: Sequence[str], mailbox_id: str) -> None:
    """Refuse to mention who could not open the ticket: they would be told of what they may not see."""
    if not mentioned:
        return
    seeing = colleagues.allowed(reader, mentioned, Permission.TICKET_READ, mailbox_id)
    if blind := [id for id in mentioned if id not in seeing]:
        raise Invalid("note.mention_invalid", user_ids=[id[:100] for id in blind])


def _sealed(app: App, note_id: str, mailbox_id: str, text: str, original: Original | None) -> str:
    try:
        content = {"text": writing.text(text, notes.MAX_BYTES)}
    except ValueError:
        raise Invalid("note.text_invalid", max_bytes=notes.MAX_BYTES) from None
    if original is not None:
        content["author"] = original.author
    try:
        return app.envelope.seal(mailbox_id, place(COLLECTION, note_id), content)
    except NotFound:  # the mailbox was disconnected
        raise Conflict("ticket.content_destroyed") from None


def _happened(
    action: Action,
    author: Author,
    note_id: str,
    ticket_id: str,
    mailbox_id: str,
    mentions: Sequence[str],
) -> Happened:
    changes: list[dict[str, str | int | None]] = [
        {"field": "note", "before": None, "after": note_id}
    ]
    changes += [{"field": "mention", "before": None, "after": user_id} for user_id in mentions]
    target = Target("ticket", ticket_id, mailbox_id)
    return Happened(action, author.who, target, reason=author.reason, changes=tuple(changes))


def _record(app: App, tx: Transaction, box: Outbox, happened: Happened, author: Author) -> str:
    """Record what became of a note, in the audit log and in the ticket's timeline."""
    assert happened.target is not None
    audit_id = audit_log.record(app, box, happened)
    row: Data = {
        "ticket_id": happened.target.id,
        "mailbox_id": happened.target.mailbox,
        "at": SERVER_TIME,
        "user_id": author.user_id,
        "action": happened.action.value,
        "reason": happened.reason,
        "changes": [dict(change) for change in happened.changes],
    }
    tx.create(ticket_changes.CHANGES, audit_id, row)
    return audit_id


def _follow(
    app: App,
    tx: Transaction,
    box: Outbox,
    ticket_id: str,
    ticket: Ticket,
    mentions: Sequence[str],
    author: Author,
) -> None:
    """Let who is mentioned follow the ticket, as long as it has room; else note that it was written on."""
    new = [user_id for user_id in mentions if user_id not in ticket.followers]
    room = MAX_FOLLOWERS - len(ticket.followers)
    if new[:room]:
        followers = tuple(sorted((*ticket.followers, *new[:room])))
        following = replace(ticket, followers=followers)
        ticket_changes.write(app, tx, box, ticket_id, ticket, following, author)
    else:
        # No new version: who is about to change the ticket need not look at it again for a note's sake.
        tx.update(tickets.COLLECTION, ticket_id, {"changed_at": SERVER_TIME})
