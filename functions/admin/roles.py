"""Routes of `admin`: roles, the product's and the organisation's own."""

from __future__ import annotations

from dataclasses import dataclass

from shared import ids
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.accounts import custom_roles
from shared.services.accounts.custom_roles import RoleList, RoleRow

routes = Routes("functions.admin")


@dataclass(frozen=True, slots=True)
class NewRole:
    """A role to be made."""

    name: str
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class RoleChange:
    """What to change of a role; what is left out stays."""

    name: str | None = None
    permissions: tuple[Permission, ...] | None = None


@routes.get("/roles", allow=Permission.USER_READ)
def list_roles(request: Request) -> RoleList:
    """List all roles with what they may do."""
    return custom_roles.list_roles(request.app)


@routes.post("/roles", allow=Permission.ROLE_MANAGE, body=NewRole, status=201)
def create_role(request: Request, body: NewRole) -> RoleRow:
    """Make a role of named permissions."""
    id = request.new_id(ids.ROLE)
    return custom_roles.create(request.app, request.actor, id, body.name, body.permissions)


@routes.patch("/roles/{role_id}", allow=Permission.ROLE_MANAGE, body=RoleChange)
def change_role_itself(request: Request, body: RoleChange) -> RoleRow:
    """Change a role; it counts from its holders' next request on."""
    role_id, version = request.path["role_id"], request.expected_version()
    app, actor = request.app, request.actor
    return custom_roles.change(app, actor, role_id, body.name, body.permissions, version)


@routes.delete("/roles/{role_id}", allow=Permission.ROLE_MANAGE)
def delete_role(request: Request) -> None:
    """Delete a role that nobody has."""
    custom_roles.delete(request.app, request.actor, request.path["role_id"])
