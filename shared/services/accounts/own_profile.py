"""One's own profile: what a person may change of themselves. Address and role are not among it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain.people import USERS, User
from shared.errors import Conflict, Invalid
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.accounts import factors, people, sign_in
from shared.services.organisation import notices
from shared.services.outbox import Outbox
from shared.store.contract import Transaction

MAX_SIGNATURE: Final = 4_000  # characters

Language = Literal["ar", "en"]


@dataclass(frozen=True, slots=True)
class ProfileView:
    """Oneself."""

    email: str
    name: str
    language: str
    time_zone: str
    signature: str
    version: int


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """What to change; what is left out stays."""

    name: str | None = None
    language: Language | None = None
    time_zone: str | None = None
    signature: str | None = None


def show(app: App, actor: Actor) -> ProfileView:
    """Return the actor's profile."""
    return _view(app, actor, sign_in.load(app, actor.user_id))


def change(app: App, actor: Actor, change: ProfileChange, version: int) -> ProfileView:
    """Change the actor's profile.

    Raises Invalid("user.name_invalid"), Invalid("profile.time_zone_unknown"),
    Invalid("profile.signature_invalid"), and Conflict("user.changed_meanwhile").
    """
    name = None if change.name is None else people.checked_name(change.name)
    if change.time_zone is not None and change.time_zone not in _time_zones():
        raise Invalid("profile.time_zone_unknown")
    signature = None if change.signature is None else _checked_signature(change.signature)

    def work(tx: Transaction, box: Outbox) -> User:
        user = factors.user_in(tx, actor)
        if user.version != version:
            raise Conflict(
                "user.changed_meanwhile", version=user.version, changed_by=user.changed_by or ""
            )
        own = dict(notices.opened(app, actor.user_id, user))
        own |= {} if name is None else {"name": name}
        own |= {} if signature is None else {"signature": signature}
        changed = replace(
            user,
            sealed=app.envelope.seal(actor.user_id, sign_in.user_context(actor.user_id), own),
            language=change.language or user.language,
            time_zone=change.time_zone or user.time_zone,
            version=user.version + 1,
            changed_by=actor.user_id,
            last_audit_id=audit_log.record(app, box, _changed(actor)),
        )
        tx.put(USERS, actor.user_id, codec.to_document(changed))
        return changed

    return _view(app, actor, outbox.commit(app, work))


def _view(app: App, actor: Actor, user: User) -> ProfileView:
    own = notices.opened(app, actor.user_id, user)
    return ProfileView(
        email=own["address"],
        name=own["name"],
        language=user.language,
        time_zone=user.time_zone,
        signature=own.get("signature", ""),
        version=user.version,
    )


def _checked_signature(text: str) -> str:
    if len(text) > MAX_SIGNATURE or not all(c.isprintable() or c in "\n\t" for c in text):
        raise Invalid("profile.signature_invalid", max_characters=MAX_SIGNATURE)
    return text


@cache
def _time_zones() -> frozenset[str]:
    import zoneinfo  # noqa: PLC0415 - only a change of profile needs it

    return frozenset(zoneinfo.available_timezones())


def _changed(actor: Actor) -> Happened:
    target = Target("user", actor.pseudonym)
    return Happened(Action.PROFILE_CHANGED, audit_log.person(actor), target)
