"""Replies on their way: the events that carry them, and the ones that wait for their mailbox.

Every next step of a reply is an event in the outbox, written in the transaction that makes it due and named
by reply and fence, so that whoever does the step can take exactly that row away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from shared import codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.domain import messages, replies
from shared.domain.events import REPLY_QUEUED, ReplyQueued
from shared.domain.messages import Message
from shared.domain.places import place
from shared.domain.replies import Reply, ReplyState
from shared.services import audit_log, outbox
from shared.services.outbox import Outbox
from shared.services.tickets.ticket_changes import Told
from shared.store.contract import Filter, Query, Transaction

_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Automatic:
    """An answer that no person wrote, to one message of a ticket.

    `parent` are the opened sealed fields of that message. `key` tells it from other automatic answers to
    the same message, such as "acknowledgement".
    """

    key: str
    mailbox_id: str
    ticket_id: str
    parent_message_id: str
    gmail_thread_id: str
    parent: Mapping[str, Any]
    sender: Mapping[str, str]  # {"name", "address"}
    recipient: Mapping[str, str]
    subject: str
    text: str


def automatic_id(message_id: str, key: str) -> str:
    """Return the id of the one automatic answer of this kind to this message."""
    return ids.derived_id(ids.REPLY, "automatic", message_id, key)


def queue_automatic(app: App, tx: Transaction, box: Outbox, automatic: Automatic) -> str:
    """Put an automatic answer into the transaction, to be sent at once; returns the reply's id.

    It goes the way of every reply, but is held for nothing and moves no conversation. Where it exists
    already the transaction fails with AlreadyExists: whoever asks looks first (`automatic_id`).
    """
    reply_id = automatic_id(automatic.parent_message_id, automatic.key)
    now = app.clock.now()
    fields = {
        "from": dict(automatic.sender),
        "to": [dict(automatic.recipient)],
        "cc": [],
        "bcc": [],
        "subject": automatic.subject,
        "text": automatic.text,
        "html": "",
        **threading(automatic.parent),
    }
    draft = Reply(
        mailbox_id=automatic.mailbox_id,
        ticket_id=automatic.ticket_id,
        author_id=None,
        state=ReplyState.DRAFT,
        created_at=now,
        changed_at=now,
        sealed=seal(app, automatic.mailbox_id, reply_id, fields),
        parent_message_id=automatic.parent_message_id,
        gmail_thread_id=automatic.gmail_thread_id,
        quotes=False,
        signs=False,
        automatic=True,
    )
    reply = replies.queued(draft, now, now, conversation=0, by=None)
    reply = recorded(app, box, reply_id, reply, Action.REPLY_QUEUED, audit_log.function(app))
    tx.create(replies.COLLECTION, reply_id, codec.to_document(reply))
    announce(box, reply_id, reply)
    return reply_id


def threading(parent: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ties an answer to a message with these sealed fields, for the clients of its readers."""
    return {
        "in_reply_to": parent.get("message_id", ""),
        "references": parent.get("references", []),
        "thread_index": parent.get("thread_index", ""),
    }


def fields_of(app: App, message_id: str, message: Message) -> Mapping[str, Any]:
    """Return the opened fields of a message; of a disconnected mailbox there are none."""
    if message.sealed is None:
        return {}
    opened: Mapping[str, Any] = app.envelope.open(
        message.mailbox_id, place(messages.COLLECTION, message_id), message.sealed
    )
    return opened


def seal(app: App, mailbox_id: str, reply_id: str, fields: Mapping[str, Any]) -> str:
    """Seal a reply's content."""
    return app.envelope.seal(mailbox_id, place(replies.COLLECTION, reply_id), dict(fields))


def unseal(app: App, reply_id: str, reply: Reply) -> Mapping[str, Any]:
    """Open a reply's content; {} where it was sent or thrown away."""
    if reply.sealed is None:
        return {}
    opened: Mapping[str, Any] = app.envelope.open(
        reply.mailbox_id, place(replies.COLLECTION, reply_id), reply.sealed
    )
    return opened


def announce(box: Outbox, reply_id: str, reply: Reply) -> None:
    """Put a reply's next step into the transaction: sending it, or looking for it."""
    event = ReplyQueued(reply.mailbox_id, reply_id, reply.fence)
    box.add(row_id(event), REPLY_QUEUED, codec.to_json(event), reply.not_before)


def row_id(event: ReplyQueued) -> str:
    """Return the id of an event's row in the outbox."""
    return ids.derived_id(ids.EVENT, REPLY_QUEUED, event.reply_id, str(event.fence))


def consumed(tx: Transaction, event: ReplyQueued) -> None:
    """Take an event's row out of the outbox: what it was for is done."""
    tx.delete(outbox.COLLECTION, row_id(event))


def recorded(app: App, box: Outbox, reply_id: str, reply: Reply, action: Action, who: Who) -> Reply:
    """Put what happened to a reply into the transaction; returns the reply that names the event."""
    audit_id = audit_log.record(
        app,
        box,
        Happened(
            action,
            who,
            Target("ticket", reply.ticket_id, reply.mailbox_id),
            reason=reply.failure,
            changes=told(reply_id, reply),
        ),
    )
    return replace(reply, last_audit_id=audit_id)


def told(reply_id: str, reply: Reply) -> Told:
    """Return how a change of a reply is told in timeline and audit log: which reply, and its state."""
    return (
        {"field": "reply", "before": None, "after": reply_id},
        {"field": "reply_state", "before": None, "after": reply.state.value},
    )


def release(app: App, mailbox_id: str) -> int:
    """Let replies go on that waited for their mailbox; those for later keep their time. Returns how many."""
    waiting = (
        Filter("mailbox_id", "==", mailbox_id),
        Filter("waits_for_mailbox", "==", True),
    )
    released = 0
    while True:
        page = app.store.query(Query(replies.COLLECTION, waiting, limit=_PAGE))
        if not page.documents:
            return released
        for document in page.documents:
            released += outbox.commit(app, partial(_release, app, document.id))


def _release(app: App, reply_id: str, tx: Transaction, box: Outbox) -> int:
    found = tx.get(replies.COLLECTION, reply_id)
    if found is None or not found.data["waits_for_mailbox"]:
        return 0
    reply = replies.released(codec.from_document(Reply, found.data), app.clock.now())
    tx.put(replies.COLLECTION, reply_id, codec.to_document(reply))
    announce(box, reply_id, reply)
    return 1


def read(tx: Transaction, reply_id: str) -> Reply | None:
    """Return a reply's document."""
    found = tx.get(replies.COLLECTION, reply_id)
    return None if found is None else codec.from_document(Reply, found.data)


def put(tx: Transaction, reply_id: str, reply: Reply) -> None:
    """Write a reply's document."""
    tx.put(replies.COLLECTION, reply_id, codec.to_document(reply))
