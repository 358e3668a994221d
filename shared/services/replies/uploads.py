"""Files that agents upload for their replies: stored sealed, attached to a reply, deleted after it was sent.

The document is written before the object, under a name made for this attempt, and made ready after it: so
no object is without a document by which the sweep finds it, and of two attempts at once one counts.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain.places import place
from shared.domain.uploads import COLLECTION, LIFETIME, MAX_BYTES, MAX_FILES, MAX_WAITING, Upload
from shared.errors import Conflict, Invalid, NotFound, TooLarge
from shared.permissions import Actor, Permission
from shared.services import audit_log, outbox, sealed_files
from shared.services.outbox import Outbox
from shared.services.tickets import ticket_changes
from shared.store.contract import Filter, Order, Query, Reader, Transaction

if TYPE_CHECKING:
    from shared.mail.compose import OutgoingFile

_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,99}", re.ASCII)
_ANY_TYPE: Final = "application/octet-stream"
_MAX_NAME: Final = 255
_SWEEP_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class UploadRow:
    """An upload as its author sees it; without a reply it is deleted at `expires_at`."""

    id: str
    ticket_id: str
    name: str
    media_type: str
    size: int
    expires_at: datetime | None


def create(
    app: App,
    actor: Actor,
    ticket_id: str,
    id: str,
    name: str,
    media_type: str,
    content: Iterable[bytes],
) -> UploadRow:
    """Store a file for a reply on this ticket; `content` is read once and never held whole.

    An upload of this id that is there already is returned, and nothing read. Raises NotFound, Forbidden,
    Invalid("upload.name_missing"), Invalid("upload.empty"), TooLarge("upload.too_large"),
    Conflict("upload.too_many"), Conflict("upload.superseded") where another attempt at the same one was
    faster, Unavailable.
    """
    ticket = ticket_changes.load(app.store, actor, ticket_id, Permission.REPLY_SEND)
    shown = _name(name)
    now = app.clock.now()
    fresh = Upload(
        mailbox_id=ticket.mailbox_id,
        ticket_id=ticket_id,
        user_id=actor.user_id,
        created_at=now,
        media_type=_media_type(media_type),
        object=f"uploads/{id}/{secrets.token_hex(8)}",
        expires_at=now + LIFETIME,
    )
    known = _find(app.store, id)
    if known is not None and known.ready and known.user_id == actor.user_id:
        return _row(app, id, known)
    waiting = Query(COLLECTION, (Filter("user_id", "==", actor.user_id),))
    if app.store.count(waiting, MAX_WAITING) == MAX_WAITING:
        raise Conflict("upload.too_many", most=MAX_WAITING)

    def begin(tx: Transaction) -> Upload | None:
        known = _find(tx, id)
        if known is not None and known.user_id != actor.user_id:
            raise NotFound("upload.not_found")
        if known is None or not known.ready:
            tx.put(COLLECTION, id, codec.to_document(fresh))
        return known

    known = app.store.transact(begin)
    if known is not None and known.ready:
        return _row(app, id, known)
    if known is not None:  # an attempt that came to nothing
        sealed_files.delete(app, known.object)
    stored = sealed_files.put(app, ticket.mailbox_id, fresh.object, _limited(content))
    fields = {"name": shown, "sha256": stored.sha256}
    sealed = app.envelope.seal(ticket.mailbox_id, place(COLLECTION, id), fields)
    whole = replace(fresh, ready=True, size=stored.size, sealed=sealed)

    def finish(tx: Transaction, box: Outbox) -> bool:
        found = _find(tx, id)
        if found is None or found.object != fresh.object:
            return False
        tx.put(COLLECTION, id, codec.to_document(whole))
        _record(app, box, actor, Action.UPLOAD_CREATED, id, whole)
        return True

    if not outbox.commit(app, finish):
        sealed_files.delete(app, fresh.object)
        raise Conflict("upload.superseded")
    return _row(app, id, whole)


def delete(app: App, actor: Actor, id: str) -> None:
    """Delete an upload of one's own that no reply holds.

    Raises NotFound("upload.not_found"), Conflict("upload.attached").
    """
    upload = _find(app.store, id)
    if upload is None or upload.user_id != actor.user_id:
        raise NotFound("upload.not_found")
    ticket_changes.load(app.store, actor, upload.ticket_id, Permission.REPLY_SEND)
    if upload.reply_id is not None:
        raise Conflict("upload.attached")
    if not _remove(app, id, upload, actor):
        raise Conflict("upload.attached")


def load(
    reader: Reader, user_id: str, ticket_id: str, reply_id: str, ids: Sequence[str]
) -> tuple[tuple[str, Upload], ...]:
    """Return the uploads that a person wants to send with a reply, in the order given; a read for each.

    For a transaction that then calls `attach`. Raises NotFound("upload.not_found") for what is not there
    whole, is somebody else's, of another ticket or of another reply; Invalid("upload.too_many") and
    TooLarge("upload.too_large") for more than one mail takes.
    """
    wanted = tuple(dict.fromkeys(ids))
    if len(wanted) > MAX_FILES:
        raise Invalid("upload.too_many", most=MAX_FILES)
    found = []
    for id, document in zip(
        wanted, reader.get_all([(COLLECTION, id) for id in wanted]), strict=True
    ):
        upload = None if document is None else codec.from_document(Upload, document.data)
        if (
            upload is None
            or not upload.ready
            or upload.user_id != user_id
            or upload.ticket_id != ticket_id
            or upload.reply_id not in (None, reply_id)
        ):
            raise NotFound("upload.not_found", upload_id=id[:40])
        found.append((id, upload))
    if sum(upload.size for _, upload in found) > MAX_BYTES:
        raise TooLarge("upload.too_large", max_bytes=MAX_BYTES)
    return tuple(found)


def attach(tx: Transaction, uploads: Iterable[tuple[str, Upload]], reply_id: str) -> None:
    """Let uploads, as `load` returned them in this transaction, belong to a reply: they do not expire."""
    for id, upload in uploads:
        if upload.reply_id != reply_id:
            tx.update(COLLECTION, id, {"reply_id": reply_id, "expires_at": None})


def detach(app: App, tx: Transaction, ids: Iterable[str]) -> None:
    """Let uploads of a reply that no longer wants them expire; those must exist. Writes only."""
    for id in ids:
        tx.update(COLLECTION, id, {"reply_id": None, "expires_at": app.clock.now() + LIFETIME})


def existing(reader: Reader, ids: Sequence[str]) -> tuple[str, ...]:
    """Return which of these uploads are there; a read for each."""
    documents = reader.get_all([(COLLECTION, id) for id in ids]) if ids else []
    return tuple(document.id for document in documents if document is not None)


def expire(app: App, tx: Transaction, ids: Iterable[str]) -> None:
    """Let uploads that exist go now, because their reply was sent or thrown away. Writes only."""
    for id in ids:
        tx.update(COLLECTION, id, {"reply_id": None, "expires_at": app.clock.now()})


def open(app: App, id: str) -> OutgoingFile:
    """Return an upload whole, to be sent.

    Raises NotFound("upload.not_found"), NotFound("blob.not_found"), NotFound("key.not_found"),
    Unopenable, Unavailable.
    """
    from shared.mail.compose import OutgoingFile  # noqa: PLC0415 - only what sends pays for it

    upload = _find(app.store, id)
    if upload is None or not upload.ready:
        raise NotFound("upload.not_found")
    content = b"".join(sealed_files.read(app, upload.mailbox_id, upload.object))
    return OutgoingFile(_row(app, id, upload).name, upload.media_type, content)


def rows(app: App, ids: Sequence[str]) -> tuple[UploadRow, ...]:
    """Return what a reply's page shows of its uploads; those that are gone are left out. A read for each."""
    documents = app.store.get_all([(COLLECTION, id) for id in ids])
    return tuple(
        _row(app, document.id, codec.from_document(Upload, document.data))
        for document in documents
        if document is not None and document.data["ready"]
    )


def discard(app: App, ids: Iterable[str]) -> None:
    """Delete uploads whose reply was sent or thrown away, files first. Idempotent. Raises Unavailable."""
    for id in ids:
        upload = _find(app.store, id)
        if upload is not None:
            _remove(app, id, upload)


def sweep(app: App) -> int:
    """Delete the oldest uploads that no reply took in 24 hours, 50 at most; returns how many."""
    query = Query(
        COLLECTION,
        (Filter("expires_at", "<", app.clock.now()),),
        (Order("expires_at"),),
        limit=_SWEEP_PAGE,
    )
    documents = app.store.query(query).documents
    return sum(
        _remove(app, document.id, codec.from_document(Upload, document.data))
        for document in documents
    )


def _remove(app: App, id: str, upload: Upload, actor: Actor | None = None) -> bool:
    """Delete an upload as it was read; False where it changed meanwhile, such as a reply that took it.

    The document says first that the file is going, so that no reply takes it now and the sweep ends what
    is begun here. It is an event where a person does it.
    """

    def begin(tx: Transaction, box: Outbox) -> bool:
        if _find(tx, id) != upload:
            return False
        tx.update(COLLECTION, id, {"ready": False, "expires_at": app.clock.now()})
        if actor is not None:
            _record(app, box, actor, Action.UPLOAD_DELETED, id, upload)
        return True

    if not outbox.commit(app, begin):
        return False
    sealed_files.delete(app, upload.object)
    app.store.transact(lambda tx: tx.delete(COLLECTION, id))
    return True


def _find(reader: Reader, id: str) -> Upload | None:
    found = reader.get(COLLECTION, id)
    return None if found is None else codec.from_document(Upload, found.data)


def _row(app: App, id: str, upload: Upload) -> UploadRow:
    fields = app.envelope.open(upload.mailbox_id, place(COLLECTION, id), upload.sealed or "")
    return UploadRow(
        id, upload.ticket_id, fields["name"], upload.media_type, upload.size, upload.expires_at
    )


def _limited(content: Iterable[bytes]) -> Iterable[bytes]:
    size = 0
    for piece in content:
        size += len(piece)
        if size > MAX_BYTES:
            raise TooLarge("upload.too_large", max_bytes=MAX_BYTES)
        yield piece
    if size == 0:
        raise Invalid("upload.empty")


def _name(text: str) -> str:
    """Return a file name without folders, controls or characters that reorder text."""
    from shared.mail.bodies import safe_name  # noqa: PLC0415 - reading a list needs no mail

    name = safe_name(text)[:_MAX_NAME]
    if not name:
        raise Invalid("upload.name_missing")
    return name


def _media_type(text: str) -> str:
    plain = text.partition(";")[0].strip().lower()
    return plain if _MEDIA_TYPE.fullmatch(plain) else _ANY_TYPE


def _record(app: App, box: Outbox, actor: Actor, action: Action, id: str, upload: Upload) -> None:
    target = Target("upload", id, upload.mailbox_id)
    audit_log.record(app, box, Happened(action, audit_log.person(actor), target))
