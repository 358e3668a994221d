"""Programs with an API token obey the authorisation matrix: the same table, less one's own account."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from local.doors import FrontDoor
from shared.permissions import ANYONE, ROLES, Permission
from shared.route import Route
from tests.desk import DeskBrowser, desk_in
from tests.functional.test_authorization import HTTP, MATRIX, PEOPLE, World

# What asks for a factor that was proved a short while ago, which no program can.
FRESH = (
    "admin DELETE /people/{user_id}/factors",
    "admin DELETE /people/{user_id}/sessions",
    "admin DELETE /roles/{role_id}",
    "admin PATCH /mailboxes/{mailbox_id}/smtp",
    "admin PATCH /people/{user_id}",
    "admin PATCH /people/{user_id}/mailboxes",
    "admin PATCH /people/{user_id}/role",
    "admin PATCH /roles/{role_id}",
    "admin POST /people",
    "admin POST /people/{user_id}/invitation",
    "admin POST /roles",
    "admin POST /webhooks",
    "admin POST /webhooks/{webhook_id}/secret",
    "dead_letters POST /replay",
)


def _routes() -> dict[str, Route]:
    modules = ((name, importlib.import_module(f"functions.{name}").routes) for name in HTTP)
    return {f"{name} {r.method} {r.path}": r for name, routes in modules for r in routes.routes}


ROUTES = _routes()


class Program(DeskBrowser):
    """Sends a bearer token, and nothing that a browser would send by itself."""

    def __init__(self, front: FrontDoor, token: str) -> None:
        super().__init__(front)
        self.token = token

    def send(self, method: str, path: str, body: object = None, **headers: Any) -> TestResponse:
        """Send one request with the token; cookies are not kept."""
        own = {"authorization": f"Bearer {self.token}", "sec_fetch_site": None, "cookie": None}
        return super().send(method, path, body, **headers | own)


class Programs(World):
    """The world of the matrix, whose people have made tokens of all their permissions before all else."""

    def __init__(self, desk: Any) -> None:
        self.tokens: dict[str, str] = {"invented": "cmo_" + "A" * 43}
        super().__init__(desk)

    def _change(self, who: str, **changes: Any) -> None:
        if "disabled" in changes or "session_epoch" in changes:
            self.make(who, who.partition(" ")[2])
        super()._change(who, **changes)

    def make(self, who: str, role: str) -> None:
        """Make a token of all that a role may do."""
        scope = sorted(ROLES[role].everywhere | ROLES[role].in_mailboxes)
        scope.remove(Permission.ACCOUNT_SELF)
        body = {"name": who, "permissions": scope, "days": 1}
        answer = self.browsers[who].send("POST", "/api/account/tokens", body)
        assert answer.status_code == 201, answer.data
        self.tokens[who] = answer.json["token"]

    def program(self, who: str) -> Program:
        """Return what sends somebody's token and no cookie."""
        if who not in self.tokens:
            self.make(who, who)
        return Program(self.desk.front, self.tokens[who])


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    """Give the desk of all these tests; each leaves it as it was."""
    with desk_in(tmp_path_factory.mktemp("tokens") / "home") as desk:
        yield Programs(desk)


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("route", MATRIX)
def test_a_program_with_a_token(programs: Programs, route: str, role: str) -> None:
    """A token may what its role may, but for one's own account, signing in, and what asks for a proof."""
    row, allow = MATRIX[route], ROUTES[route].allow

    answer = programs.ask(route, programs.own, programs.program(role))

    if allow is Permission.ACCOUNT_SELF:
        assert (answer.status_code, answer.json["code"]) == (403, "permission.missing")
    elif allow is ANYONE and ROUTES[route].half_signed_in:
        assert answer.status_code == row.nobody
    elif answer.status_code == 403 != row.members[role]:
        assert answer.json["code"] == "step_up.required"
    else:
        assert answer.status_code == row.members[role], answer.data


@pytest.mark.parametrize("route", FRESH)
def test_a_program_changes_no_people_and_no_rights(programs: Programs, route: str) -> None:
    """A stolen token can neither make itself an account nor send the desk's mail or events elsewhere."""
    answer = programs.ask(route, programs.own, programs.program("administrator"))

    assert (answer.status_code, answer.json["code"]) == (403, "step_up.required")


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("route", [name for name, row in MATRIX.items() if row.others])
def test_a_program_in_somebody_elses_mailbox(programs: Programs, route: str, role: str) -> None:
    """A token sees the mailboxes of its person and no others."""
    row = MATRIX[route]
    assert row.others is not None

    answer = programs.ask(route, programs.other, programs.program(role))

    if ROUTES[route].allow is Permission.ACCOUNT_SELF:
        assert (answer.status_code, answer.json["code"]) == (403, "permission.missing")
    elif answer.status_code == 403 != row.others[role]:
        assert answer.json["code"] == "step_up.required"
    else:
        assert answer.status_code == row.others[role]


@pytest.mark.parametrize("situation", ["invented", "disabled", "ended"])
@pytest.mark.parametrize("route", MATRIX)
def test_a_token_that_is_worth_nothing(programs: Programs, route: str, situation: str) -> None:
    """A token that never was, or whose person has no access or no session any more, is nobody."""
    holders = ["invented"] if situation == "invented" else [f"{situation} {r}" for r in PEOPLE]

    answers = [programs.ask(route, programs.own, programs.program(who)) for who in holders]

    assert {answer.status_code for answer in answers} == {MATRIX[route].nobody}
    assert {a.json["code"] for a in answers if a.status_code == 401} <= {"token.invalid"}
