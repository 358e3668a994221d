"""One route of an HTTP function: method, path, who may, and what its handler is given."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from shared.permissions import Anyone, Permission

Handler = Callable[..., Any]
FileBody = Literal["named", "anonymous"]  # with X-File-Name, or without

VALUE: Final = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}"  # an id, or the number of a MIME part


@dataclass(frozen=True, slots=True)
class Route:
    """One route of a function, as it is served and as /api/openapi.json describes it."""

    method: str
    path: str
    allow: Permission | Anyone
    handler: Handler
    status: int
    body: type | None
    form: type | None
    query: type | None
    query_of_others: bool
    max_body_bytes: int
    half_signed_in: bool
    file_body: FileBody | None
    versioned: bool  # needs If-Match, as a description of it says
    page: bool  # answers HTML, as a description of it says

    def match(self, path: str) -> dict[str, str] | None:
        """Return the values of {names} where `path` is this route's, else None."""
        pattern, actual = self.path.split("/"), path.split("/")
        if len(pattern) != len(actual):
            return None
        values = {}
        for expected, given in zip(pattern, actual, strict=True):
            if expected.startswith("{") and re.fullmatch(VALUE, given):
                values[expected[1:-1]] = given
            elif expected != given:
                return None
        return values


class Parts:
    """The routes of a function whose modules wait until a path of theirs is asked for.

    `modules`: for the first segment of a path, the modules of `package` whose `routes` stand under it, in the
    order in which they are loaded and tried: what is asked for most comes first.
    """

    def __init__(self, package: str, modules: Mapping[str, Sequence[str]]) -> None:
        self._package = package
        self._modules = modules
        self._filled_in = next((one for one in modules if one.startswith("{")), None)
        self._found: dict[tuple[str, str], list[Route]] = {}

    def all(self) -> list[Route]:
        """Return the routes of every part."""
        return [route for segment in self._modules for route in self._of(segment)]

    def under(self, path: str) -> Iterator[Route]:
        """Give the routes that a path may be one of; a part whose turn does not come is not loaded."""
        segment: str | None = first_segment(path)
        if segment not in self._modules:
            segment = self._filled_in
        return iter(()) if segment is None else self._of(segment)

    def _of(self, segment: str) -> Iterator[Route]:
        for part in self._modules[segment]:
            found = self._found.get((segment, part))
            if found is None:  # two threads may both look, and find the same
                routes = importlib.import_module(f"{self._package}.{part}").routes.routes
                found = in_order(one for one in routes if first_segment(one.path) == segment)
                self._found[segment, part] = found
            yield from found


def first_segment(path: str) -> str:
    """Return what stands before the second slash of a path."""
    return path.removeprefix("/").partition("/")[0]


def in_order(routes: Iterable[Route]) -> list[Route]:
    """Sort routes: "/views" is no ticket's id, what is written out wins over what is filled in."""
    return sorted(routes, key=lambda r: [part.startswith("{") for part in r.path.split("/")])
