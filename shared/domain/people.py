"""People of the organisation, and their sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

USERS: Final = "users"
SESSIONS: Final = "sessions"
CHALLENGES: Final = "challenges"
FACTORS: Final = "factors"
CUSTOM_ROLES: Final = "roles"


@dataclass(frozen=True, slots=True)
class Glass:
    """A mailbox that somebody reads for a time without being a member; `id` is the break-glass's own."""

    id: str
    until: datetime
    consented_by: str | None = None  # a pseudonym


@dataclass(frozen=True, slots=True)
class User:
    """The document of a person who works here. Name, address and signature are sealed under their own key.

    Without a `password` they are invited and have not come yet. `session_epoch` ends all sessions at once
    when it is raised. `factors` are the kinds of second factor that are enrolled ("totp", "passkey"), so
    that no request reads more than this document to know.
    """

    address_token: str
    pseudonym: str  # act_...: how the audit log names them; forgotten with the person
    role: str
    mailbox_ids: tuple[str, ...]
    password: Mapping[str, str] | None
    sealed: str  # {"address", "name", "signature"} under the user's key
    session_epoch: int = 0
    disabled: bool = False
    language: str = "en"
    factors: tuple[str, ...] = ()
    time_zone: str = "UTC"  # an IANA name
    told: Mapping[str, str] = field(
        default_factory=dict
    )  # channel by kind of notification, as chosen
    told_by_mail: str = "at_once"  # or "off"
    glass: Mapping[str, Glass] = field(default_factory=dict)  # by mailbox: read without membership
    link_id: str | None = None  # the newest link that was mailed to them; no older one counts
    erasing: bool = False  # they are shut out for good, and their document goes at the end
    version: int = 1  # of what people change by hand: role, mailboxes, access, profile
    changed_by: str | None = None
    last_audit_id: str | None = None


@dataclass(frozen=True, slots=True)
class CustomRole:
    """The document of a role that the organisation made itself; `permissions` are names of Permission."""

    name: str
    permissions: tuple[str, ...]
    version: int = 1
    changed_by: str | None = None
    last_audit_id: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """The document of a signed-in browser; its id is the SHA-256 of the cookie, which is stored nowhere.

    `factors` are those proved in it: "password", "email_otp", "totp", "recovery", "passkey". Whether they
    are enough is decided at each request, with the person's role and enrolled factors as they are then.
    """

    user_id: str
    epoch: int
    created_at: datetime
    seen_at: datetime  # written at most every five minutes
    expires_at: datetime
    factors: tuple[str, ...]
    authenticated_at: datetime  # when a factor was last proved
    sealed: str  # {"browser", "network"} under the user's key: where it was opened
    challenge_id: str | None = None  # the newest e-mail code asked for; an older one counts no more


@dataclass(frozen=True, slots=True)
class Factor:
    """The document of an enrolled factor: an authenticator app, a passkey, or a set of recovery codes.

    Sealed under its person's key: {"secret"} of an authenticator, {"credential_id", "public_key", "name"}
    of a passkey, {} of recovery codes, of which hashes are kept.
    """

    user_id: str
    kind: Literal["passkey", "recovery", "totp"]
    sealed: str
    created_at: datetime
    used_at: datetime | None = None
    counter: int = 0  # the last step of an authenticator, the signature counter of a passkey
    backed_up: bool = False  # a passkey that its maker copies to other devices
    hashes: tuple[str, ...] = ()  # of the recovery codes that are left


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lives without use, and at most."""

    idle: timedelta
    absolute: timedelta


_OF_THE_DESK: Final = frozenset({"supervisor", "agent", "viewer"})
SEEN_EVERY: Final = timedelta(minutes=5)


def is_administrative(role: str) -> bool:
    """Say whether a role is asked for a second factor: all but the three of the desk's daily work.

    A role that the organisation made itself may hold anything, so it counts as administrative.
    """
    return role not in _OF_THE_DESK


def session_limits(role: str) -> SessionLimits:
    """Return the limits of a role: shorter where more can be done (security.md of the project, ADR 0006)."""
    if is_administrative(role):
        return SessionLimits(idle=timedelta(minutes=30), absolute=timedelta(hours=12))
    return SessionLimits(idle=timedelta(minutes=60), absolute=timedelta(hours=24))
