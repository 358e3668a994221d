"""What the product asks of Gmail and of Google's OAuth.

`Gmail` acts for one mailbox, with an access token that it gets when it needs one. Each call is one HTTP
request with a deadline of `timeout_seconds`; a GET may be repeated once on a broken connection, a POST
never is. Every failure is one of the errors below, so that a use case can decide without reading
Google's answers. Quotas and errors: https://developers.google.com/workspace/gmail/api/guides/handle-errors

- `Throttled`: Gmail takes no more for now (429, 403 with a rate or quota reason). `retry_at` where known.
- `Down`: no answer, a broken one or a 5xx. For a read: try later. For a send: the outcome is unknown,
  except for its kind `NotSent`: the request never left, so that it took no effect.
- `Gone`: 404, the message, thread or history record does not exist any more.
- `NeedsReauth`: the mailbox's grant is dead or too small; only its owner can help. Nothing is retried.
- `Misconfigured`: our own project is at fault (client, API disabled, topic grant); an operator must help.
- `Refused`: any other 4xx: this request is wrong for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, Protocol

SCOPES: Final = (
    "openid",
    "email",
    "https://www.googleapis.com/auth/gmail.readonly",
    "https://www.googleapis.com/auth/gmail.send",
)
# Google answers the short name `email` with its long form; both mean the same grant.
LONG_SCOPES: Final = {"email": "https://www.googleapis.com/auth/userinfo.email"}

# The most that messages.send takes, by the gmail.v1 discovery document.
MAX_SEND_BYTES: Final = 36_700_160


class GmailError(Exception):
    """Any failure of Gmail; `reason` is a stable word for logs and health pages, never Google's text."""

    def __init__(self, reason: str, *, retry_at: datetime | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_at = retry_at


class Throttled(GmailError):
    """Gmail takes no more for now."""


class Down(GmailError):
    """No usable answer; whether a POST took effect is unknown."""


class NotSent(Down):
    """No connection or no access token came about: nothing of the request left, it took no effect."""


class Gone(GmailError):
    """What was asked for does not exist any more."""


class NeedsReauth(GmailError):
    """The grant is dead or too small; the mailbox's owner must connect again."""


class Misconfigured(GmailError):
    """Our own Google project is at fault; the mailbox is not."""


class Refused(GmailError):
    """This request is wrong for ever."""


@dataclass(frozen=True, slots=True)
class Profile:
    """users.getProfile: the mailbox's address (lower case) and its newest history id."""

    address: str
    history_id: str


@dataclass(frozen=True, slots=True)
class Watch:
    """users.watch: the history id of the moment, and when the watch ends (7 days at most)."""

    history_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message that history names: perhaps new, perhaps moved to the inbox.

    `labels` is None where Gmail left them out, which it may.
    """

    gmail_id: str
    thread_id: str
    labels: frozenset[str] | None
    change: Literal["added", "inbox"]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """One page of users.history.list.

    `candidates` are de-duplicated within the page, in order. `last_id` is the id of the last record
    (None where the page has none), `head` the mailbox's newest history id, both 20 digits.
    """

    candidates: tuple[Candidate, ...]
    last_id: str | None
    head: str
    next_page: str | None


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One page of users.messages.list: (gmail_id, thread_id) pairs, newest first."""

    ids: tuple[tuple[str, str], ...]
    next_page: str | None


@dataclass(frozen=True, slots=True)
class RawMessage:
    """users.messages.get(format=raw): the exact bytes, and what Gmail knows of the message."""

    gmail_id: str
    thread_id: str
    labels: frozenset[str]
    received_at: datetime
    history_id: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """users.messages.send: the ids of the sent message in the sender's own mailbox.

    `thread_id` is the thread asked for only where Gmail agreed that the message belongs there.
    """

    gmail_id: str
    thread_id: str


@dataclass(frozen=True, slots=True)
class SendAs:
    """An address that the mailbox may send from: lower case, with the name that Gmail shows.

    Where `usable` is false (its owner has not verified it), Gmail would replace it in silence by the
    primary address: such a From is never to be written.
    """

    address: str
    name: str
    primary: bool
    default: bool
    usable: bool


class Gmail(Protocol):
    """One mailbox: read, watched and sent from."""

    def profile(self) -> Profile:
        """users.getProfile (1 unit)."""
        ...

    def watch(self, topic: str) -> Watch:
        """users.watch on all labels; renewing is the same call."""
        ...

    def stop(self) -> None:
        """users.stop: no more pushes for this mailbox and project."""
        ...

    def history(self, start: str, page: str | None = None) -> HistoryPage:
        """users.history.list, messageAdded and labelAdded, 500 a page (2 units).

        The same `start` goes with every page of one listing. Gone where `start` is too old.
        """
        ...

    def messages(self, query: str, page: str | None = None) -> MessagePage:
        """users.messages.list, 500 a page (5 units)."""
        ...

    def message(self, gmail_id: str) -> RawMessage:
        """users.messages.get, format=raw (20 units). Gone where it was deleted."""
        ...

    def send(self, raw: bytes, thread_id: str | None) -> Sent:
        """users.messages.send (100 units): hand over one RFC 5322 message, at most once.

        One call is one POST, whatever happens: nothing repeats it, neither a client library nor this
        method; only a 401, by which Gmail says that it did not look at the request, is followed by one
        more with a new access token. A message too large for JSON goes in one multipart upload, which
        is one POST too, so that no size has another rule.
        https://developers.google.com/workspace/gmail/api/guides/uploads

        The outcome is one of four, and the type tells which:
        - accepted: `Sent`. It means taken, not delivered; a bounce may follow. Gmail may have replaced
          Message-ID and From: read them back with `headers`.
        - refused: `Refused`, `Misconfigured`, `NeedsReauth`, or `Gone` where `thread_id` does not exist
          any more. Nothing was sent, and the same request fails again. Refused("too_large") above
          MAX_SEND_BYTES is raised without asking Gmail.
        - not now: `Throttled`, with `retry_at` where Gmail named a time, or `NotSent`. Nothing was sent.
        - unknown: any other `Down`. The message may have been sent: look for it, never send it again.

        `thread_id` is honoured only where In-Reply-To, References and the subject agree with that
        thread (reference of Message.threadId); else Gmail begins another one and says nothing.
        """
        ...

    def headers(self, gmail_id: str, names: Collection[str]) -> Mapping[str, str]:
        """users.messages.get, format=metadata (20 units): the headers of these names (at least one).

        Keys are in lower case, a header that occurs twice counts with its first value, one that does
        not occur is missing. Values are a stranger's text. Gone where the message was deleted.
        """
        ...

    def thread_headers(
        self, thread_id: str, names: Collection[str]
    ) -> Mapping[str, Mapping[str, str]]:
        """users.threads.get, format=metadata (40 units): by Gmail id, oldest first, what `headers` says.

        Sent messages and drafts of the thread are among them. Gone where no message of it is left.
        """
        ...

    def send_as(self) -> tuple[SendAs, ...]:
        """users.settings.sendAs.list (1 unit): the primary address, then others, usable or not."""
        ...


@dataclass(frozen=True, slots=True)
class Tokens:
    """The answer of Google's token endpoint; `refresh_token` only when consent was shown.

    `refresh_expires_at` is set for a grant that ends by itself: of an app whose consent screen is in
    "Testing" after 7 days (https://developers.google.com/identity/protocols/oauth2#expiration).
    """

    access_token: str = field(repr=False)
    expires_at: datetime
    scopes: frozenset[str]
    refresh_token: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)
    refresh_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who consented, from the verified id_token: `subject` is Google's stable id of the account."""

    subject: str
    address: str
    hosted_domain: str | None
    nonce: str | None


class OAuth(Protocol):
    """Google's OAuth for web servers, with PKCE (RFC 7636)."""

    def consent_url(
        self, *, state: str, nonce: str, verifier: str, login_hint: str | None = None
    ) -> str:
        """Return the address of Google's consent page for exactly SCOPES, offline, prompt=consent."""
        ...

    def exchange(self, code: str, verifier: str) -> Tokens:
        """Change a code for tokens. Refused where the code is used, expired or foreign."""
        ...

    def refresh(self, refresh_token: str) -> Tokens:
        """Return a new access token. NeedsReauth on invalid_grant; Misconfigured on our own faults."""
        ...

    def revoke(self, token: str, timeout_seconds: float | None = None) -> bool:
        """Revoke the whole grant; True where Google confirmed it or had forgotten the token."""
        ...

    def identify(self, id_token: str) -> Identity:
        """Verify signature, issuer, audience and expiry. Refused("id_token.invalid") otherwise."""
        ...


def missing_scopes(granted: Collection[str]) -> tuple[str, ...]:
    """Return which of SCOPES were not granted, under their short or long names."""
    have = set(granted)
    return tuple(s for s in SCOPES if s not in have and LONG_SCOPES.get(s) not in have)
