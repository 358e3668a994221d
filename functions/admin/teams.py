"""Routes of `admin`: teams."""

from __future__ import annotations

from dataclasses import dataclass

from shared import ids
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.accounts import teams
from shared.services.accounts.teams import TeamChange, TeamList, TeamRow

routes = Routes("functions.admin")


@dataclass(frozen=True, slots=True)
class NewTeam:
    """A team to be made."""

    name: str
    member_ids: tuple[str, ...] = ()


@routes.get("/teams", allow=Permission.USER_READ)
def list_teams(request: Request) -> TeamList:
    """List all teams."""
    return teams.list_teams(request.app)


@routes.post("/teams", allow=Permission.USER_WRITE, body=NewTeam, status=201)
def create_team(request: Request, body: NewTeam) -> TeamRow:
    """Make a team to which tickets can be given."""
    id = request.new_id(ids.TEAM)
    return teams.create(request.app, request.actor, id, body.name, body.member_ids)


@routes.patch("/teams/{team_id}", allow=Permission.USER_WRITE, body=TeamChange)
def change_team(request: Request, body: TeamChange) -> TeamRow:
    """Change a team: its name, its members, or whether it gets tickets."""
    team_id, version = request.path["team_id"], request.expected_version()
    return teams.change(request.app, request.actor, team_id, body, version)
