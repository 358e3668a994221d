"""HTTP function `single_origin`, deployed only without an edge: all HTTP functions and the page.

It does what the load balancer's routes do, in one process, and so under one account, whose rights are those
of all the functions that it mounts together. A mounted function is loaded when it is first asked for.
"""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from functions.single_origin import page
from shared import app

if TYPE_CHECKING:
    import flask

MANIFEST: Final = Path(__file__).parent.parent / "manifest.json"


def single_origin(raw: flask.Request) -> flask.Response:
    """Answer one request as the function would whose path it is under."""
    if page.is_under(raw.path, page.PATH):
        return page.answer(raw)
    name = function_at(raw.path)
    app.serve_also(name, by="single_origin")
    return _mounted(name)(raw)


def function_at(path: str) -> str:
    """Return the function that serves a path: the one whose own path is the longest beginning of it."""
    return next(name for name, prefix in _paths() if page.is_under(path, prefix))


@functools.cache
def _paths() -> list[tuple[str, str]]:
    rows = json.loads(MANIFEST.read_text("utf-8"))["functions"]
    behind_an_edge = {
        name: row["path"]
        for name, row in rows.items()
        if row["trigger"] == "http" and "edge" not in row
    }
    return sorted(behind_an_edge.items(), key=lambda pair: -len(pair[1]))


@functools.cache
def _mounted(name: str) -> Callable[[flask.Request], flask.Response]:
    module: Any = importlib.import_module(f"functions.{name}")
    return cast("Callable[[flask.Request], flask.Response]", getattr(module, name))
