"""Sending a reply at most once, and finding out whether it was sent (gmail.md §7.3).

Who sends has claimed the reply in a transaction before, so nobody else does; what became of it is written
in another. Between the two anything may happen. What Gmail certainly did not take is tried again or has
failed; what it may have taken is looked for two minutes later, and never sent again by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from shared import log
from shared.app import App
from shared.audit.events import Action
from shared.domain import replies
from shared.domain.events import ReplyQueued
from shared.domain.mailboxes import COLLECTION as MAILBOXES
from shared.domain.mailboxes import MailboxState
from shared.domain.replies import Reply, ReplyState
from shared.errors import NotFound, Unavailable
from shared.gmail.contract import (
    Down,
    GmailError,
    Gone,
    Misconfigured,
    NeedsReauth,
    NotSent,
    Refused,
    Throttled,
)
from shared.keys.contract import TOKEN_KEY
from shared.services import (
    audit_log,
    mailbox_access,
    merged_tickets,
    outbox,
    outgoing,
    reply_mail,
    sent_mail,
    ticket_changes,
)
from shared.services.mailbox_access import KnownMailbox
from shared.services.outbox import Outbox
from shared.store.contract import Transaction

RETRY_AFTER: Final = timedelta(seconds=60)
BROKEN_AFTER: Final = timedelta(minutes=10)

_UNDECIDED: Final = frozenset({ReplyState.SENDING, ReplyState.UNKNOWN, ReplyState.NEEDS_REVIEW})
_TELLS: Final = {
    ReplyState.QUEUED: Action.REPLY_PUT_OFF,
    ReplyState.FAILED: Action.REPLY_FAILED,
    ReplyState.NEEDS_REVIEW: Action.REPLY_NEEDS_REVIEW,
    ReplyState.SENT: Action.REPLY_SENT,
}
# What somebody at the ticket must see by itself, without asking for its replies.
_SHOWN: Final = frozenset({ReplyState.FAILED, ReplyState.NEEDS_REVIEW})

Outcome = Callable[[Reply, datetime], Reply]


@dataclass(frozen=True, slots=True)
class _Step:
    """What is to be done with Gmail for a reply, as it was written when that was decided."""

    kind: Literal["send", "look"]
    reply: Reply


class _Unsendable(Exception):
    """A reply cannot be sent as it is; the word says why."""


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
        _finish(app, event, step.reply, _hand_over(app, known, event.reply_id, step.reply))
    else:
        _finish(app, event, step.reply, _look(app, event.reply_id, step.reply))


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


def _hand_over(app: App, known: KnownMailbox, reply_id: str, claim: Reply) -> Outcome:
    """Hand the mail to Gmail, once; return what that makes of the reply."""
    gmail = app.mailboxes(claim.mailbox_id)
    try:
        raw = _prepare(app, known, reply_id, claim)
    except _Unsendable as error:
        return _failed(str(error))
    except Unavailable as error:  # our own; nothing has left, so this need not become doubtful
        return _later(app, claim, error.code)
    except GmailError as error:
        return _refused(app, claim, NotSent(error.reason) if type(error) is Down else error)
    try:
        sent = gmail.send(raw, claim.gmail_thread_id)
    except GmailError as error:
        return _refused(app, claim, error)
    message_id = sent_mail.read_back(gmail, sent.gmail_id)
    return lambda reply, now: replies.sent(reply, now, sent.gmail_id, message_id)


def _prepare(app: App, known: KnownMailbox, reply_id: str, claim: Reply) -> bytes:
    """Return the mail's bytes. Raises _Unsendable, Unavailable, or GmailError from reading."""
    try:
        fields = dict(outgoing.unseal(app, reply_id, claim))
    except NotFound:
        raise _Unsendable("mailbox_disconnected") from None
    sender = fields["from"]["address"]
    if sender != known.identity.address:
        usable = {one.address for one in app.mailboxes(claim.mailbox_id).send_as() if one.usable}
        if sender not in usable:  # Gmail would replace it in silence
            raise _Unsendable("sender_not_verified")
    quoted = fields.get("quoted")
    if quoted is not None and quoted["text"] is None and claim.parent_message_id is not None:
        try:
            text = reply_mail.text_from_gmail(app, claim.parent_message_id)
        except Gone:
            text = ""
        fields["quoted"] = {**quoted, "text": text} if text else None
    try:
        return reply_mail.write(app, reply_id, claim, fields, ())
    except ValueError as error:
        log.failure("reply.not_written", error, reply=reply_id)
        raise _Unsendable("not_writable") from None


def _refused(app: App, claim: Reply, error: GmailError) -> Outcome:
    """Return what an error of sending makes of the reply; only plain Down leaves it in doubt."""
    log.event("WARNING", "reply.not_accepted", reason=error.reason, kind=type(error).__name__)
    match error:
        case Gone():  # the thread is; the mail begins another one
            return lambda reply, now: replies.put_off(replies.without_thread(reply), now, now, None)
        case Refused():
            return _failed(f"refused_{error.reason}")
        case NeedsReauth():
            if mailbox_access.lose_grant(app, claim.mailbox_id, error.reason):
                return lambda reply, now: replies.waiting(reply, now, "mailbox_needs_reauth")
            return _later(app, claim, error.reason)
        case Misconfigured():
            return _later(app, claim, error.reason, BROKEN_AFTER)
        case Throttled():
            until = error.retry_at or app.clock.now() + RETRY_AFTER
            return lambda reply, now: replies.put_off(reply, now, until, error.reason)
        case NotSent():
            return _later(app, claim, "gmail_unreachable")
        case _:
            return lambda reply, now: replies.doubtful(
                reply, now, max(now, replies.looked_for_at(reply))
            )


def _failed(failure: str) -> Outcome:
    return lambda reply, now: replies.failed(reply, now, failure)


def _later(app: App, claim: Reply, failure: str, wait: timedelta = RETRY_AFTER) -> Outcome:
    """Return the outcome of trying again, after twice the time at each attempt, up to an hour."""
    until = app.clock.now() + min(wait * 2 ** min(claim.sendings - 1, 10), replies.LOOKS_EVERY)
    return lambda reply, now: replies.put_off(reply, now, until, failure)


def _look(app: App, reply_id: str, reply: Reply) -> Outcome:
    """Look for a mail that may have been sent; return what that makes of the reply."""
    started = reply.sending_started_at or reply.changed_at
    if app.clock.now() - started > replies.REVIEWED_AFTER:
        return lambda reply, now: replies.to_review(reply, now, replies.NOT_FOUND)
    gmail = app.mailboxes(reply.mailbox_id)
    key = app.keys.primary(TOKEN_KEY).value
    try:
        found = sent_mail.find(gmail, key, reply_id, reply.gmail_thread_id, started)
    except GmailError as error:
        log.event("WARNING", "reply.not_looked_for", reply=reply_id, reason=error.reason)
        if isinstance(error, NeedsReauth):
            mailbox_access.lose_grant(app, reply.mailbox_id, error.reason)
        wait = RETRY_AFTER if isinstance(error, Down | Throttled) else BROKEN_AFTER
        again = max(error.retry_at or app.clock.now(), app.clock.now() + wait)
        return lambda reply, now: replies.doubtful(reply, now, again)
    if found is None:
        return lambda reply, now: replies.to_review(reply, now, replies.NOT_FOUND)
    return lambda reply, now: replies.sent(reply, now, found.gmail_id, found.message_id)


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
    ticket = None
    if after.state in _SHOWN:
        ticket = merged_tickets.follow(tx, after.ticket_id, after.mailbox_id)
    # Every read stands above this line.
    action = _tells(before, after)
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
