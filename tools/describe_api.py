"""Writes shared/pages/openapi.json: every HTTP route, as /api/openapi.json serves it.

    python -m tools.describe_api [--check]

The description is made from the routes themselves, so it cannot say what is not served. It is made ahead
of time because no function may load the others; a test fails when the file is not what the routes say.
OpenAPI 3.1: https://spec.openapis.org/oas/v3.1.0
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import inspect
import json
import re
import sys
import types
import typing
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin

from shared import codec
from shared.entry import Routes
from shared.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionRequired,
    ProductError,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from shared.permissions import Permission
from shared.request import FILE_NAME, Response
from shared.route import VALUE, Route
from tools import api_examples

ROOT: Final = Path(__file__).parent.parent
TARGET: Final = ROOT / "shared" / "pages" / "openapi.json"
JSON: Final = "application/json"
OK: Final = 200
FORM: Final = "application/x-www-form-urlencoded"

_ERRORS: Final = (
    Invalid,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    TooLarge,
    PreconditionRequired,
    TooMany,
    Unavailable,
)
_PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title", "status", "code", "params", "request_id"],
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {
            "type": "string",
            "description": "Stable; also the key of the translated sentence",
        },
        "params": {"type": "object"},
        "request_id": {"type": "string"},
    },
}


_HTML: Final = {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>"}}
_FILE: Final = {
    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}, "example": "1,2"}
}
_FILE_NAME: Final = {
    "name": FILE_NAME,
    "in": "header",
    "required": True,
    "description": "The file's name, percent-encoded UTF-8",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9%._~-]{1,765}$"},
    "example": "invoice%20May.pdf",
}


def describe(functions: Mapping[str, Routes]) -> dict[str, Any]:
    """Return the OpenAPI description of these functions' routes."""
    schemas = _Schemas()
    paths: dict[str, dict[str, Any]] = {}
    for name, routes in sorted(functions.items()):
        prefix = "" if name == "public" else f"/api/{name}"
        for route in routes.routes:
            operations = paths.setdefault(f"{prefix}{route.path}", {})
            operations[route.method.lower()] = _operation(name, route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Corporate Mail Ops",
            "version": "1",
            "description": "JSON in snake_case, times in RFC 3339 UTC. Changes need If-Match.",
        },
        "paths": paths,
        "components": {
            "schemas": {"Problem": _PROBLEM, **schemas.named},
            "examples": {_name(error): {"value": api_examples.problem(error)} for error in _ERRORS},
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-sid"},
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "cmo_..."},
            },
        },
    }


def routes_of_functions() -> dict[str, Routes]:
    """Return the routes of every HTTP function, by name."""
    manifest = json.loads((ROOT / "functions" / "manifest.json").read_text("utf-8"))
    return {
        name: importlib.import_module(f"functions.{name}").routes
        for name, row in manifest["functions"].items()
        if row["trigger"] == "http" and "edge" not in row  # which mounts the others
    }


class _Schemas:
    """JSON Schemas of dataclasses, each under its name."""

    def __init__(self) -> None:
        self.named: dict[str, Any] = {}
        self._kinds: dict[str, type] = {}

    def of(self, kind: Any) -> dict[str, Any]:
        """Return the schema of a type, a reference for a dataclass."""
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            return self._reference(kind)
        origin = get_origin(kind)
        if origin in (Union, types.UnionType):
            sent = [part for part in get_args(kind) if part is not codec.LeftOut]
            return {"anyOf": [self.of(part) for part in sent]}
        if origin is Literal:
            return {"enum": list(get_args(kind))}
        if origin in (tuple, list, frozenset):
            return {"type": "array", "items": self.of(get_args(kind)[0])}
        if origin in (dict, Mapping) or (inspect.isclass(kind) and issubclass(kind, dict)):
            return {"type": "object"}
        return self._scalar(kind)

    def _reference(self, kind: type) -> dict[str, Any]:
        name = kind.__name__
        known = self._kinds.setdefault(name, kind)
        if known is not kind:  # two functions may each have a ListQuery
            name = f"{kind.__module__.rsplit('.', 1)[-1].title().replace('_', '')}{name}"
            self._kinds[name] = kind
        if name not in self.named:
            self.named[name] = {}  # a type that contains itself finds its reference
            members = codec.members(kind)
            required = [
                field.name
                for field in dataclasses.fields(kind)
                if field.default is dataclasses.MISSING
                and field.default_factory is dataclasses.MISSING
            ]
            self.named[name] = {
                "type": "object",
                "description": _first_line(kind),
                "properties": {member: self.of(type_) for member, type_ in members.items()},
                "required": required,
                "additionalProperties": False,
            }
        return {"$ref": f"#/components/schemas/{name}"}

    def _scalar(self, kind: Any) -> dict[str, Any]:
        if kind is datetime:
            return {"type": "string", "format": "date-time"}
        if inspect.isclass(kind) and issubclass(kind, Enum):
            return {"type": "string", "enum": [member.value for member in kind]}
        names = {str: "string", bool: "boolean", int: "integer", float: "number"}
        if kind in names:
            return {"type": names[kind]}
        return {"type": "null"} if kind is types.NoneType else {}


def _operation(function: str, route: Route, schemas: _Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{function}.{route.handler.__name__}",
        "tags": [function],
        "summary": _first_line(route.handler),
        "parameters": [*_path_parameters(route), *_query_parameters(route, schemas)],
        "responses": _responses(route, schemas),
    }
    if route.versioned:
        operation["parameters"].append(
            {
                "name": "If-Match",
                "in": "header",
                "required": True,
                "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
            }
        )
    if isinstance(route.allow, Permission):
        operation["security"] = [{"session": []}]
        if route.allow is not Permission.ACCOUNT_SELF:
            operation["security"].append({"token": []})
        operation["x-permission"] = route.allow.value
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {JSON: _shown(route.body, schemas)},
        }
    if route.form is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {FORM: _shown(route.form, schemas)},
        }
    if route.file_body == "named":
        operation["parameters"].append(_FILE_NAME)
    if route.file_body is not None:
        operation["requestBody"] = {"required": True, "content": _FILE}
    return operation


def _path_parameters(route: Route) -> Iterable[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", route.path):
        schema = {"type": "string", "pattern": f"^{VALUE}$"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(route: Route, schemas: _Schemas) -> Iterable[dict[str, Any]]:
    if route.query is None:
        return
    for name, kind in codec.members(route.query).items():
        yield {"name": name, "in": "query", "required": False, "schema": schemas.of(kind)}


def _responses(route: Route, schemas: _Schemas) -> dict[str, Any]:
    """Return what the handler answers by its annotation, and the shape of every problem."""
    kind = typing.get_type_hints(route.handler).get("return")
    answers: dict[str, Any] = {
        str(error.status): {
            "description": error.title,
            "content": _problem(error) | (_HTML if route.page else {}),
        }
        for error in _errors(route)
    }
    if kind in (None, types.NoneType):
        answers["204"] = {"description": "Done"}
    elif route.page and route.status == OK:
        answers[str(route.status)] = {"description": "A page for people", "content": _HTML}
    elif kind is Response:
        answers[str(route.status)] = {"description": "See the summary"}
    else:
        content = {JSON: _shown(kind, schemas)}
        answers[str(route.status)] = {"description": "Done", "content": content}
    return answers


def _shown(kind: type, schemas: _Schemas) -> dict[str, Any]:
    return {"schema": schemas.of(kind), "example": api_examples.example(kind)}


def _problem(error: type[ProductError]) -> dict[str, Any]:
    examples = {_name(error): {"$ref": f"#/components/examples/{_name(error)}"}}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"application/problem+json": {"schema": schema, "examples": examples}}


def _name(error: type[ProductError]) -> str:
    return f"Problem{error.status}"


def _errors(route: Route) -> Iterable[type[ProductError]]:
    """Yield the kinds of problems that a route can answer: by its form, and what any service may raise."""
    yield from (Invalid, Forbidden, NotFound, Conflict, TooMany, Unavailable)
    if (
        isinstance(route.allow, Permission) or route.method == "POST"
    ):  # sign-in is open, and refuses
        yield Unauthenticated
    if route.body is not None or route.form is not None or route.file_body is not None:
        yield TooLarge
    if route.versioned:
        yield PreconditionRequired


def _first_line(described: Any) -> str:
    return (inspect.getdoc(described) or "").partition("\n")[0]


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or with --check say whether it is current."""
    parser = argparse.ArgumentParser(prog="python -m tools.describe_api", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if it differs")
    check = parser.parse_args(arguments).check
    text = json.dumps(describe(routes_of_functions()), indent=1, ensure_ascii=False) + "\n"
    if check:
        current = TARGET.read_text("utf-8") if TARGET.exists() else ""
        if current != text:
            print(
                "shared/pages/openapi.json is not what the routes say: run make api",
                file=sys.stderr,
            )
            return 1
        return 0
    TARGET.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
