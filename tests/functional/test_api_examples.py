"""The examples in the description of the API: there for everything, and such as the API itself would take."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared import codec
from shared.route import Route
from tools import api_examples, describe_api

DESCRIPTION: dict[str, Any] = describe_api.describe(describe_api.routes_of_functions())
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
}
BODIES: dict[str, Route] = {
    f"{name} {route.method} {route.path}": route
    for name, routes in describe_api.routes_of_functions().items()
    for route in routes.routes
    if route.body is not None
}


def contents(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a route takes and answers, each with its schema and examples."""
    shown = [operation["requestBody"]] if "requestBody" in operation else []
    shown += operation["responses"].values()
    return [kind for one in shown for kind in one.get("content", {}).values()]


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_body_and_answer_has_an_example_of_its_schema(name: str) -> None:
    """What is shown fulfils what is demanded, also of every kind of problem."""
    for content in contents(OPERATIONS[name]):
        known = DESCRIPTION["components"]["examples"]
        values = [known[each.rpartition("/")[2]]["value"] for each in _references(content)]
        values += [content["example"]] if "example" in content else []
        assert values
        schema = content["schema"] | {"components": DESCRIPTION["components"]}
        for value in values:
            Draft202012Validator(schema).validate(value)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_shown_would_be_read(name: str) -> None:
    """An example passes the checks that a schema cannot say: who copies it starts with what works."""
    kind = BODIES[name].body
    assert kind is not None

    codec.decode(kind, api_examples.example(kind))


def _references(content: dict[str, Any]) -> list[str]:
    return [each["$ref"] for each in content.get("examples", {}).values()]
