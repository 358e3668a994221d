"""The agents' page: the files of web/ at /desk/, with the headers of web/headers.json.

Behind a load balancer a bucket serves the same files with the same headers (infra/page.tf).
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import flask

PATH: Final = "/desk"
WEB: Final = Path(__file__).parent.parent.parent / "web"

# What is served, by the ending of its name; whatever has another ending is not.
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".ftl": "text/plain; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file of the page as it is sent: compressed once, named by its content."""

    content_type: str
    plain: bytes
    compressed: bytes
    etag: str


def is_under(path: str, prefix: str) -> bool:
    """Tell whether a path is a prefix or below it; everything is below /."""
    return prefix in ("/", path) or path.startswith(f"{prefix}/")


def answer(raw: flask.Request) -> flask.Response:
    """Answer a GET or HEAD of one file; the folder is its index.html."""
    import flask  # noqa: PLC0415 - already loaded by the framework that serves us

    if raw.method not in ("GET", "HEAD"):
        return flask.Response("", 405, [*headers(), ("Allow", "GET, HEAD")])
    name = raw.path.removeprefix(PATH)
    if name == "":
        return flask.Response("", 308, [*headers(), ("Location", f"{PATH}/")])
    found = file(name.removeprefix("/") or "index.html")
    if found is None:
        return flask.Response("404 Not Found\n", 404, headers(), content_type="text/plain")
    if raw.if_none_match.contains_weak(found.etag):
        return flask.Response("", 304, [*headers(), ("ETag", f'"{found.etag}"')])
    compressed = bool(raw.accept_encodings["gzip"])
    sent = flask.Response(
        found.compressed if compressed else found.plain,
        200,
        [*headers(), ("ETag", f'"{found.etag}"'), ("Vary", "Accept-Encoding")],
        content_type=found.content_type,
    )
    if compressed:
        sent.headers["Content-Encoding"] = "gzip"
    return sent


def file(name: str) -> File | None:
    """Return a file by its path below web/; None where there is none that is served."""
    path = (WEB / name).resolve()
    kind = TYPES.get(path.suffix)
    if kind is None or not path.is_relative_to(WEB) or not path.is_file():
        return None
    return _read(path, kind, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=256)
def _read(path: Path, kind: str, changed_ns: int) -> File:
    """Read and compress a file once; on a laptop it may be edited meanwhile, and is read again."""
    del changed_ns
    plain = path.read_bytes()
    return File(
        content_type=kind,
        plain=plain,
        compressed=gzip.compress(plain, 9, mtime=0),
        etag=hashlib.sha256(plain).hexdigest()[:32],
    )


@functools.cache
def headers() -> list[tuple[str, str]]:
    """Return the headers that every answer has, whatever it says."""
    return list(json.loads((WEB / "headers.json").read_text("utf-8")).items())
