"""What travels on the bus: ids only, in the past tense, one class a topic."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from shared.domain.erasures import ErasureKind

GMAIL_PUSH: Final = "gmail-push"
MESSAGE_RECEIVED: Final = "message-received"
AUDIT_RECORDED: Final = "audit-recorded"
CHECKPOINT_SIGNED: Final = "checkpoint-signed"
ERASURE_REQUESTED: Final = "erasure-requested"
JOB_DUE: Final = "job-due"
RECONCILE_DUE: Final = "reconcile-due"
NOTICE_DUE: Final = "notice-due"
REPLY_QUEUED: Final = "reply-queued"
TICK_SEAL: Final = "tick-seal"
WEBHOOK_DUE: Final = "webhook-due"

_MAILBOX_ID: Final = re.compile(r"mb_[0-9A-Z]{26}")
DATA_CODE_ASKED: Final = "data-code-asked"
PASSWORD_RESET_ASKED: Final = "password-reset-asked"  # noqa: S105 - a topic


@dataclass(frozen=True, slots=True)
class MailboxChanged:
    """Gmail says that a mailbox changed, or we ask ourselves to look again later.

    Gmail's own notification is {"emailAddress", "historyId"}, the id a number or a string
    (https://developers.google.com/workspace/gmail/api/guides/push); ours is {"mailbox_id"}.
    """

    topic: ClassVar[str] = GMAIL_PUSH

    address: str | None = None
    history_id: str | None = None  # 20 digits
    mailbox_id: str | None = None

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> MailboxChanged:
        """Read either form. Raises ValueError where it is neither."""
        mailbox_id = event.get("mailbox_id")
        if isinstance(mailbox_id, str) and mailbox_id:
            _require_mailbox_id(mailbox_id)
            return cls(mailbox_id=mailbox_id)
        address, history = event.get("emailAddress"), event.get("historyId")
        if not isinstance(address, str) or not address or len(address) > 320:
            raise ValueError("emailAddress")
        if isinstance(history, bool) or not isinstance(history, int | str):
            raise ValueError("historyId")  # noqa: TRY004 - what it raises is said above
        return cls(address=address.strip().lower(), history_id=history_text(history))


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A Gmail message is a candidate for a ticket."""

    topic: ClassVar[str] = MESSAGE_RECEIVED

    mailbox_id: str
    gmail_id: str

    def __post_init__(self) -> None:
        _require_mailbox_id(self.mailbox_id)


@dataclass(frozen=True, slots=True)
class ReplyQueued:
    """A reply's next step is due: to be sent, or to be looked for where it may have been.

    `fence` is the reply's own when this was said; where it has moved on, the event means nothing any more.
    """

    topic: ClassVar[str] = REPLY_QUEUED

    mailbox_id: str
    reply_id: str
    fence: int

    def __post_init__(self) -> None:
        _require_mailbox_id(self.mailbox_id)


@dataclass(frozen=True, slots=True)
class AuditRecorded:
    """Something happened that the audit log keeps; `entry` is its final form."""

    topic: ClassVar[str] = AUDIT_RECORDED

    id: str
    entry: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PasswordResetAsked:
    """Somebody asked for a link to a new password. Whether there is such a person is not known yet."""

    topic: ClassVar[str] = PASSWORD_RESET_ASKED

    address_token: str
    sendings: int = 0  # that the mail server asked to repeat


@dataclass(frozen=True, slots=True)
class DataCodeAsked:
    """Somebody entered an address to see what is held on it. Whether it is a customer's is not known yet.

    `id` is the challenge's, which has the address's token.
    """

    topic: ClassVar[str] = DATA_CODE_ASKED

    id: str
    language: str


@dataclass(frozen=True, slots=True)
class NoticeDue:
    """Somebody wants to be told of something by mail; `id` is the notification's."""

    topic: ClassVar[str] = NOTICE_DUE

    id: str


@dataclass(frozen=True, slots=True)
class WebhookDue:
    """A webhook is to be told of an event, for the `again`th time that a person asked for it once more.

    `attempts` have failed so far.
    """

    topic: ClassVar[str] = WEBHOOK_DUE

    webhook_id: str
    generation: int
    event_id: str
    action: str
    mailbox_id: str | None
    data: Mapping[str, Any]  # what it is told: ids, codes, times
    attempts: int = 0
    again: int = 0


@dataclass(frozen=True, slots=True)
class JobDue:
    """A step of a job is to be done."""

    topic: ClassVar[str] = JOB_DUE

    job_id: str
    step: int


@dataclass(frozen=True, slots=True)
class ErasureRequested:
    """A step of an erasure is to be done; `id` is that of what is erased.

    Without a kind it is the clock that struck: what is too old is looked for.
    """

    topic: ClassVar[str] = ERASURE_REQUESTED

    kind: ErasureKind | None = None
    id: str = ""
    step: int = 0


@dataclass(frozen=True, slots=True)
class ReconcileDue:
    """A step of a mailbox's reconciliation is to be done; without a mailbox it is the clock that struck."""

    topic: ClassVar[str] = RECONCILE_DUE

    mailbox_id: str | None = None
    step: int = 0

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> ReconcileDue:
        """Read either form. Raises ValueError where a mailbox is named and the rest is not right."""
        if "mailbox_id" not in event:
            return cls()
        mailbox_id, step = event["mailbox_id"], event.get("step")
        if not isinstance(mailbox_id, str) or isinstance(step, bool) or not isinstance(step, int):
            raise ValueError("step")  # noqa: TRY004 - what it raises is said above
        _require_mailbox_id(mailbox_id)
        return cls(mailbox_id, step)


@dataclass(frozen=True, slots=True)
class SealDue:
    """The audit log is to be sealed: something was recorded, the sealer is woken, or the hour has struck."""

    cause: Literal["recorded", "woken", "struck"]

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> SealDue:
        """Read an event of `audit-recorded`, of our own, or of the scheduler."""
        if "entry" in event:
            return cls("recorded")
        return cls("woken" if "wake" in event else "struck")


@dataclass(frozen=True, slots=True)
class CheckpointSigned:
    """The audit log has signed a checkpoint of this size, which its witness is to see."""

    topic: ClassVar[str] = CHECKPOINT_SIGNED

    size: int

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ValueError("size")


@dataclass(frozen=True, slots=True)
class Tick:
    """The scheduler's clock struck; the event itself says nothing."""

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Tick:
        """Read a tick: whatever it holds is passed over."""
        del event
        return cls()


def _require_mailbox_id(text: str) -> None:
    """Raise ValueError for what no mailbox is called, before a store is asked for it."""
    if not _MAILBOX_ID.fullmatch(text):
        raise ValueError("mailbox_id")


def history_text(history_id: int | str) -> str:
    """Return a Gmail history id (uint64, as number or text) as 20 digits, so that text order is its order.

    Raises ValueError where it is no such number.
    """
    number = int(history_id) if isinstance(history_id, int) or history_id.isdigit() else -1
    if not 0 <= number < 2**64:
        raise ValueError("historyId")
    return f"{number:020d}"
