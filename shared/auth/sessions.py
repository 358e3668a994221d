"""Sessions: who is behind a cookie, now.

The cookie is 32 random bytes; the document's id is its SHA-256, so the store holds nothing that could
sign anybody in. Two reads a request: the session and its person, so that a role taken away, a disabled
account, a newly required factor or an ended session counts from the next request on.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from shared import codec
from shared.auth import roles
from shared.clock import Clock
from shared.domain.people import (
    SEEN_EVERY,
    SESSIONS,
    USERS,
    Session,
    User,
    is_administrative,
    session_limits,
)
from shared.errors import Unauthenticated
from shared.permissions import Actor, BrokenGlass, Grant
from shared.store.contract import Missing, Store, Transaction

PASSWORD: Final = "password"  # noqa: S105 - the name of a factor
EMAIL_OTP: Final = "email_otp"
TOTP: Final = "totp"
RECOVERY: Final = "recovery"
PASSKEY: Final = "passkey"

HALF_SIGNED_IN: Final = timedelta(minutes=15)

_STRONG: Final = (PASSKEY, TOTP)
_SECOND: Final = frozenset({EMAIL_OTP, TOTP, RECOVERY, PASSKEY})


def required_for(user: User) -> tuple[str, ...]:
    """Return the factors of which a person must prove one beside the password; () where none.

    Whoever has enrolled a strong factor proves a strong one: the weaker code by e-mail is then no way
    around it. Administrative roles without one get the code by e-mail. A recovery code stands in for all.
    """
    strong = tuple(kind for kind in _STRONG if kind in user.factors)
    if not strong and not is_administrative(user.role):
        return ()
    spare = (RECOVERY,) if RECOVERY in user.factors else ()
    return (strong or (EMAIL_OTP,)) + spare


def needs(user: User, proved: tuple[str, ...]) -> tuple[str, ...]:
    """Return the factors of which one is still to be proved in a session in which `proved` were."""
    return () if _SECOND & set(proved) else required_for(user)


def lifetime(user: User, proved: tuple[str, ...]) -> timedelta:
    """Return how long a session lives at most: a half-signed-in one, until its factor must be proved."""
    return HALF_SIGNED_IN if needs(user, proved) else session_limits(user.role).absolute


def new_cookie() -> tuple[str, str]:
    """Return (cookie, session id) of a new session."""
    cookie = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    return cookie, session_id(cookie)


def session_id(cookie: str) -> str:
    """Return the id of the session that this cookie opens."""
    return "s_" + hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()


def begin(
    tx: Transaction,
    id: str,
    user_id: str,
    user: User,
    now: datetime,
    *,
    factors: tuple[str, ...],
    sealed: str,
) -> None:
    """Write a new session, in which `factors` were proved, into the caller's transaction."""
    session = Session(
        user_id=user_id,
        epoch=user.session_epoch,
        created_at=now,
        seen_at=now,
        expires_at=now + lifetime(user, factors),
        factors=factors,
        authenticated_at=now,
        sealed=sealed,
    )
    tx.create(SESSIONS, id, codec.to_document(session))


def find(store: Store, clock: Clock, id: str, *, half: bool = False) -> Actor:
    """Return who is signed in under this session id.

    Raises Unauthenticated("session.expired"), and Unauthenticated("session.incomplete") while a factor
    is missing; `half` lets that pass, and the actor's `needs` say which.
    """
    session, user = _read(store, id)
    now = clock.now()
    if not is_live(session, user, now):
        raise Unauthenticated("session.expired")
    role = roles.find(store, user.role)
    if role is None:  # it was removed with people still in it
        raise Unauthenticated("session.expired")
    missing = needs(user, session.factors)
    if missing and not half:
        raise Unauthenticated("session.incomplete")
    if now - session.seen_at >= SEEN_EVERY:
        _touch(store, id, now)
    return Actor(
        user_id=session.user_id,
        pseudonym=user.pseudonym,
        role_name=user.role,
        role=role,
        mailbox_ids=frozenset(user.mailbox_ids),
        session_id=id,
        language=user.language,
        needs=missing,
        factors=session.factors,
        authenticated_at=session.authenticated_at,
        glass=_glass(user, now),
    )


def _glass(user: User, now: datetime) -> BrokenGlass | None:
    """Return what somebody reads by break-glass at this moment."""
    grants = {
        mailbox_id: Grant(glass.id, glass.consented_by)
        for mailbox_id, glass in user.glass.items()
        if now < glass.until
    }
    return BrokenGlass(grants) if grants else None


def is_live(session: Session, user: User, now: datetime) -> bool:
    """Say whether a session still counts: neither ended nor expired, and its person has access."""
    limits = session_limits(user.role)
    return (
        not user.disabled
        and session.epoch == user.session_epoch
        and now < session.expires_at
        and now - session.created_at < limits.absolute
        and now - session.seen_at < limits.idle
    )


def _read(store: Store, id: str) -> tuple[Session, User]:
    found = store.get(SESSIONS, id)
    if found is None:
        raise Unauthenticated("session.expired")
    session = codec.from_document(Session, found.data)
    document = store.get(USERS, session.user_id)
    if document is None:
        raise Unauthenticated("session.expired")
    return session, codec.from_document(User, document.data)


def _touch(store: Store, id: str, now: datetime) -> None:
    try:
        store.transact(lambda tx: tx.update(SESSIONS, id, {"seen_at": now}))
    except Missing:  # signed out meanwhile
        raise Unauthenticated("session.expired") from None
