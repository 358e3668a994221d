"""People of the organisation, their sessions, and customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

USERS: Final = "users"
SESSIONS: Final = "sessions"
CHALLENGES: Final = "challenges"
CUSTOMERS: Final = "customers"


@dataclass(frozen=True, slots=True)
class User:
    """The document of a person who works here. Name and address are sealed under their own key.

    `session_epoch` ends all sessions at once when it is raised.
    """

    address_token: str
    pseudonym: str  # act_...: how the audit log names them; forgotten with the person
    role: str
    mailbox_ids: tuple[str, ...]
    password: Mapping[str, str] | None
    sealed: str  # {"address", "name"} under the user's key
    session_epoch: int = 0
    disabled: bool = False
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Session:
    """The document of a signed-in browser; its id is the SHA-256 of the cookie, which is stored nowhere."""

    user_id: str
    epoch: int
    created_at: datetime
    seen_at: datetime  # written at most every five minutes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lives without use, and at most."""

    idle: timedelta
    absolute: timedelta


_ADMINISTRATIVE = frozenset({"administrator", "auditor"})
SEEN_EVERY: Final = timedelta(minutes=5)


def session_limits(role: str) -> SessionLimits:
    """Return the limits of a role: shorter where more can be done (security.md of the project, ADR 0006)."""
    if role in _ADMINISTRATIVE:
        return SessionLimits(idle=timedelta(minutes=30), absolute=timedelta(hours=12))
    return SessionLimits(idle=timedelta(minutes=60), absolute=timedelta(hours=24))


@dataclass(frozen=True, slots=True)
class Customer:
    """The document of somebody who writes in; `tokens` are the organisation's tokens of their addresses."""

    tokens: tuple[str, ...]
    sealed: str  # {"name", "address"} under the customer's own key
    created_at: datetime
    merged_into: str | None = None
