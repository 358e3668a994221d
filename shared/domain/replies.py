"""A reply: a mail that an agent writes, from the first draft until it is known to be sent.

Gmail has no idempotency key, so a reply is handed over at most once for each decision of a person
(gmail.md §7.3): whoever claims it names the attempt (`sendings`), and what is not known to have been
refused is looked for, never sent again. `fence` numbers the events that may act on the reply: one that
comes late, twice or after an undo finds another number and does nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

COLLECTION: Final = "replies"

MAX_DELAY: Final = timedelta(
    days=30
)  # of scheduled sending: the longest that the bus keeps an event
LOOKED_FOR_AFTER: Final = timedelta(seconds=120)  # longer than a send may last, and Gmail's lag
GIVEN_UP_AFTER: Final = timedelta(hours=72)  # of being put off
REVIEWED_AFTER: Final = timedelta(hours=6)  # of not being able to look for what may be sent
LOOKS_EVERY: Final = timedelta(hours=1)  # whether its mailbox works again


class ReplyState(StrEnum):
    """Where a reply stands; `unknown` may have been sent, `needs_review` waits for a person."""

    DRAFT = "draft"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"
    NEEDS_REVIEW = "needs_review"
    CANCELLED = "cancelled"


_S: Final = ReplyState

# Which state may follow which. `sent` follows every one: the mail itself, coming back by history, proves it.
FOLLOWS: Final[dict[ReplyState, frozenset[ReplyState]]] = {
    _S.DRAFT: frozenset({_S.QUEUED, _S.CANCELLED, _S.SENT}),
    _S.QUEUED: frozenset({_S.DRAFT, _S.SENDING, _S.FAILED, _S.NEEDS_REVIEW, _S.CANCELLED, _S.SENT}),
    _S.SENDING: frozenset({_S.UNKNOWN, _S.QUEUED, _S.FAILED, _S.NEEDS_REVIEW, _S.SENT}),
    _S.UNKNOWN: frozenset({_S.QUEUED, _S.FAILED, _S.NEEDS_REVIEW, _S.SENT}),
    _S.NEEDS_REVIEW: frozenset({_S.DRAFT, _S.QUEUED, _S.FAILED, _S.CANCELLED, _S.SENT}),
    _S.FAILED: frozenset({_S.DRAFT, _S.QUEUED, _S.CANCELLED, _S.SENT}),
    _S.SENT: frozenset(),
    _S.CANCELLED: frozenset({_S.SENT}),
}
IN_FLIGHT: Final = frozenset({_S.QUEUED, _S.SENDING, _S.UNKNOWN})

# The words of `failure`. A person sends again: conversation_moved, not_found and restored in needs_review; in
# failed mailbox_disconnected, sender_not_verified, attachment_missing, not_writable, refused_<why> (Gmail),
# smtp_<why>. It goes by itself, in queued: mailbox_paused, mailbox_needs_reauth, gmail_unreachable,
# smtp_<why>, and Gmail's and our own reasons to wait, such as rate_limited or store.unavailable.
CONVERSATION_MOVED: Final = "conversation_moved"  # somebody wrote since: it was held, not sent
NOT_FOUND: Final = "not_found"  # no answer to the send, and the mail is not in the mailbox
RESTORED: Final = "restored"  # it was on its way in a backup: what became of it since, Gmail knows

_SEND_ID: Final = re.compile(r"([0-9a-z]{26})-([0-9]{1,4})")


@dataclass(frozen=True, slots=True)
class Reply:
    """The document of a reply.

    `sealed` is {"from", "to", "cc", "bcc", "subject", "text", "html"} under the mailbox's key, and from
    queueing on also what is frozen then: {"signature", "quoted", "in_reply_to", "references",
    "thread_index"}. It is destroyed when the reply is sent, because the mail is then in the mailbox.
    """

    mailbox_id: str
    ticket_id: str
    author_id: str | None  # None for an automatic one
    state: ReplyState
    created_at: datetime
    changed_at: datetime
    sealed: str | None
    parent_message_id: str | None = None
    gmail_thread_id: str | None = None
    upload_ids: tuple[str, ...] = ()
    quotes: bool = True  # the parent's text follows
    signs: bool = True  # the signature follows
    automatic: bool = False
    seen_conversation: int = 0  # the ticket's, when it was queued and had counted this reply
    not_before: datetime | None = None
    due_since: datetime | None = None  # when it was first to go, for giving up
    fence: int = 0
    sendings: int = 0  # attempts; the newest one's send id names it
    sending_started_at: datetime | None = None
    waits_for_mailbox: bool = False  # queued, but the mailbox is paused or has lost its grant
    gmail_id: str | None = None
    message_id: str | None = None  # as Gmail made it; ours, where Gmail kept it
    sent_at: datetime | None = None
    failure: str | None = None  # a stable word: why it failed, waits or is to be reviewed
    recorded: bool = False  # its sending stands in the audit log
    done: bool = False  # sent or thrown away
    version: int = 1
    changed_by: str | None = None
    last_audit_id: str | None = None


class NotAllowedNow(ValueError):
    """A reply in this state cannot become that."""


def send_id(reply_id: str, sendings: int) -> str:
    """Return the value of X-CMO-Send-Id of one attempt: it names the reply, so finding it costs one read."""
    return f"{reply_id.partition('_')[2].lower()}-{sendings}"


def reply_of(send_id: str) -> str | None:
    """Return the id of the reply that a send id names, None where it has another form."""
    found = _SEND_ID.fullmatch(send_id.strip())
    return None if found is None else f"r_{found[1].upper()}"


def queued(
    reply: Reply, now: datetime, not_before: datetime, *, conversation: int, by: str | None
) -> Reply:
    """Return the reply, to go at `not_before`; a person's decision also after a failure or a review."""
    moved = _moved(reply, _S.QUEUED, now)
    return replace(
        moved,
        author_id=by or reply.author_id,
        changed_by=by,
        seen_conversation=conversation,
        not_before=not_before,
        due_since=not_before,
        fence=reply.fence + 1,
        sending_started_at=None,
        failure=None,
    )


def taken_back(reply: Reply, now: datetime, by: str) -> Reply:
    """Return the draft that a reply becomes again which was certainly not sent.

    Raises NotAllowedNow where it may have been, or is just being sent.
    """
    if reply.state is _S.NEEDS_REVIEW and reply.failure != CONVERSATION_MOVED:
        raise NotAllowedNow(reply.state)
    moved = _moved(reply, _S.DRAFT, now)
    return replace(
        moved,
        changed_by=by,
        not_before=None,
        due_since=None,
        fence=reply.fence + 1,
        waits_for_mailbox=False,
        failure=None,
    )


def claimed(reply: Reply, now: datetime) -> Reply:
    """Return the reply as whoever claims it must write it before handing it to Gmail."""
    return replace(
        _moved(reply, _S.SENDING, now),
        sendings=reply.sendings + 1,
        sending_started_at=now,
        waits_for_mailbox=False,
        failure=None,
    )


def put_off(reply: Reply, now: datetime, until: datetime, failure: str | None) -> Reply:
    """Return a reply that certainly was not sent, to be tried again then; `failure` says why, if anything.

    After GIVEN_UP_AFTER it has failed instead, and so has one that a person was asked about meanwhile.
    """
    since = reply.due_since or now
    if until - since > GIVEN_UP_AFTER or reply.state is _S.NEEDS_REVIEW:
        return failed(reply, now, failure or NOT_FOUND)
    return replace(
        _again(reply, _S.QUEUED, now),
        not_before=until,
        due_since=since,
        fence=reply.fence + 1,
        sending_started_at=None,
        failure=failure,
    )


def waiting(reply: Reply, now: datetime, failure: str) -> Reply:
    """Return a reply that certainly was not sent and goes when its mailbox works again, however late.

    Whoever brings the mailbox back releases it; it also looks by itself now and then.
    """
    return replace(
        _again(reply, _S.QUEUED, now),
        not_before=now + LOOKS_EVERY,
        due_since=None,
        fence=reply.fence + 1,
        sending_started_at=None,
        waits_for_mailbox=True,
        failure=failure,
    )


def released(reply: Reply, now: datetime) -> Reply:
    """Return a reply whose mailbox works again, to go at once."""
    return replace(
        _again(reply, _S.QUEUED, now),
        not_before=now,
        due_since=now,
        fence=reply.fence + 1,
        waits_for_mailbox=False,
        failure=None,
    )


def without_thread(reply: Reply) -> Reply:
    """Return a reply whose Gmail thread is gone: its mail begins another one."""
    return replace(reply, gmail_thread_id=None)


def failed(reply: Reply, now: datetime, failure: str) -> Reply:
    """Return a reply that certainly was not sent, and why."""
    return replace(
        _moved(reply, _S.FAILED, now), failure=failure, fence=reply.fence + 1, not_before=None
    )


def doubtful(reply: Reply, now: datetime, look_at: datetime) -> Reply:
    """Return a reply that may have been sent, to be looked for then."""
    return replace(_again(reply, _S.UNKNOWN, now), not_before=look_at, fence=reply.fence + 1)


def to_review(reply: Reply, now: datetime, failure: str) -> Reply:
    """Return a reply of which a person has to decide what becomes of it."""
    return replace(
        _moved(reply, _S.NEEDS_REVIEW, now),
        failure=failure,
        fence=reply.fence + 1,
        not_before=None,
    )


def sent(reply: Reply, now: datetime, gmail_id: str | None, message_id: str | None) -> Reply:
    """Return a reply that is known to be sent; its content is in the mailbox, so no copy is kept."""
    return replace(
        _again(reply, _S.SENT, now),
        done=True,
        sealed=None,
        gmail_id=gmail_id or reply.gmail_id,
        message_id=message_id or reply.message_id,
        sent_at=reply.sent_at or now,
        not_before=None,
        waits_for_mailbox=False,
        failure=None,
    )


def cancelled(reply: Reply, now: datetime, by: str) -> Reply:
    """Return a reply that a person threw away, without its content."""
    moved = _moved(reply, _S.CANCELLED, now)
    return replace(
        moved,
        sealed=None,
        done=True,
        changed_by=by,
        not_before=None,
        waits_for_mailbox=False,
        fence=reply.fence + 1,
    )


def erased(reply: Reply, now: datetime) -> Reply:
    """Return what is left of a reply that was never sent, when its ticket's content is erased."""
    return replace(
        reply,
        state=_S.CANCELLED,
        changed_at=now,
        sealed=None,
        done=True,
        upload_ids=(),
        not_before=None,
        waits_for_mailbox=False,
        fence=reply.fence + 1,
    )


def looked_for_at(reply: Reply) -> datetime:
    """Return when a reply that was being sent may be looked for, not earlier."""
    return (reply.sending_started_at or reply.changed_at) + LOOKED_FOR_AFTER


def _again(reply: Reply, state: ReplyState, now: datetime) -> Reply:
    """Return the reply in a state that it may have already."""
    if reply.state is state:
        return replace(reply, changed_at=now, version=reply.version + 1, changed_by=None)
    return _moved(reply, state, now)


def _moved(reply: Reply, state: ReplyState, now: datetime) -> Reply:
    if state not in FOLLOWS[reply.state]:
        raise NotAllowedNow(reply.state)
    return replace(
        reply,
        state=state,
        changed_at=now,
        version=reply.version + 1,
        changed_by=None,
    )
