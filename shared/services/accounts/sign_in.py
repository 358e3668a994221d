"""Signing in with a password, who one is, and signing out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.auth import devices, passwords, sessions, throttle
from shared.auth.passwords import PasswordHash
from shared.auth.visitor import Visitor
from shared.domain.people import SESSIONS, USERS, User
from shared.domain.places import place
from shared.errors import ProductError, Unauthenticated
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.accounts import attempts
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
    glass: tuple[str, ...]  # mailboxes that they read by break-glass now


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was opened. Of `needs` one factor is still to be proved; () means it is whole."""

    cookie: str
    max_age_seconds: int
    profile: Profile
    needs: tuple[str, ...] = ()


def sign_in(app: App, email: str, password: str, visitor: Visitor, device: str = "") -> SignedIn:
    """Open a session for the person of this address and password; `device` is the browser's cookie.

    Raises Unauthenticated("session.wrong_credentials") in every other case, after the same work, and
    TooMany("sign_in.too_many_attempts") before it.
    """
    token = address_token(app, email)
    found = _by_address(app, token)
    target = None if found is None else Target("user", found[1].pseudonym)
    slots = _claim(app, token, visitor, device, target)
    stored = None if found is None else _stored(found[1])
    right = passwords.verify_password(app.keys, password, stored, password_cost(app))
    if found is None or not right or found[1].disabled:
        error = Unauthenticated("session.wrong_credentials")
        audit_log.record_alone(app, _refusal(target, error))
        raise error
    user_id, user = found
    needs = sessions.needs(user, (sessions.PASSWORD,))
    cookie, id = sessions.new_cookie()
    sealed = seal_visitor(app, user_id, id, visitor)
    now = app.clock.now()
    newer = _newer_hash(app, password, stored)

    def work(tx: Transaction, box: Outbox) -> None:
        if newer is not None and _password_in(tx, user_id) == user.password:
            tx.update(USERS, user_id, {"password": codec.to_document(newer)})
        sessions.begin(tx, id, user_id, user, now, factors=(sessions.PASSWORD,), sealed=sealed)
        for slot in slots:
            throttle.give_back(tx, slot)
        who = Who("user", user.pseudonym, user.role, id)
        action = Action.SESSION_BEGUN if needs else Action.SESSION_CREATED
        audit_log.record(app, box, Happened(action, who, Target("session", id)))

    outbox.commit(app, work)
    return opened(app, cookie)


def opened(app: App, cookie: str) -> SignedIn:
    """Return what the browser is given of a session that was just written."""
    actor = sessions.find(app.store, app.clock, sessions.session_id(cookie), half=True)
    user = load(app, actor.user_id)
    return SignedIn(
        cookie,
        int(sessions.lifetime(user, actor.factors).total_seconds()),
        _profile(app, actor, user),
        actor.needs,
    )


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
    return _profile(app, actor, load(app, actor.user_id))


def load(app: App, user_id: str) -> User:
    """Return a person's document. Raises Unauthenticated("session.expired") where it is gone."""
    document = app.store.get(USERS, user_id)
    if document is None:
        raise Unauthenticated("session.expired")
    return codec.from_document(User, document.data)


def user_context(user_id: str) -> str:
    """Return what a user's sealed member is sealed for."""
    return place(USERS, user_id)


def address_token(app: App, address: str) -> str:
    """Return the organisation's equality token of a person's address."""
    return app.envelope.organisation_token("user.address", address.strip().lower())


def seal_visitor(app: App, user_id: str, session_id: str, visitor: Visitor) -> str:
    """Return where a session was opened, sealed for its document."""
    known = {"browser": visitor.browser, "network": visitor.network}
    return app.envelope.seal(user_id, place(SESSIONS, session_id), known)


def password_cost(app: App) -> int:
    """Return bcrypt's cost here."""
    return app.settings.local.password_cost if app.settings.local else 12


def _profile(app: App, actor: Actor, user: User) -> Profile:
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
        glass=tuple(sorted(actor.glass.grants)) if actor.glass else (),
    )


def _claim(
    app: App, token: str, visitor: Visitor, device: str, target: Target | None
) -> tuple[str, ...]:
    """Take a slot of both account and network, then of each; what the first refuses costs the others nothing.

    A known device has an account's worth of its own.
    """
    known = devices.recognise(app.keys, token, device)
    refusal = _refusal(target, ProductError("sign_in.too_many_attempts"))
    account = token if known is None else f"{token}|{known}"
    return tuple(
        attempts.claim(app, limit, subject, refusal)
        for limit, subject in (
            (attempts.SIGN_IN_OF_BOTH, f"{account}|{visitor.network}"),
            (attempts.SIGN_IN_OF_NETWORK, visitor.network),
            (attempts.SIGN_IN_OF_ACCOUNT, account),
        )
    )


def _refusal(target: Target | None, error: ProductError) -> Happened:
    return Happened(
        Action.SESSION_REFUSED,
        audit_log.ANONYMOUS,
        target,
        outcome="failure",
        reason=error.code,
    )


def _stored(user: User) -> PasswordHash | None:
    return None if user.password is None else codec.decode(PasswordHash, user.password)


def _newer_hash(app: App, password: str, stored: PasswordHash | None) -> PasswordHash | None:
    """Return the hash that takes the place of an imported or outdated one, None where it is current."""
    cost = password_cost(app)
    if stored is None or passwords.is_current(app.keys, stored, cost):
        return None
    return passwords.hash_password(app.keys, password, cost)


def _password_in(tx: Transaction, user_id: str) -> object:
    document = tx.get(USERS, user_id)
    return None if document is None else document.data["password"]


def _by_address(app: App, token: str) -> tuple[str, User] | None:
    page = app.store.query(Query(USERS, (Filter("address_token", "==", token),), limit=1))
    for document in page.documents:
        return document.id, codec.from_document(User, document.data)
    return None
