"""Tries a deployment from outside, as a stranger: all that should be there is, and what should be closed is.

    python tools/smoke.py https://desk.example.com

Uses the standard library alone, so that any build step can run it. Prints a line a try; exit status 1 where
one failed. A certificate may take an hour after the first apply: until then nothing answers.
"""

from __future__ import annotations

import http.client
import ssl
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_SECONDS: Final = 30.0  # a cold start is among them


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and headers, their names in lower case."""

    status: int
    headers: Mapping[str, str]


Ask = Callable[[str], Answer]


def main(arguments: list[str]) -> int:
    """Try everything; returns the exit status."""
    if len(arguments) != 1 or not urlsplit(arguments[0]).hostname:
        print(__doc__)
        return 2
    origin = arguments[0].rstrip("/")
    failed = 0
    for what, problem in tries(origin):
        print(f"{'FAILED' if problem else 'ok    '}  {what}{f': {problem}' if problem else ''}")
        failed += bool(problem)
    return 1 if failed else 0


def tries(origin: str) -> Iterator[tuple[str, str | None]]:
    """Yield what was tried and what was wrong with it, None where nothing was."""
    for path, status, kind in (
        ("/", 200, "text/html"),
        ("/privacy", 200, "text/html"),
        ("/desk/", 200, "text/html"),
        ("/desk/main.js", 200, "text/javascript"),
        ("/api/openapi.json", 200, "application/json"),
        ("/api/session/", 401, "application/problem+json"),
        ("/api/tickets/", 401, "application/problem+json"),
        ("/push/create_ticket", 404, "application/problem+json"),
    ):
        yield f"{path} answers {status}", _wrong(origin, path, status, kind)
    if origin.startswith("https://"):
        yield "plain HTTP leads to HTTPS", _not_redirected(origin)
        yield "TLS 1.1 is refused", _old_tls(origin)


def _wrong(origin: str, path: str, status: int, kind: str) -> str | None:
    try:
        answer = _get(origin, path)
    except OSError as error:
        return f"no answer ({type(error).__name__})"
    if answer.status != status:
        return f"answers {answer.status}"
    if not answer.headers.get("content-type", "").startswith(kind):
        return f"is {answer.headers.get('content-type')}, not {kind}"
    if answer.headers.get("x-content-type-options") != "nosniff":
        return "lacks its security headers"
    return None


def _not_redirected(origin: str) -> str | None:
    try:
        answer = _get(origin.replace("https://", "http://", 1), "/")
    except OSError:
        return None  # nobody there is as good
    location = answer.headers.get("location", "")
    return (
        None if answer.status in {301, 308} and location.startswith("https://") else "it is served"
    )


def _old_tls(origin: str) -> str | None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")  # else it is this machine that refuses
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    try:
        _get(origin, "/", old)
    except OSError:
        return None
    return "it is spoken"


def _get(origin: str, path: str, context: ssl.SSLContext | None = None) -> Answer:
    address = urlsplit(origin)
    host = address.hostname or ""
    connection = (
        http.client.HTTPSConnection(host, address.port, timeout=_SECONDS, context=context)
        if address.scheme == "https"
        else http.client.HTTPConnection(host, address.port, timeout=_SECONDS)
    )
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()})
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
