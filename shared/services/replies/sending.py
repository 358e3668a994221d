"""Sending a reply at most once, and finding out whether it was sent (gmail.md §7.3).

Who sends has claimed the reply in a transaction before, so nobody else does; what became of it is written
in another. Between the two anything may happen. What Gmail certainly did not take is tried again or has
failed; what it may have taken is looked for two minutes later, and never sent again by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from shared import log
from shared.app import App
from shared.audit.events import Action
from shared.domain import replies
from shared.domain.events import ReplyQueued
from shared.domain.mailboxes import COLLECTION as MAILBOXES
from shared.domain.mailboxes import MailboxState
from shared.domain.replies import Reply, ReplyState
from shared.errors import NotFound
from shared.services import audit_log, outbox
from shared.services.mailboxes import mailbox_access
from shared.services.mailboxes.mailbox_access import KnownMailbox
from shared.services.outbox import Outbox
from shared.services.replies import handing_over, outgoing, uploads
from shared.services.replies.handing_over import Outcome
from shared.services.tickets import merged_tickets, ticket_changes
from shared.store.contract import Transaction

_UNDECIDED: Final = frozenset({ReplyState.SENDING, ReplyState.UNKNOWN, ReplyState.NEEDS_REVIEW})
_TELLS: Final = {
    ReplyState.QUEUED: Action.REPLY_PUT_OFF,
    ReplyState.FAILED: Action.REPLY_FAILED,
    ReplyState.NEEDS_REVIEW: Action.REPLY_NEEDS_REVIEW,
    ReplyState.SENT: Action.REPLY_SENT,
}


@dataclass(frozen=True, slots=True)
class _Step:
    """What is to be done with Gmail for a reply, as it was written when that was decided."""

    kind: Literal["send", "look"]
    reply: Reply


def send(app: App, event: ReplyQueued) -> None:
    """Do a reply's next step. Done at once where the reply has moved on since the event.

    Raises Unavailable where our own store or bus fails; every failure of Gmail is written down.
    """
    try:
        known = mailbox_access.known(app, event.mailbox_id)
    except NotFound:
        log.event("WARNING", "reply.of_unknown_mailbox", reply=event.reply_id)
        return
    step = outbox.commit(app, lambda tx, box: _take(app, known, event, tx, box))
    if step is None:
        return
    if step.kind == "send":
        _finish(
            app, event, step.reply, handing_over.hand_over(app, known, event.reply_id, step.reply)
        )
    else:
        _finish(app, event, step.reply, handing_over.look(app, event.reply_id, step.reply))


def _take(
    app: App, known: KnownMailbox, event: ReplyQueued, tx: Transaction, box: Outbox
) -> _Step | None:
    """Decide what this event means now, and claim the reply where it is to be sent."""
    reply = outgoing.read(tx, event.reply_id)
    now = app.clock.now()
    if reply is None or reply.mailbox_id != event.mailbox_id:
        outgoing.consumed(tx, event)
        return None
    if reply.state is ReplyState.SENT or reply.fence != event.fence:
        _conclude(app, tx, box, event, reply)
        return None
    if reply.state is ReplyState.QUEUED:
        return _begin(app, known, event, tx, box, reply)
    if reply.state not in (ReplyState.SENDING, ReplyState.UNKNOWN):
        outgoing.consumed(tx, event)
        return None
    look_at = replies.looked_for_at(reply)
    if now >= look_at:
        return _Step("look", reply)
    # Somebody is sending it at this moment, or died doing so.
    _write(app, tx, box, event, reply, replies.doubtful(reply, now, look_at))
    return None


def _begin(
    app: App,
    known: KnownMailbox,
    event: ReplyQueued,
    tx: Transaction,
    box: Outbox,
    reply: Reply,
) -> _Step | None:
    now = app.clock.now()
    if reply.not_before is not None and reply.not_before > now:
        changed = replies.put_off(reply, now, reply.not_before, reply.failure)
        _write(app, tx, box, event, reply, changed)
        return None
    state = known.mailbox.state
    if state is not MailboxState.ACTIVE:
        found = tx.get(MAILBOXES, reply.mailbox_id)
        state = MailboxState(str(found.data["state"])) if found else MailboxState.DISCONNECTED
    ticket = merged_tickets.follow(tx, reply.ticket_id, reply.mailbox_id)
    if ticket is None or state is MailboxState.DISCONNECTED:
        changed = replies.failed(reply, now, "mailbox_disconnected")
    elif state is not MailboxState.ACTIVE:
        changed = replies.waiting(reply, now, f"mailbox_{state.value}")
    elif not reply.automatic and ticket[1].conversation != reply.seen_conversation:
        changed = replies.to_review(reply, now, replies.CONVERSATION_MOVED)
    else:
        claim = replies.claimed(reply, now)
        outgoing.put(tx, event.reply_id, claim)
        return _Step("send", claim)
    _write(app, tx, box, event, reply, changed)
    return None


def _finish(app: App, event: ReplyQueued, claim: Reply, outcome: Outcome) -> None:
    """Write what became of an attempt, unless the reply is known to be sent already."""

    def work(tx: Transaction, box: Outbox) -> None:
        reply = outgoing.read(tx, event.reply_id)
        if reply is None:
            outgoing.consumed(tx, event)
            return
        if reply.sendings != claim.sendings or reply.state not in _UNDECIDED:
            _conclude(app, tx, box, event, reply)
            return
        after = outcome(reply, app.clock.now())
        if reply.state is ReplyState.NEEDS_REVIEW and after.state is ReplyState.UNKNOWN:
            outgoing.consumed(tx, event)  # a person has been asked already
            return
        _write(app, tx, box, event, reply, after)

    outbox.commit(app, work)


def _write(
    app: App, tx: Transaction, box: Outbox, event: ReplyQueued, before: Reply, after: Reply
) -> None:
    """Write a reply's step with what tells of it, and what follows from it by itself."""
    files = uploads.existing(tx, after.upload_ids) if after.done else ()
    action = _tells(before, after)
    ticket = None
    if action is not None and after.state is not ReplyState.SENT:
        # Its ticket changes too, so that whoever has it open learns of it. A sent one comes back by itself.
        ticket = merged_tickets.follow(tx, after.ticket_id, after.mailbox_id)
    # Every read stands above this line.
    if ticket is not None:
        ticket_id, document = ticket
        written = ticket_changes.write(
            app,
            tx,
            box,
            ticket_id,
            document,
            document,
            ticket_changes.function(app, after.failure),
            action,
            outgoing.told(event.reply_id, after),
        )
        after = replace(after, last_audit_id=written.last_audit_id)
    elif action is not None:
        after = outgoing.recorded(app, box, event.reply_id, after, action, audit_log.function(app))
    outgoing.put(tx, event.reply_id, replace(after, recorded=after.state is ReplyState.SENT))
    uploads.expire(app, tx, files)
    outgoing.consumed(tx, event)
    if after.state in (ReplyState.QUEUED, ReplyState.UNKNOWN):
        outgoing.announce(box, event.reply_id, after)


def _tells(before: Reply, after: Reply) -> Action | None:
    """Return what is recorded of a step; that a reply still waits for the same is no news."""
    if after.state is ReplyState.QUEUED and after.failure in (None, before.failure):
        return None
    return _TELLS.get(after.state)


def _conclude(app: App, tx: Transaction, box: Outbox, event: ReplyQueued, reply: Reply) -> None:
    """Take the event away from a reply that needs it no more; one that came back by itself is told of."""
    if reply.state is ReplyState.SENT and not reply.recorded:
        _write(app, tx, box, event, reply, reply)
    else:
        outgoing.consumed(tx, event)
