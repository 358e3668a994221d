"""The desk's front door: one WSGI application before the Functions Framework's own, one a function.

/desk/ is the static page; /api/<function>/... and every other path go to HTTP functions as the edge would
send them; /push/<function> is where the local bus and the Gmail sandbox post, which no edge ever routes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import functions_framework

from local import static_page
from local.manifest import ROOT, FunctionRow

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_TEXT: Final = [("Content-Type", "text/plain; charset=utf-8")]


class FrontDoor:
    """Sends a request to its function; refuses a Host that is not this desk's (DNS rebinding)."""

    def __init__(
        self,
        functions: Mapping[str, FunctionRow],
        url: str,
        serve: Callable[[str], WSGIApplication] | None = None,
        newcomer: WSGIApplication | None = None,
    ) -> None:
        """Route to `functions`; `serve` gives what answers for one, by default it is in this process.

        `newcomer` answers below /local/, which only the desk of `make run` has.
        """
        port = urlsplit(url).port
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._functions = functions
        self._serve = serve or framework
        self._newcomer = newcomer
        self._http = sorted(
            ((row.path, name) for name, row in functions.items() if row.path is not None),
            key=lambda pair: -len(pair[0]),
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("HTTP_HOST", "") not in self._hosts:
            return _refuse(start_response, "421 Misdirected Request", "not a name of this desk\n")
        path = environ.get("PATH_INFO", "") or "/"
        if path.startswith("/push/"):
            name = path.removeprefix("/push/")
            row = self._functions.get(name)
            if row is None or row.trigger != "topic":
                return _refuse(start_response, "404 Not Found", "no such subscriber\n")
            return self._serve(name)({**environ, "PATH_INFO": "/"}, start_response)
        if self._newcomer is not None and _is_under(path, "/local"):
            return self._newcomer(environ, start_response)
        if _is_under(path, "/desk"):
            return static_page.serve(environ, start_response)
        name = next(name for prefix, name in self._http if _is_under(path, prefix))
        return self._serve(name)({**environ, "PATH_INFO": path}, start_response)


@functools.cache
def framework(function: str) -> WSGIApplication:
    """Return the Functions Framework serving one function, exactly as it does in the cloud."""
    create_app: Any = functions_framework.create_app  # untyped
    application = create_app(function, str(ROOT / "main.py"), signature_type="http")
    serve: Callable[..., Iterable[bytes]] = application.wsgi_app
    return serve


def _is_under(path: str, prefix: str) -> bool:
    return prefix in ("/", path) or path.startswith(f"{prefix}/")


def _refuse(start_response: StartResponse, status: str, text: str) -> Iterable[bytes]:
    start_response(status, _TEXT)
    return [text.encode()]
