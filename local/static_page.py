"""The agents' page as the edge serves it: web/ under /desk/, with the headers of web/headers.json."""

from __future__ import annotations

import functools
import hashlib
import json
import mimetypes
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from local.manifest import ROOT

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

WEB: Final = ROOT / "web"
_TYPES: Final = {
    ".mjs": "text/javascript; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ftl": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
}
_NOT_SERVED: Final = frozenset({".json", ".md", ".txt"})


def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a GET or HEAD of one file; a folder is its index.html."""
    method = environ.get("REQUEST_METHOD", "GET")
    if method not in ("GET", "HEAD"):
        return _plain(start_response, "405 Method Not Allowed", [("Allow", "GET, HEAD")])
    path = environ.get("PATH_INFO", "").removeprefix("/desk")
    if path == "":
        return _plain(start_response, "308 Permanent Redirect", [("Location", "/desk/")])
    file = (WEB / (path.lstrip("/") or "index.html")).resolve()
    if not file.is_relative_to(WEB) or not file.is_file() or file.suffix in _NOT_SERVED:
        return _plain(start_response, "404 Not Found", [])
    body = file.read_bytes()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = [*_headers(), ("ETag", tag)]
    if environ.get("HTTP_IF_NONE_MATCH") == tag:
        start_response("304 Not Modified", headers)
        return []
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0]
    headers += [("Content-Type", kind or "application/octet-stream")]
    headers += [("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [] if method == "HEAD" else [body]


@functools.cache
def _headers() -> list[tuple[str, str]]:
    return list(json.loads((WEB / "headers.json").read_text("utf-8")).items())


def _plain(
    start_response: StartResponse, status: str, headers: list[tuple[str, str]]
) -> Iterable[bytes]:
    start_response(status, [*_headers(), ("Content-Type", "text/plain; charset=utf-8"), *headers])
    return [f"{status}\n".encode()]
