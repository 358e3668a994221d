"""The description of the API, made from the routes and served."""

from __future__ import annotations

import inspect

from tests.desk import DeskUnderTest
from tools import describe_api


def test_the_file_is_what_the_routes_say() -> None:
    """A route that was added or changed shows in openapi.json, or this fails: run `make api`."""
    assert describe_api.main(["--check"]) == 0


def test_who_asks_for_a_version_says_so() -> None:
    """A handler that reads If-Match is described with it, and only such a one."""
    routes = [one for each in describe_api.routes_of_functions().values() for one in each.routes]

    asking = {one.path for one in routes if "expected_version" in inspect.getsource(one.handler)}
    differing = [
        f"{one.method} {one.path}"
        for one in routes
        if one.versioned != ("expected_version" in inspect.getsource(one.handler))
    ]

    assert asking
    assert differing == []


def test_every_route_is_described_where_it_is_served(desk: DeskUnderTest) -> None:
    """Anybody may read which routes there are, what they need and what they answer."""
    served = desk.browser().get("/api/openapi.json")

    assert served.status_code == 200
    paths = served.json["paths"]
    change = paths["/api/tickets/{ticket_id}"]["patch"]
    assert change["x-permission"] == "ticket:write"
    assert {"name": "If-Match", "in": "header"}.items() <= change["parameters"][-1].items()
    described = {(path, method) for path, methods in paths.items() for method in methods}
    routes = describe_api.routes_of_functions()
    assert len(described) == sum(len(each.routes) for each in routes.values())


def test_the_routes_are_shown_as_a_page(desk: DeskUnderTest) -> None:
    """A person sees the same routes as a table."""
    page = desk.browser().get("/api/docs")

    assert page.content_type == "text/html; charset=utf-8"
    assert "PATCH /api/tickets/{ticket_id}" in page.text
