"""Changing what somebody may do: their role, their mailboxes, their access, their lost factors.

Every change needs a fresh proof of who makes it. Taking access away and giving another role end all of the
person's sessions at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain.people import FACTORS, USERS, User
from shared.errors import Conflict
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.accounts import factors, people, step_up
from shared.services.accounts.people import PersonRow
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Query, Transaction

_ADMINISTRATORS: Final = 100  # that are looked through for another one

Change: TypeAlias = Callable[[Transaction, User], tuple[User, Happened] | None]


def set_role(app: App, actor: Actor, user_id: str, role: str, version: int) -> PersonRow:
    """Give a person another role and end all their sessions.

    Raises as `_change` does, NotFound("role.not_found"), and Conflict("user.last_administrator").
    """

    def change(tx: Transaction, user: User) -> tuple[User, Happened] | None:
        people.require_role(tx, role)
        if user.role == role:
            return None
        if user.role == people.ADMINISTRATOR:
            require_another_administrator(tx, user_id)
        changed = replace(user, role=role, session_epoch=user.session_epoch + 1)
        return changed, _happened(Action.USER_ROLE_CHANGED, actor, user, role=(user.role, role))

    return _change(app, actor, user_id, version, change)


def set_mailboxes(
    app: App, actor: Actor, user_id: str, mailbox_ids: Sequence[str], version: int
) -> PersonRow:
    """Make a person a member of exactly these mailboxes, from their next request on.

    Raises as `_change` does, and NotFound("mailbox.not_found").
    """
    members = tuple(sorted(set(mailbox_ids)))

    def change(tx: Transaction, user: User) -> tuple[User, Happened] | None:
        people.require_mailboxes(tx, members)
        if members == user.mailbox_ids:
            return None
        joined = [(None, id) for id in members if id not in user.mailbox_ids]
        left = [(id, None) for id in user.mailbox_ids if id not in members]
        happened = _happened(Action.USER_MAILBOXES_CHANGED, actor, user)
        changes = tuple({"field": "mailbox", "before": b, "after": a} for b, a in joined + left)
        return replace(user, mailbox_ids=members), replace(happened, changes=changes)

    return _change(app, actor, user_id, version, change)


def set_disabled(app: App, actor: Actor, user_id: str, disabled: bool, version: int) -> PersonRow:
    """Take a person's access away, which ends all their sessions and links, or give it again.

    Raises as `_change` does, and Conflict("user.last_administrator").
    """

    def change(tx: Transaction, user: User) -> tuple[User, Happened] | None:
        if user.disabled == disabled:
            return None
        if disabled and user.role == people.ADMINISTRATOR:
            require_another_administrator(tx, user_id)
        epoch = user.session_epoch + 1
        action = Action.USER_DISABLED if disabled else Action.USER_ENABLED
        changed = replace(user, disabled=disabled, session_epoch=epoch, link_id=None)
        return changed, _happened(action, actor, user)

    return _change(app, actor, user_id, version, change)


def end_sessions(app: App, actor: Actor, user_id: str) -> None:
    """End all sessions of a person. Raises as `_change` does."""

    def change(_: Transaction, user: User) -> tuple[User, Happened]:
        changed = replace(user, session_epoch=user.session_epoch + 1)
        return changed, _happened(Action.USER_SESSIONS_ENDED, actor, user)

    _change(app, actor, user_id, None, change)


def remove_factors(app: App, actor: Actor, user_id: str) -> None:
    """Remove all factors of a person who has lost them, and end all their sessions; they are told by mail.

    Raises as `_change` does.
    """
    removed: list[str] = []

    def change(tx: Transaction, user: User) -> tuple[User, Happened]:
        enrolled = tx.query(factors.all_of(user_id)).documents
        removed[:] = sorted({str(document.data["kind"]) for document in enrolled})
        for document in enrolled:
            tx.delete(FACTORS, document.id)
        changed = replace(user, factors=(), session_epoch=user.session_epoch + 1)
        return changed, _happened(Action.USER_FACTORS_REMOVED, actor, user)

    _change(app, actor, user_id, None, change)
    for kind in removed:
        factors.tell_person(app, user_id, people.load(app.store, user_id), kind, "removed")


def _change(app: App, actor: Actor, user_id: str, version: int | None, change: Change) -> PersonRow:
    """Change a person's document in one transaction with its event.

    Raises Forbidden("step_up.required"), NotFound("user.not_found"), Forbidden("permission.missing") for
    somebody that may do more than the actor, Conflict("user.being_erased"), and
    Conflict("user.changed_meanwhile") where `version` is not the current one; its params say what is and who
    made it so.
    """
    step_up.require(app, actor)

    def work(tx: Transaction, box: Outbox) -> User:
        user = people.load(tx, user_id)
        people.require_reach(tx, actor, user)
        if user.erasing:
            raise Conflict("user.being_erased")
        if version is not None and user.version != version:
            raise Conflict(
                "user.changed_meanwhile",
                version=user.version,
                role=user.role,
                changed_by=user.changed_by or "",
            )
        decided = change(tx, user)
        if decided is None:
            return user
        changed, happened = decided
        audit_id = audit_log.record(app, box, happened)
        changed = replace(
            changed, version=user.version + 1, changed_by=actor.user_id, last_audit_id=audit_id
        )
        tx.put(USERS, user_id, codec.to_document(changed))
        return changed

    return people.row(app, user_id, outbox.commit(app, work))


def _happened(action: Action, actor: Actor, user: User, **changes: tuple[str, str]) -> Happened:
    fields = tuple(
        {"field": name, "before": before, "after": after}
        for name, (before, after) in changes.items()
    )
    target = Target("user", user.pseudonym)
    return Happened(action, audit_log.person(actor), target, changes=fields)


def require_another_administrator(tx: Transaction, user_id: str) -> None:
    """Raise Conflict("user.last_administrator") where nobody else could manage the desk."""
    page = tx.query(
        Query(USERS, (Filter("role", "==", people.ADMINISTRATOR),), limit=_ADMINISTRATORS)
    )
    others = (people.read(document) for document in page.documents if document.id != user_id)
    if not any(user.password is not None and not user.disabled for user in others):
        raise Conflict("user.last_administrator")
