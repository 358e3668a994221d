"""The agents' page on this machine: what a deployment without an edge serves, from web/ as it is now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import flask

from functions.single_origin import page

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a GET or HEAD of one file; a folder is its index.html."""
    return page.answer(flask.Request(environ))(environ, start_response)
