"""Proving a factor: it makes a half-signed-in session whole, and a whole one fresh (step-up).

Either way the session gets a new cookie, in the one transaction that takes the proof, so that two tries
at once cannot both succeed with what is good once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.auth import sessions, throttle
from shared.auth.visitor import Visitor
from shared.domain.people import SESSIONS, USERS, Session, User
from shared.errors import Conflict, Invalid, Unauthenticated
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.accounts import sign_in
from shared.services.accounts.sign_in import SignedIn
from shared.services.outbox import Outbox
from shared.store.contract import Transaction


def _nothing(_: Transaction) -> None:
    """Write nothing."""


@dataclass(frozen=True, slots=True)
class Try:
    """What a try came to: the code of its refusal or None, and what is written of it either way."""

    refusal: str | None
    write: Callable[[Transaction], None] = _nothing


Check = Callable[[Transaction, Session, User], Try]


def prove(
    app: App,
    actor: Actor,
    visitor: Visitor,
    factor: str,
    check: Check,
    slot: str | None = None,
) -> SignedIn:
    """Let `check` decide in a transaction, and renew the actor's session where it is content.

    `check` reads and does not write. `slot` is given back on success. Raises Invalid with the code of
    the refusal, Conflict("factor.not_available") where this person does not prove this factor, and
    Unauthenticated("session.expired") where the session has ended meanwhile.
    """
    cookie, id = sessions.new_cookie()
    sealed = sign_in.seal_visitor(app, actor.user_id, id, visitor)

    def work(tx: Transaction, box: Outbox) -> str | None:
        session, user = _read(tx, app, actor)
        if factor not in provable(user):
            raise Conflict("factor.not_available")
        tried = check(tx, session, user)
        tried.write(tx)
        if tried.refusal is not None:
            audit_log.record(app, box, refused(actor, factor, tried.refusal))
            return tried.refusal
        _renew(tx, app, actor.session_id, session, user, factor, id, sealed)
        if slot is not None:
            throttle.give_back(tx, slot)
        action = Action.SESSION_CREATED if actor.needs else Action.SESSION_STEPPED_UP
        who = Who("user", user.pseudonym, user.role, id)
        audit_log.record(app, box, Happened(action, who, Target("session", id), reason=factor))
        return None

    refusal = outbox.commit(app, work)
    if refusal is not None:
        raise Invalid(refusal)
    return sign_in.opened(app, cookie)


def provable(user: User) -> tuple[str, ...]:
    """Return the factors by which this person completes a sign-in or steps up."""
    return sessions.required_for(user) or (sessions.PASSWORD,)


def require_provable(app: App, actor: Actor, factor: str) -> None:
    """Raise Conflict("factor.not_available") before a try is counted that cannot be one."""
    if factor not in provable(sign_in.load(app, actor.user_id)):
        raise Conflict("factor.not_available")


def refused(actor: Actor, factor: str, reason: str) -> Happened:
    """Return the event of a factor that was not proved."""
    return Happened(
        Action.FACTOR_REFUSED,
        audit_log.person(actor),
        Target("factor", factor),
        outcome="failure",
        reason=reason,
    )


def _read(tx: Transaction, app: App, actor: Actor) -> tuple[Session, User]:
    """Return the session and its person as they are in this transaction."""
    found, document = tx.get_all([(SESSIONS, actor.session_id), (USERS, actor.user_id)])
    if found is None or document is None:
        raise Unauthenticated("session.expired")
    session = codec.from_document(Session, found.data)
    user = codec.from_document(User, document.data)
    if not sessions.is_live(session, user, app.clock.now()):
        raise Unauthenticated("session.expired")
    return session, user


def _renew(
    tx: Transaction,
    app: App,
    old_id: str,
    session: Session,
    user: User,
    factor: str,
    id: str,
    sealed: str,
) -> None:
    """Put a new session in the place of the old one. A whole one keeps the limit that it had."""
    now = app.clock.now()
    factors = tuple(dict.fromkeys((*session.factors, factor)))
    whole = not sessions.needs(user, session.factors)
    renewed = replace(
        session,
        created_at=session.created_at if whole else now,
        seen_at=now,
        expires_at=session.expires_at if whole else now + sessions.lifetime(user, factors),
        factors=factors,
        authenticated_at=now,
        sealed=sealed,
        challenge_id=None,
    )
    tx.delete(SESSIONS, old_id)
    tx.create(SESSIONS, id, codec.to_document(renewed))
