"""Finds functions/<name> for Cloud Functions, lazily: a deployed function loads only its own module.

The Functions Framework looks an entry point up with getattr on this module, so a module-level
__getattr__ (PEP 562) is enough. Without valid settings a function refuses to start, here. What the
framework answers by itself (its own 404, a failure) is guarded like the function's own answers. What only
some requests need waits for them (shared/lazy.py).
"""

from __future__ import annotations

import gc
import importlib
import secrets
import sys
from collections.abc import Callable
from typing import Any

from shared import lazy

lazy.install()
# What a start makes stays, so it is not looked through again and again while the rest is loaded.
gc.freeze()
gc.set_threshold(20_000)


def __getattr__(name: str) -> Callable[..., Any]:
    if name.startswith("_"):
        raise AttributeError(name)
    try:
        module = importlib.import_module(f"functions.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"functions.{name}":
            raise
        raise AttributeError(f"no function named {name!r}") from None
    from shared.app import current  # noqa: PLC0415 - only a function that exists needs settings

    current(name)
    _guard_the_framework()
    function: Callable[..., Any] = getattr(module, name)
    return function


def _guard_the_framework() -> None:
    """Ask the Flask application that is being made for this function to guard its every answer."""
    flask = sys.modules.get("flask")
    if flask is not None and flask.has_app_context():
        from shared.answers import guard, no_such_path  # noqa: PLC0415

        flask.current_app.after_request(guard)
        flask.current_app.register_error_handler(404, lambda _: no_such_path(secrets.token_hex(8)))
