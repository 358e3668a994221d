"""WebAuthn ceremonies: challenges that are answered once, in time, by the browser that asked.

A challenge is for one purpose and one session (or none, to sign in), and bound to a cookie of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from shared import codec
from shared.app import App
from shared.auth import passkeys, sessions
from shared.auth.passkeys import RelyingParty
from shared.domain.people import CHALLENGES
from shared.errors import Conflict
from shared.store.contract import Document

KIND: Final = "passkey"
LIFETIME_SECONDS: Final = int(passkeys.LIFETIME.total_seconds())

Purpose = Literal["enrol", "prove", "sign_in"]


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What the page hands to the browser's WebAuthn, and the cookie that must come back."""

    options: Mapping[str, Any]
    cookie: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """The document of a ceremony under way; its id is a hash of the browser's cookie."""

    kind: str
    purpose: Purpose
    session_id: str | None  # of who was signed in, wholly or half
    challenge: str
    slot: str | None
    expires_at: datetime


def relying_party(app: App, origin: str) -> RelyingParty:
    """Return the site that passkeys are made for.

    `origin` is the request's own: of a deployment only its public address, on a laptop also localhost.
    Raises Conflict("passkey.needs_localhost") at an IP address, which WebAuthn does not allow as a host.
    """
    if app.settings.local is None:
        return RelyingParty(app.settings.organisation, app.settings.public_url)
    party = RelyingParty(app.settings.organisation, origin)
    if party.id != "localhost":
        raise Conflict("passkey.needs_localhost")
    return party


def begin(
    app: App,
    purpose: Purpose,
    session_id: str | None,
    slot: str | None = None,
) -> tuple[str, str]:
    """Write a new challenge; return it and the cookie that it is bound to."""
    challenge = passkeys.new_challenge()
    cookie, _ = sessions.new_cookie()
    document = Challenge(
        KIND, purpose, session_id, challenge, slot, app.clock.now() + passkeys.LIFETIME
    )
    data = codec.to_document(document)
    app.store.transact(lambda tx: tx.create(CHALLENGES, document_id(cookie), data))
    return challenge, cookie


def live(
    app: App, found: Document | None, purpose: Purpose, session_id: str | None
) -> Challenge | None:
    """Return the challenge where it is still to be answered, for this purpose, in this session."""
    if found is None or found.data.get("kind") != KIND:
        return None
    challenge = codec.from_document(Challenge, found.data)
    right = challenge.purpose == purpose and challenge.session_id == session_id
    return challenge if right and challenge.expires_at > app.clock.now() else None


def document_id(cookie: str) -> str:
    """Return the id of the challenge that this cookie is bound to."""
    return sessions.session_id(cookie).removeprefix("s_")
