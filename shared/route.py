"""One route of an HTTP function: method, path, who may, and what its handler is given."""

from __future__ import annotations

import re
from collections.abc import Callable
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
