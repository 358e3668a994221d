"""Sessions: who is behind a cookie, now.

The cookie is 32 random bytes; the document's id is its SHA-256, so the store holds nothing that could
sign anybody in. Two reads a request: the session and its person, so that a role taken away, a disabled
account or an ended session counts from the next request on.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime

from shared import codec
from shared.clock import Clock
from shared.domain.people import (
    SEEN_EVERY,
    SESSIONS,
    USERS,
    Session,
    User,
    session_limits,
)
from shared.errors import Unauthenticated
from shared.permissions import ROLES, Actor
from shared.store.contract import Missing, Store, Transaction


def new_cookie() -> tuple[str, str]:
    """Return (cookie, session id) of a new session."""
    cookie = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    return cookie, session_id(cookie)


def session_id(cookie: str) -> str:
    """Return the id of the session that this cookie opens."""
    return "s_" + hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()


def begin(tx: Transaction, id: str, user_id: str, user: User, now: datetime) -> None:
    """Write a new session into the caller's transaction."""
    session = Session(
        user_id=user_id,
        epoch=user.session_epoch,
        created_at=now,
        seen_at=now,
        expires_at=now + session_limits(user.role).absolute,
    )
    tx.create(SESSIONS, id, codec.to_document(session))


def find(store: Store, clock: Clock, id: str) -> Actor:
    """Return who is signed in under this session id. Raises Unauthenticated("session.expired")."""
    found = store.get(SESSIONS, id)
    if found is None:
        raise Unauthenticated("session.expired")
    session = codec.from_document(Session, found.data)
    document = store.get(USERS, session.user_id)
    if document is None:
        raise Unauthenticated("session.expired")
    user = codec.from_document(User, document.data)
    now = clock.now()
    if not _is_live(session, user, now):
        raise Unauthenticated("session.expired")
    if now - session.seen_at >= SEEN_EVERY:
        _touch(store, id, now)
    return Actor(
        user_id=session.user_id,
        pseudonym=user.pseudonym,
        role_name=user.role,
        role=ROLES[user.role],
        mailbox_ids=frozenset(user.mailbox_ids),
        session_id=id,
        language=user.language,
    )


def _is_live(session: Session, user: User, now: datetime) -> bool:
    limits = session_limits(user.role)
    return (
        not user.disabled
        and user.role in ROLES
        and session.epoch == user.session_epoch
        and now < session.expires_at
        and now - session.created_at < limits.absolute
        and now - session.seen_at < limits.idle
    )


def _touch(store: Store, id: str, now: datetime) -> None:
    try:
        store.transact(lambda tx: tx.update(SESSIONS, id, {"seen_at": now}))
    except Missing:  # signed out meanwhile
        raise Unauthenticated("session.expired") from None
