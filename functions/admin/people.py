"""Routes of `admin`: the people who work here."""

from __future__ import annotations

from dataclasses import dataclass

from shared import ids
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import PageQuery, Request
from shared.services.accounts import invitations, open_sessions, people, people_changes
from shared.services.accounts.invitations import Invited
from shared.services.accounts.open_sessions import SessionList
from shared.services.accounts.people import NewPerson, PersonPage, PersonRow

routes = Routes("functions.admin")


@dataclass(frozen=True, slots=True)
class Access:
    """Whether somebody's access is taken away."""

    disabled: bool


@dataclass(frozen=True, slots=True)
class RoleOfPerson:
    """Which role somebody has."""

    role: str


@dataclass(frozen=True, slots=True)
class Membership:
    """In which mailboxes somebody works."""

    mailbox_ids: tuple[str, ...]


@routes.get("/people", allow=Permission.USER_READ, query=PageQuery)
def list_people(request: Request, query: PageQuery) -> PersonPage:
    """List everybody who works here."""
    return people.list_people(request.app, query.limit, query.cursor)


@routes.post("/people", allow=Permission.USER_WRITE, body=NewPerson, status=201)
def create_person(request: Request, body: NewPerson) -> Invited:
    """Give somebody an account, and mail them an invitation."""
    return invitations.create(request.app, request.actor, body, request.new_id(ids.USER))


@routes.get("/people/{user_id}", allow=Permission.USER_READ)
def read_person(request: Request) -> PersonRow:
    """Return one person."""
    return people.read_person(request.app, request.path["user_id"])


@routes.patch("/people/{user_id}", allow=Permission.USER_WRITE, body=Access)
def change_access(request: Request, body: Access) -> PersonRow:
    """Take somebody's access away, at once, or give it again."""
    user_id, version = request.path["user_id"], request.expected_version()
    return people_changes.set_disabled(request.app, request.actor, user_id, body.disabled, version)


@routes.patch("/people/{user_id}/role", allow=Permission.ROLE_MANAGE, body=RoleOfPerson)
def change_role(request: Request, body: RoleOfPerson) -> PersonRow:
    """Give somebody another role; their sessions end."""
    user_id, version = request.path["user_id"], request.expected_version()
    return people_changes.set_role(request.app, request.actor, user_id, body.role, version)


@routes.patch("/people/{user_id}/mailboxes", allow=Permission.MAILBOX_MEMBERS, body=Membership)
def change_mailboxes(request: Request, body: Membership) -> PersonRow:
    """Say in which mailboxes somebody works."""
    user_id, version = request.path["user_id"], request.expected_version()
    return people_changes.set_mailboxes(
        request.app, request.actor, user_id, body.mailbox_ids, version
    )


@routes.post("/people/{user_id}/invitation", allow=Permission.USER_WRITE)
def invite_again(request: Request) -> None:
    """Mail another invitation; the one before is worth nothing from then on."""
    invitations.invite(request.app, request.actor, request.path["user_id"])


@routes.get("/people/{user_id}/sessions", allow=Permission.USER_READ)
def list_sessions(request: Request) -> SessionList:
    """List the browsers in which somebody is signed in."""
    return open_sessions.list_of(request.app, request.actor, request.path["user_id"])


@routes.delete("/people/{user_id}/sessions", allow=Permission.USER_WRITE)
def end_sessions(request: Request) -> None:
    """End all of somebody's sessions."""
    people_changes.end_sessions(request.app, request.actor, request.path["user_id"])


@routes.delete("/people/{user_id}/factors", allow=Permission.USER_WRITE)
def remove_factors(request: Request) -> None:
    """Remove the second factors of somebody who has lost them; their sessions end."""
    people_changes.remove_factors(request.app, request.actor, request.path["user_id"])
