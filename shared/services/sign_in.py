"""Signing in and out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.auth import passwords, sessions
from shared.auth.passwords import PasswordHash
from shared.domain.people import SESSIONS, USERS, User, session_limits
from shared.errors import Unauthenticated
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Query, Transaction


@dataclass(frozen=True, slots=True)
class Profile:
    """Oneself, as the page shows it."""

    id: str
    email: str
    name: str
    role: str
    language: str
    permissions: tuple[str, ...]
    mailbox_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in that succeeded. `needs` lists the factors that are still asked for."""

    cookie: str
    max_age_seconds: int
    profile: Profile
    needs: tuple[str, ...] = ()


def sign_in(app: App, email: str, password: str) -> SignedIn:
    """Open a session for the person of this address and password.

    Raises Unauthenticated("session.wrong_credentials") in every other case, after the same work.
    """
    found = _by_address(app, email)
    stored = None
    if found is not None and found[1].password is not None:
        stored = codec.decode(PasswordHash, found[1].password)
    right = passwords.verify_password(app.keys, password, stored, _cost(app))
    if found is None or not right or found[1].disabled:
        audit_log.record_alone(
            app,
            Happened(
                Action.SESSION_REFUSED,
                audit_log.ANONYMOUS,
                None if found is None else Target("user", found[1].pseudonym),
                outcome="failure",
                reason="session.wrong_credentials",
            ),
        )
        raise Unauthenticated("session.wrong_credentials")
    user_id, user = found
    cookie, id = sessions.new_cookie()
    now = app.clock.now()

    def work(tx: Transaction, box: Outbox) -> None:
        sessions.begin(tx, id, user_id, user, now)
        who = Who("user", user.pseudonym, user.role, id)
        audit_log.record(app, box, Happened(Action.SESSION_CREATED, who, Target("session", id)))

    outbox.commit(app, work)
    actor = sessions.find(app.store, app.clock, id)
    limits = session_limits(user.role)
    return SignedIn(cookie, int(limits.absolute.total_seconds()), profile(app, actor))


def sign_out(app: App, actor: Actor) -> None:
    """End the actor's session."""

    def work(tx: Transaction, box: Outbox) -> None:
        tx.delete(SESSIONS, actor.session_id)
        audit_log.record(
            app,
            box,
            Happened(
                Action.SESSION_ENDED, audit_log.person(actor), Target("session", actor.session_id)
            ),
        )

    outbox.commit(app, work)


def profile(app: App, actor: Actor) -> Profile:
    """Return the actor's own profile."""
    document = app.store.get(USERS, actor.user_id)
    if document is None:
        raise Unauthenticated("session.expired")
    user = codec.from_document(User, document.data)
    own = app.envelope.open(actor.user_id, user_context(actor.user_id), user.sealed)
    assert isinstance(own, Mapping)
    return Profile(
        id=actor.user_id,
        email=str(own["address"]),
        name=str(own["name"]),
        role=actor.role_name,
        language=user.language,
        permissions=tuple(sorted(p.value for p in actor.role.everywhere | actor.role.in_mailboxes)),
        mailbox_ids=tuple(sorted(actor.mailbox_ids)),
    )


def user_context(user_id: str) -> str:
    """Return what a user's sealed member is sealed for."""
    return f"users/{user_id}/sealed"


def address_token(app: App, address: str) -> str:
    """Return the organisation's equality token of a person's address."""
    return app.envelope.organisation_token("user.address", address.strip().lower())


def _by_address(app: App, email: str) -> tuple[str, User] | None:
    page = app.store.query(
        Query(USERS, (Filter("address_token", "==", address_token(app, email)),), limit=1)
    )
    for document in page.documents:
        return document.id, codec.from_document(User, document.data)
    return None


def _cost(app: App) -> int:
    return app.settings.local.password_cost if app.settings.local else 12
