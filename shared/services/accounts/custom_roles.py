"""Roles that the organisation makes itself, of named permissions.

Whoever may manage roles may do everything, since they could make themselves a role that does: the
permission is for administrators, and so is a role that holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from shared import codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.auth import roles
from shared.domain.people import CUSTOM_ROLES, USERS, CustomRole
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import ROLES, Actor, Permission, Role
from shared.services import audit_log, outbox
from shared.services.accounts import step_up
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Query, Reader, Transaction

MAX_ROLES: Final = 50
MAX_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role: what its holder may do everywhere, and what in their own mailboxes. `version` 0: built in."""

    id: str
    name: str
    everywhere: tuple[str, ...]
    in_mailboxes: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class RoleList:
    """All roles."""

    items: tuple[RoleRow, ...]


def list_roles(app: App) -> RoleList:
    """Return the five roles of the product, then the organisation's own."""
    page = app.store.query(Query(CUSTOM_ROLES, limit=MAX_ROLES))
    own = [_row(d.id, codec.from_document(CustomRole, d.data)) for d in page.documents]
    built_in = [_shown(name, name, role, 0) for name, role in ROLES.items()]
    return RoleList((*built_in, *own))


def create(
    app: App, actor: Actor, id: str, name: str, permissions: Sequence[Permission]
) -> RoleRow:
    """Make a role. Asked again under the same id it returns the one that is there.

    Raises Forbidden("step_up.required"), Invalid("role.name_invalid"), Conflict("role.too_many").
    """
    step_up.require(app, actor)
    role = CustomRole(_checked_name(name), _names(permissions), changed_by=actor.user_id)

    def work(tx: Transaction, box: Outbox) -> CustomRole:
        found = tx.get(CUSTOM_ROLES, id)
        if found is not None:
            return codec.from_document(CustomRole, found.data)
        if len(tx.query(Query(CUSTOM_ROLES, limit=MAX_ROLES)).documents) == MAX_ROLES:
            raise Conflict("role.too_many", most=MAX_ROLES)
        audit_id = _record(app, box, actor, Action.ROLE_CREATED, id, (), role.permissions)
        made = replace(role, last_audit_id=audit_id)
        tx.create(CUSTOM_ROLES, id, codec.to_document(made))
        return made

    return _row(id, outbox.commit(app, work))


def change(
    app: App,
    actor: Actor,
    role_id: str,
    name: str | None,
    permissions: Sequence[Permission] | None,
    version: int,
) -> RoleRow:
    """Change a role; what its holders may do changes with their next request.

    Raises Forbidden("step_up.required"), NotFound("role.not_found"), Invalid("role.name_invalid"),
    Conflict("role.changed_meanwhile").
    """
    step_up.require(app, actor)
    named = None if name is None else _checked_name(name)

    def work(tx: Transaction, box: Outbox) -> CustomRole:
        before = _load(tx, role_id)
        _require_version(before, version)
        held = before.permissions if permissions is None else _names(permissions)
        audit_id = _record(app, box, actor, Action.ROLE_CHANGED, role_id, before.permissions, held)
        changed = CustomRole(
            named or before.name, held, before.version + 1, actor.user_id, audit_id
        )
        tx.put(CUSTOM_ROLES, role_id, codec.to_document(changed))
        return changed

    return _row(role_id, outbox.commit(app, work))


def delete(app: App, actor: Actor, role_id: str) -> None:
    """Delete a role that nobody has.

    Raises Forbidden("step_up.required"), NotFound("role.not_found"), Conflict("role.in_use").
    """
    step_up.require(app, actor)
    holders = Query(USERS, (Filter("role", "==", role_id),), limit=1)

    def work(tx: Transaction, box: Outbox) -> None:
        role = _load(tx, role_id)
        if tx.query(holders).documents:
            raise Conflict("role.in_use")
        _record(app, box, actor, Action.ROLE_DELETED, role_id, role.permissions, ())
        tx.delete(CUSTOM_ROLES, role_id)

    outbox.commit(app, work)


def _load(reader: Reader, role_id: str) -> CustomRole:
    found = reader.get(CUSTOM_ROLES, role_id) if ids.is_id(ids.ROLE, role_id) else None
    if found is None:
        raise NotFound("role.not_found")
    return codec.from_document(CustomRole, found.data)


def _require_version(role: CustomRole, version: int) -> None:
    if role.version != version:
        raise Conflict(
            "role.changed_meanwhile", version=role.version, changed_by=role.changed_by or ""
        )


def _checked_name(text: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable() or name in ROLES:
        raise Invalid("role.name_invalid", max_characters=MAX_NAME)
    return name


def _names(permissions: Sequence[Permission]) -> tuple[str, ...]:
    return tuple(sorted({permission.value for permission in permissions}))


def _row(id: str, role: CustomRole) -> RoleRow:
    return _shown(id, role.name, roles.of(role.permissions), role.version)


def _shown(id: str, name: str, role: Role, version: int) -> RoleRow:
    everywhere, own = (
        tuple(sorted(permission.value for permission in held))
        for held in (role.everywhere, role.in_mailboxes)
    )
    return RoleRow(id, name, everywhere, own, version)


def _record(
    app: App,
    box: Outbox,
    actor: Actor,
    action: Action,
    role_id: str,
    before: Sequence[str],
    after: Sequence[str],
) -> str:
    """Record what a role gained and lost; its name is the organisation's own text and is not kept."""
    lost = [{"field": "permission", "before": p, "after": None} for p in before if p not in after]
    gained = [{"field": "permission", "before": None, "after": p} for p in after if p not in before]
    happened = Happened(
        action,
        audit_log.person(actor),
        Target("role", role_id),
        changes=(*lost, *gained),
    )
    return audit_log.record(app, box, happened)
