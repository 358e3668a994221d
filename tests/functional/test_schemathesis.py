"""Every route, asked what its description allows and what it does not, by who may everything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.transport.wsgi import WSGI_TRANSPORT
from werkzeug.test import Client

from shared import ids
from shared.domain import messages
from tests.desk import URL, DeskBrowser, DeskUnderTest, desk_in, mail
from tests.stopped_clock import StoppedClock
from tools.describe_api import TARGET

EXAMPLES: Final = 6  # of valid and of invalid requests each, a route and a role
# Together they hold every permission; what a role may is the table of test_authorization.py.
ROLES: Final = ("administrator", "supervisor")
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
DESCRIPTION: Final = json.loads(TARGET.read_text("utf-8"))
SCHEMA: Final = schemathesis.openapi.from_dict(DESCRIPTION)
OPERATIONS: Final = {
    f"{method.upper()} {path}": SCHEMA[path][method.upper()]
    for path, methods in DESCRIPTION["paths"].items()
    for method in methods
}


def cases() -> Iterator[tuple[str, GenerationMode]]:
    """Give every route with what can be asked of it: where nothing can be given, nothing can be wrong."""
    for name, operation in OPERATIONS.items():
        yield name, GenerationMode.POSITIVE
        described = operation.definition.raw
        if described["parameters"] or "requestBody" in described:
            yield name, GenerationMode.NEGATIVE


class Crowd:
    """A desk with a mailbox, and a browser of each role that signs in again when its session has ended."""

    def __init__(self, desk: DeskUnderTest) -> None:
        self.desk = desk
        self.client = Client(desk.front, use_cookies=False)
        self._browsers: dict[str, DeskBrowser] = {}
        mailbox_id = desk.connect()
        desk.deliver(mail())
        [message_id] = desk.documents(messages.COLLECTION)
        [ticket] = desk.tickets()
        self.ids = {
            "mailbox_id": mailbox_id,
            "message_id": message_id,
            "ticket_id": ticket["id"],
            "user_id": ids.derived_id(ids.USER, "demo", desk.people["viewer"][0]),
        }

    def cookies(self, role: str) -> str:
        """Return the cookies of a role's live session."""
        browser = self._browsers.get(role)
        if browser is None or browser.get("/api/session/").status_code != 200:
            assert isinstance(self.desk.clock, StoppedClock)
            self.desk.clock.advance(3600)  # codes that nobody proved count for an hour
            browser = self._browsers[role] = self.desk.browser(role)
        return browser.cookies


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """Give the desk of all these tests."""
    with desk_in(tmp_path_factory.mktemp("schemathesis") / "home") as desk:
        yield Crowd(desk)


# Schemathesis draws from `random` where it mutates a request; every run is seeded the same.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("name", "mode"), list(cases()))
def test_a_route_answers_as_it_is_described(
    crowd: Crowd, name: str, role: str, mode: GenerationMode
) -> None:
    """No 500, no status, media type or member that the description does not have."""
    operation: Any = OPERATIONS[name]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        cookies = {"Cookie": crowd.cookies(role), "Sec-Fetch-Site": "same-origin"}
        if (
            mode is GenerationMode.POSITIVE
        ):  # of what there is, where the description cannot know it
            known = {n: v for n, v in crowd.ids.items() if n in case.path_parameters}
            case.path_parameters.update(known)
        call = WSGI_TRANSPORT.serialize_case(case, base_url=URL, headers=cookies)
        answer = crowd.client.open(**call)
        case.validate_response(answer, checks=CHECKS)

    ask()
