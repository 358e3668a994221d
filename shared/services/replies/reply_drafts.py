"""Drafts of replies: begun, saved again and again, and thrown away. Nothing of them leaves the desk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from shared import codec
from shared.app import App
from shared.audit.events import Action
from shared.domain import replies
from shared.domain.places import place
from shared.domain.replies import NotAllowedNow, Reply, ReplyState
from shared.domain.tickets import COLLECTION, Ticket
from shared.errors import Conflict, Invalid, NotFound
from shared.mail.addresses import strict_address
from shared.mail.compose import reply_subject
from shared.permissions import Actor, Permission
from shared.services import audit_log, outbox
from shared.services.accounts import people
from shared.services.mailboxes import mailbox_access, mailbox_settings
from shared.services.organisation import notices
from shared.services.outbox import Outbox
from shared.services.replies import outgoing, reply_recipients, reply_rows, uploads
from shared.services.replies.reply_recipients import Parent
from shared.services.replies.reply_rows import ReplyRow
from shared.services.tickets import ticket_changes
from shared.services.tickets.ticket_rows import open_sealed
from shared.store.contract import AlreadyExists, Transaction

MAX_TEXT_BYTES: Final = 200_000
MAX_SUBJECT: Final = 400
MAX_UPLOADS: Final = 50
# Pictures go with a reply as files: what a text shows of itself would leave it on the way (compose).
_PICTURE: Final = re.compile(r"<(?:img|image|picture|svg)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to send to, or the address to send from."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a draft says; of what is left out, the draft keeps what it has, or gets what an answer has.

    `quotes`: the text of the message that is answered follows. `signs`: so does the signature.
    """

    to: tuple[Recipient, ...] | None = None
    cc: tuple[Recipient, ...] | None = None
    bcc: tuple[Recipient, ...] | None = None
    sender: Recipient | None = None
    subject: str | None = None
    text: str | None = None
    html: str | None = None
    quotes: bool | None = None
    signs: bool | None = None
    upload_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class NewReply:
    """A draft to be begun: an answer to `parent_message_id`, else to the newest message from outside."""

    parent_message_id: str | None = None
    everybody: bool = False
    content: Content = field(default_factory=Content)


def create(app: App, actor: Actor, reply_id: str, ticket_id: str, new: NewReply) -> ReplyRow:
    """Begin a draft on a ticket; asked again under the same id it returns the one that is there.

    Raises NotFound, Forbidden, Conflict("ticket.merged"), Conflict("ticket.content_destroyed"),
    Invalid("reply.parent_unknown") and what `change` raises of a content.
    """
    ticket = ticket_changes.load(app.store, actor, ticket_id, Permission.REPLY_SEND)
    ticket_changes.require_whole(ticket)
    parent = reply_recipients.parent_of(app, ticket_id, ticket, new.parent_message_id)
    try:
        fields = _filled(app, actor, (ticket_id, ticket), parent, everybody=new.everybody)
    except NotFound:
        raise Conflict("ticket.content_destroyed") from None
    now = app.clock.now()
    draft = Reply(
        mailbox_id=ticket.mailbox_id,
        ticket_id=ticket_id,
        author_id=actor.user_id,
        state=ReplyState.DRAFT,
        created_at=now,
        changed_at=now,
        sealed=None,
        parent_message_id=parent.message_id if parent else None,
        gmail_thread_id=parent.message.gmail_thread_id if parent else None,
        quotes=parent is not None,
        changed_by=actor.user_id,
    )
    draft = _with(app, reply_id, draft, fields, new.content)

    def work(tx: Transaction, box: Outbox) -> None:
        ticket_changes.load(tx, actor, ticket_id, Permission.REPLY_SEND)
        files = uploads.load(tx, actor.user_id, ticket_id, reply_id, draft.upload_ids)
        uploads.attach(tx, files, reply_id)
        written = outgoing.recorded(
            app, box, reply_id, draft, Action.REPLY_DRAFTED, audit_log.person(actor)
        )
        tx.create(replies.COLLECTION, reply_id, codec.to_document(written))

    try:
        outbox.commit(app, work)
    except AlreadyExists:
        kept = app.store.get(replies.COLLECTION, reply_id)
        if kept is None or kept.data["ticket_id"] != ticket_id:
            raise
    return reply_rows.read_reply(app, actor, ticket_id, reply_id)


def change(
    app: App, actor: Actor, ticket_id: str, reply_id: str, content: Content, version: int
) -> ReplyRow:
    """Save a draft.

    Raises NotFound, Forbidden, Conflict("reply.changed_meanwhile"), Conflict("reply.no_draft") where it
    has been queued, Invalid("reply.recipient_invalid"), Invalid("reply.too_many_recipients"),
    Invalid("reply.sender_invalid"), Invalid("reply.subject_too_long"), Invalid("reply.text_too_long").
    """

    def work(tx: Transaction) -> Reply:
        _, reply = reply_rows.load(tx, actor, ticket_id, reply_id)
        require_version(reply, version)
        if reply.state is not ReplyState.DRAFT:
            raise Conflict("reply.no_draft", state=reply.state.value)
        fields = dict(outgoing.unseal(app, reply_id, reply))
        changed = replace(
            _with(app, reply_id, reply, fields, content),
            changed_at=app.clock.now(),
            version=reply.version + 1,
            changed_by=actor.user_id,
        )
        new = [id for id in changed.upload_ids if id not in reply.upload_ids]
        files = uploads.load(tx, actor.user_id, ticket_id, reply_id, new)
        left = [id for id in reply.upload_ids if id not in changed.upload_ids]
        left = list(uploads.existing(tx, left))
        uploads.attach(tx, files, reply_id)
        uploads.detach(app, tx, left)
        outgoing.put(tx, reply_id, changed)
        return changed

    return reply_rows.row(app, reply_id, app.store.transact(work))


def discard(app: App, actor: Actor, ticket_id: str, reply_id: str) -> None:
    """Throw a reply away that was not sent. Raises NotFound, Conflict("reply.may_be_sent")."""

    def work(tx: Transaction, box: Outbox) -> None:
        ticket, reply = reply_rows.load(tx, actor, ticket_id, reply_id)
        if reply.state is ReplyState.CANCELLED:
            return
        try:
            after = replies.cancelled(reply, app.clock.now(), actor.user_id)
        except NotAllowedNow:
            raise Conflict("reply.may_be_sent", state=reply.state.value) from None
        files = uploads.existing(tx, reply.upload_ids)
        uploads.expire(app, tx, files)
        write(app, actor, tx, box, (ticket_id, ticket, ticket), (reply_id, after),
              Action.REPLY_DISCARDED)  # fmt: skip

    outbox.commit(app, work)


def write(
    app: App,
    actor: Actor,
    tx: Transaction,
    box: Outbox,
    ticket: tuple[str, Ticket, Ticket],
    reply: tuple[str, Reply],
    action: Action,
) -> tuple[Ticket, Reply]:
    """Write what a person decided about a reply: (id, before, after) of its ticket, (id, after) of it."""
    ticket_id, before, after = ticket
    reply_id, changed = reply
    author = ticket_changes.person(actor)
    told = outgoing.told(reply_id, changed)
    written = ticket_changes.write(app, tx, box, ticket_id, before, after, author, action, told)
    changed = replace(changed, last_audit_id=written.last_audit_id)
    outgoing.put(tx, reply_id, changed)
    return written, changed


def require_version(reply: Reply, version: int) -> None:
    """Raise Conflict("reply.changed_meanwhile") unless this is the current version."""
    if reply.version != version:
        raise Conflict(
            "reply.changed_meanwhile",
            version=reply.version,
            state=reply.state.value,
            changed_by=reply.changed_by or "",
        )


def _filled(
    app: App, actor: Actor, of: tuple[str, Ticket], parent: Parent | None, *, everybody: bool
) -> dict[str, Any]:
    """Return what an answer says before anybody has written a word of it.

    On a ticket that nobody has written to, such as one opened by hand, it is the first mail to its customer.
    """
    ticket_id, ticket = of
    mailbox = mailbox_access.load(app, ticket.mailbox_id)
    own = mailbox_access.identity(app, ticket.mailbox_id, mailbox).address
    settings = mailbox_settings.current(app, ticket.mailbox_id)
    texts = mailbox_settings.opened(app, ticket.mailbox_id, settings)
    sender = texts.get("from_address") or own
    recipients = reply_recipients.of_answer(parent, (own, sender), everybody=everybody)
    user = people.load(app.store, actor.user_id)
    name = notices.opened(app, actor.user_id, user)["name"]
    summary = open_sealed(app, ticket.mailbox_id, place(COLLECTION, ticket_id), ticket.sealed)
    first = [summary["customer"]] if parent is None and summary.get("customer") else []
    return {
        "from": {"name": name, "address": sender},
        "to": list(recipients.to) or reply_recipients.checked(first),
        "cc": list(recipients.cc),
        "bcc": [],
        "subject": reply_subject(parent.fields.get("subject", ""))
        if parent
        else summary.get("subject", ""),
        "text": "",
        "html": "",
        "new_participants": list(recipients.new),
        **outgoing.threading(parent.fields if parent else {}),
    }


def _with(app: App, reply_id: str, reply: Reply, fields: dict[str, Any], content: Content) -> Reply:
    """Return a draft with its content changed and sealed."""
    given: dict[str, Any] = {}
    for name in ("to", "cc", "bcc"):
        named = getattr(content, name)
        if named is not None:
            given[name] = reply_recipients.checked([_who(one) for one in named])
    if content.sender is not None:
        given["from"] = _sender(content.sender)
    if content.subject is not None:
        if len(content.subject) > MAX_SUBJECT:
            raise Invalid("reply.subject_too_long", most=MAX_SUBJECT)
        given["subject"] = " ".join(content.subject.split())
    for name in ("text", "html"):
        written = getattr(content, name)
        if written is not None:
            if len(written.encode("utf-8", "replace")) > MAX_TEXT_BYTES:
                raise Invalid("reply.text_too_long", most_bytes=MAX_TEXT_BYTES)
            given[name] = written.encode("utf-8", "replace").decode()
    if _PICTURE.search(given.get("html", "")):
        raise Invalid("reply.picture_in_text")
    uploads = reply.upload_ids if content.upload_ids is None else content.upload_ids
    if len(uploads) > MAX_UPLOADS:
        raise Invalid("reply.too_many_attachments", most=MAX_UPLOADS)
    return replace(
        reply,
        sealed=outgoing.seal(app, reply.mailbox_id, reply_id, fields | given),
        quotes=reply.quotes if content.quotes is None else content.quotes,
        signs=reply.signs if content.signs is None else content.signs,
        upload_ids=tuple(dict.fromkeys(uploads)),
    )


def _sender(sender: Recipient) -> Mapping[str, str]:
    address = strict_address(sender.address.strip())
    if not address or not address.isascii() or len(sender.name) > reply_recipients.MAX_NAME:
        raise Invalid("reply.sender_invalid")
    return {"name": sender.name.strip(), "address": address.lower()}


def _who(recipient: Recipient) -> Mapping[str, str]:
    return {"name": recipient.name, "address": recipient.address}
