"""Who may do what: the one place that decides, for every entrance.

A permission is `resource:action`. A role holds some everywhere and some only in the mailboxes of which
the person is a member. `allows` is the only policy function: lists, single objects, search, attachments,
exports and feed all ask it, or `visible_mailboxes`, which is the same question asked for a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.errors import Forbidden, NotFound


class Permission(StrEnum):
    """Everything that somebody can be allowed to do, in alphabetical order."""

    ACCOUNT_SELF = "account:self"
    AUDIT_EXPORT = "audit:export"
    AUDIT_READ = "audit:read"
    BREAK_GLASS_REQUEST = "break_glass:request"
    CONTENT_READ = "content:read"
    CUSTOMER_READ = "customer:read"
    CUSTOMER_WRITE = "customer:write"
    DEAD_LETTER_REPLAY = "dead_letter:replay"
    MAILBOX_CONNECT = "mailbox:connect"
    MAILBOX_DISCONNECT = "mailbox:disconnect"
    MAILBOX_MEMBERS = "mailbox:members"
    MAILBOX_READ = "mailbox:read"
    NOTE_DELETE = "note:delete"
    NOTE_WRITE = "note:write"
    PRIVACY_MANAGE = "privacy:manage"
    REPLY_SEND = "reply:send"
    REPORT_READ = "report:read"
    ROLE_MANAGE = "role:manage"
    RULE_MANAGE = "rule:manage"
    SAVED_REPLY_SHARE = "saved_reply:share"
    SEARCH_USE = "search:use"
    SETTINGS_MANAGE = "settings:manage"
    TICKET_MERGE = "ticket:merge"
    TICKET_READ = "ticket:read"
    TICKET_WRITE = "ticket:write"
    USER_READ = "user:read"
    USER_WRITE = "user:write"
    WEBHOOK_MANAGE = "webhook:manage"


class Anyone:
    """The type of ANYONE: a route that needs no sign-in says so."""


ANYONE: Final = Anyone()


@dataclass(frozen=True, slots=True)
class Role:
    """What a role may do everywhere, and what only in its holder's mailboxes."""

    everywhere: frozenset[Permission]
    in_mailboxes: frozenset[Permission] = frozenset()


_P = Permission
_READ = frozenset({_P.TICKET_READ, _P.CONTENT_READ, _P.CUSTOMER_READ, _P.SEARCH_USE})
_WORK = frozenset({_P.TICKET_WRITE, _P.REPLY_SEND, _P.NOTE_WRITE, _P.CUSTOMER_WRITE})
_LEAD = frozenset(
    {_P.TICKET_MERGE, _P.RULE_MANAGE, _P.SAVED_REPLY_SHARE, _P.REPORT_READ, _P.NOTE_DELETE}
)
_SELF = frozenset({_P.ACCOUNT_SELF})

ROLES: Final[dict[str, Role]] = {
    "administrator": Role(
        everywhere=_SELF
        | {
            _P.AUDIT_EXPORT,
            _P.AUDIT_READ,
            _P.BREAK_GLASS_REQUEST,
            _P.DEAD_LETTER_REPLAY,
            _P.MAILBOX_CONNECT,
            _P.MAILBOX_DISCONNECT,
            _P.MAILBOX_MEMBERS,
            _P.MAILBOX_READ,
            _P.PRIVACY_MANAGE,
            _P.REPORT_READ,
            _P.ROLE_MANAGE,
            _P.SETTINGS_MANAGE,
            _P.USER_READ,
            _P.USER_WRITE,
            _P.WEBHOOK_MANAGE,
        },
        in_mailboxes=_READ,  # an administrator reads no mail unless a member
    ),
    "supervisor": Role(_SELF, _READ | _WORK | _LEAD | {_P.MAILBOX_READ}),
    "agent": Role(_SELF, _READ | _WORK | {_P.MAILBOX_READ}),
    "viewer": Role(_SELF, _READ | {_P.MAILBOX_READ}),
    "auditor": Role(_SELF | {_P.AUDIT_EXPORT, _P.AUDIT_READ, _P.MAILBOX_READ, _P.REPORT_READ}),
}


# What break-glass gives: reading, and nothing that leaves a trace in the mailbox or takes mail away.
GLASS_GIVES: Final = frozenset({_P.TICKET_READ, _P.CONTENT_READ})


@dataclass(frozen=True, slots=True)
class Grant:
    """A break-glass that is open; `consented_by` is a pseudonym."""

    id: str
    consented_by: str | None


@dataclass(frozen=True, slots=True)
class BrokenGlass:
    """The mailboxes that somebody reads for a time without being a member, by id.

    `read` collects in which of them this request looked: the door records it before it answers, so that
    no way to read leaves no trace.
    """

    grants: Mapping[str, Grant]
    read: set[str] = field(default_factory=set, compare=False)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody signed in, as of this request. `mailbox_ids` are those of which they are a member.

    `needs` is empty, but for a half-signed-in session: one of these factors must be proved first.
    """

    user_id: str
    pseudonym: str  # how the audit log names them
    role_name: str
    role: Role
    mailbox_ids: frozenset[str]
    session_id: str
    language: str = "en"
    needs: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()  # proved in this session
    authenticated_at: datetime | None = None  # when one was last proved
    glass: BrokenGlass | None = None
    by_token: bool = False  # a program with a token of theirs, whose rights `role` is narrowed to


def allows(actor: Actor, permission: Permission, mailbox_id: str | None = None) -> bool:
    """Say whether `actor` may do this, in this mailbox if one is named.

    Without a mailbox the question is whether they may do it anywhere at all, which is what a route asks
    before it has looked at any object.
    """
    if permission in actor.role.everywhere:
        return True
    if permission not in actor.role.in_mailboxes:
        return False
    if mailbox_id is None or mailbox_id in actor.mailbox_ids:
        return True
    return mailbox_id in _through_glass(actor, permission, frozenset({mailbox_id}))


def without_glass(actor: Actor) -> Actor:
    """Return the actor as a member of their own mailboxes only: what leaves the desk takes no more."""
    return replace(actor, glass=None)


def require(actor: Actor, permission: Permission) -> None:
    """Raise Forbidden("permission.missing") unless `actor` may do this somewhere."""
    if not allows(actor, permission):
        raise Forbidden("permission.missing", permission=permission.value)


def require_in(actor: Actor, permission: Permission, mailbox_id: str, missing: str) -> None:
    """Raise unless `actor` may do this in this mailbox.

    An object of a mailbox that one may not see does not exist for oneself: NotFound(`missing`). One who
    lacks the permission altogether gets Forbidden.
    """
    require(actor, permission)
    if not allows(actor, permission, mailbox_id):
        raise NotFound(missing)


def visible_mailboxes(actor: Actor, permission: Permission) -> frozenset[str] | None:
    """Return the mailboxes in which `actor` holds `permission`; None means all of them."""
    if permission in actor.role.everywhere:
        return None
    if permission not in actor.role.in_mailboxes:
        return frozenset()
    return actor.mailbox_ids | _through_glass(actor, permission)


def _through_glass(
    actor: Actor, permission: Permission, asked: frozenset[str] | None = None
) -> frozenset[str]:
    """Return in which of these mailboxes (None: all) break-glass gives this, and note that it was used."""
    if actor.glass is None or permission not in GLASS_GIVES:
        return frozenset()
    if Permission.BREAK_GLASS_REQUEST not in actor.role.everywhere:  # it was taken away since
        return frozenset()
    seen = frozenset(actor.glass.grants) - actor.mailbox_ids
    seen = seen if asked is None else seen & asked
    actor.glass.read.update(seen)
    return seen
