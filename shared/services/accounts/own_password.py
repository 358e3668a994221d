"""Choosing a password: by a link, as the answer to an invitation or a reset, or with the one before.

None of these opens a session or passes over a second factor: whoever has chosen signs in as always. All
of a person's sessions end, but for the one in which they changed it themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.auth import password_rules, passwords, sessions, throttle
from shared.auth.passwords import PasswordHash
from shared.auth.visitor import Visitor
from shared.domain.people import FACTORS, SESSIONS, USERS, User
from shared.errors import Invalid, NotFound
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.accounts import attempts, factors, one_time_links, sign_in
from shared.services.accounts.one_time_links import LinkKind
from shared.services.accounts.sign_in import SignedIn
from shared.services.organisation import notices
from shared.services.outbox import Outbox
from shared.store.contract import Transaction, Value

_DONE: dict[LinkKind, Action] = {
    "invitation": Action.INVITATION_ACCEPTED,
    "password_reset": Action.PASSWORD_RESET,
    "set_up": Action.SET_UP_COMPLETED,
}


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a link was sent to, as its holder is shown."""

    email: str
    name: str
    language: str
    organisation: str


def addressee(app: App, visitor: Visitor, kind: LinkKind, token: str) -> Addressee:
    """Return whose link this is. Raises NotFound("link.not_found") and TooMany."""
    slot, found = find_link(app, visitor, kind, token)
    app.store.transact(lambda tx: throttle.give_back(tx, slot))
    own = notices.opened(app, found.link.user_id, found.user)
    return Addressee(own["address"], own["name"], found.user.language, app.settings.organisation)


def choose(app: App, visitor: Visitor, kind: LinkKind, token: str, password: str) -> None:
    """Set the password of the person whom a link was sent to, and use the link up.

    Raises NotFound("link.not_found"), TooMany("sign_in.too_many_attempts"), Conflict("smtp.not_configured")
    for a set-up before a mail server was entered, and what `password_rules.check` raises; then the link is
    still good.
    """
    slot, seen = find_link(app, visitor, kind, token)
    if kind == "set_up":
        app.smtp.sender()  # where there is none no code could be mailed, and nobody could sign in
    user_id = seen.link.user_id
    hashed = _hashed(app, user_id, seen.user, password)

    def work(tx: Transaction, box: Outbox) -> User:
        found = one_time_links.find(tx, app, kind, token)
        enrolled = tx.query(factors.all_of(user_id)) if found.link.forget_factors else None
        one_time_links.use_up(tx, found)
        throttle.give_back(tx, slot)
        user = found.user
        changes: dict[str, Value] = {
            "password": hashed,
            "link_id": None,
            "session_epoch": user.session_epoch + 1,
        }
        if enrolled is not None:
            changes["factors"] = []
            for document in enrolled.documents:
                tx.delete(FACTORS, document.id)
        tx.update(USERS, user_id, changes)
        who = Who("user", user.pseudonym, user.role)
        audit_log.record(app, box, Happened(_DONE[kind], who, Target("user", user.pseudonym)))
        return user

    user = outbox.commit(app, work)
    if user.password is not None:
        notices.password_changed(app, user_id, user)


def change(app: App, actor: Actor, visitor: Visitor, current: str, password: str) -> SignedIn:
    """Change the actor's password; return their renewed session, the only one that goes on.

    Raises Invalid("password.wrong"), TooMany("sign_in.too_many_attempts"), and what
    `password_rules.check` raises.
    """
    user = sign_in.load(app, actor.user_id)
    slot = attempts.claim(
        app, attempts.PASSWORD_CHANGE, actor.user_id, _refused(actor, "sign_in.too_many_attempts")
    )
    stored = None if user.password is None else codec.decode(PasswordHash, user.password)
    if not passwords.verify_password(app.keys, current, stored, sign_in.password_cost(app)):
        audit_log.record_alone(app, _refused(actor, "password.wrong"))
        raise Invalid("password.wrong")
    hashed = _hashed(app, actor.user_id, user, password)
    cookie, id = sessions.new_cookie()
    sealed = sign_in.seal_visitor(app, actor.user_id, id, visitor)

    def work(tx: Transaction, box: Outbox) -> None:
        session, now = factors.session_in(tx, actor), factors.user_in(tx, actor)
        if now.session_epoch != user.session_epoch or now.password != user.password:
            raise Invalid("password.wrong")  # it was changed at this moment
        throttle.give_back(tx, slot)
        epoch = now.session_epoch + 1
        tx.update(
            USERS, actor.user_id, {"password": hashed, "session_epoch": epoch, "link_id": None}
        )
        tx.delete(SESSIONS, actor.session_id)
        tx.create(SESSIONS, id, codec.to_document(replace(session, epoch=epoch, sealed=sealed)))
        audit_log.record(app, box, _changed(actor))

    outbox.commit(app, work)
    notices.password_changed(app, actor.user_id, user)
    return sign_in.opened(app, cookie)


def find_link(
    app: App, visitor: Visitor, kind: LinkKind, token: str
) -> tuple[str, one_time_links.Found]:
    """Return a throttle's slot and the link. Who tries invented ones is slowed down and recorded."""
    slot = attempts.claim(
        app, attempts.LINK_OF_NETWORK, visitor.network, _no_link(kind, "sign_in.too_many_attempts")
    )
    try:
        return slot, one_time_links.find(app.store, app, kind, token)
    except NotFound as error:
        audit_log.record_alone(app, _no_link(kind, error.code))
        raise


def _hashed(app: App, user_id: str, user: User, password: str) -> Value:
    """Return the document of a new password's hash. Raises what `password_rules.check` raises."""
    own = notices.opened(app, user_id, user)
    context = (own["name"], own["address"], app.settings.organisation)
    password_rules.check(password, context=context)
    hashed: Value = codec.to_document(
        passwords.hash_password(app.keys, password, sign_in.password_cost(app))
    )
    return hashed


def _no_link(kind: LinkKind, reason: str) -> Happened:
    return Happened(
        Action.LINK_REFUSED,
        audit_log.ANONYMOUS,
        Target("link", kind),
        outcome="failure",
        reason=reason,
    )


def _changed(actor: Actor) -> Happened:
    target = Target("user", actor.pseudonym)
    return Happened(Action.PASSWORD_CHANGED, audit_log.person(actor), target)


def _refused(actor: Actor, reason: str) -> Happened:
    return replace(_changed(actor), outcome="failure", reason=reason)
