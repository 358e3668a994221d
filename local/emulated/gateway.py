"""The edge before the functions' processes: routes by path, as the load balancer does, and never a push."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

import urllib3

from local.doors import FrontDoor
from local.manifest import FunctionRow

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_CONNECTIONS: Final = 32
# RFC 9110 §7.6.1: these are for one connection, and are not passed on.
_OF_THE_CONNECTION: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


def gateway(
    functions: Mapping[str, FunctionRow], url: str, addresses: Mapping[str, str]
) -> FrontDoor:
    """Return the WSGI application that serves the desk at `url`; `addresses` are host:port by function."""
    over_http = {name: row for name, row in functions.items() if row.trigger == "http"}
    upstreams = {name: Upstream(addresses[name], row.timeout) for name, row in over_http.items()}
    return FrontDoor(over_http, url, upstreams.__getitem__)


class Upstream:
    """Passes requests to one function's process, as they came."""

    def __init__(self, address: str, timeout_seconds: float) -> None:
        host, _, port = address.partition(":")
        self._pool = urllib3.HTTPConnectionPool(
            host, int(port), maxsize=_CONNECTIONS, retries=False, timeout=timeout_seconds
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with what the function answers, 502 where it does not."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        try:
            answer = self._pool.urlopen(
                environ["REQUEST_METHOD"],
                environ["REQUEST_URI"],
                body=environ["wsgi.input"].read(length) if length else None,
                headers=dict(_request_headers(environ)),
                redirect=False,
                decode_content=False,
            )
        except urllib3.exceptions.HTTPError:
            start_response("502 Bad Gateway", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"the function does not answer\n"]
        headers = [
            (name, value)
            for name, value in answer.headers.items()
            if name.lower() not in _OF_THE_CONNECTION
        ]
        start_response(f"{answer.status} {answer.reason}", headers)
        return [answer.data]


def _request_headers(environ: WSGIEnvironment) -> Iterator[tuple[str, str]]:
    for variable, value in environ.items():
        name = variable.removeprefix("HTTP_").replace("_", "-").lower()
        if variable.startswith("HTTP_") and name not in _OF_THE_CONNECTION:
            yield name, value
    if "CONTENT_TYPE" in environ:
        yield "content-type", environ["CONTENT_TYPE"]
