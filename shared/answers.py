"""The answers of every HTTP door: JSON, a handler's own `Response`, and RFC 9457 problems."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from shared import codec
from shared.auth.browser import HEADERS
from shared.errors import MethodNotAllowed, NotFound, ProductError
from shared.request import Response

if TYPE_CHECKING:
    import flask

_DEFAULT_RETRY_SECONDS: Final = 30


def success(value: Any, status: int) -> flask.Response:
    """Return what a handler gave: None is 204, a `Response` is itself, anything else is JSON."""
    if value is None:
        return _answer(b"", 204, "", ())
    if not isinstance(value, Response):
        return _json(codec.to_json(value), status, "application/json")
    if value.body is None:
        return _answer(b"", value.status, "", value.headers)
    if isinstance(value.body, Mapping) or value.content_type == "application/json":
        body = codec.to_json(value.body)
        return _json(body, value.status, "application/json", value.headers)
    return _answer(value.body, value.status, value.content_type, value.headers)


def problem(error: ProductError, request_id: str) -> flask.Response:
    """Return an error as application/problem+json (RFC 9457), without any exception's text."""
    headers: list[tuple[str, str]] = []
    if error.status in (429, 503):
        headers.append(("Retry-After", str(error.retry_after_seconds or _DEFAULT_RETRY_SECONDS)))
    if isinstance(error, MethodNotAllowed):
        headers.append(("Allow", ", ".join(error.allow)))
    return _problem(error.status, error.title, error.code, error.params, request_id, headers)


def bug(request_id: str) -> flask.Response:
    """Return the answer to an error that nobody foresaw."""
    return _problem(500, "Internal Server Error", "internal", {}, request_id, [])


def no_such_path(request_id: str) -> flask.Response:
    """Return what the framework would say in HTML: its routes match no path that holds a line break."""
    return problem(NotFound("request.no_such_path"), request_id)


def acknowledged() -> flask.Response:
    """Return what makes Pub/Sub forget a message."""
    return _answer(b"", 204, "", ())


def guard(answer: flask.Response) -> flask.Response:
    """Give an answer the security headers that it does not set itself."""
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


def _problem(
    status: int,
    title: str,
    code: str,
    params: Mapping[str, Any],
    request_id: str,
    headers: list[tuple[str, str]],
) -> flask.Response:
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code,
        "params": dict(params),
        "request_id": request_id,
    }
    return _json(body, status, "application/problem+json", tuple(headers))


def _json(
    value: Any, status: int, content_type: str, headers: tuple[tuple[str, str], ...] = ()
) -> flask.Response:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate, which UTF-8 cannot say, becomes its JSON escape.
    return _answer(text.encode("utf-8", "backslashreplace"), status, content_type, headers)


def _answer(
    body: Any, status: int, content_type: str, headers: tuple[tuple[str, str], ...]
) -> flask.Response:
    """Security headers stand on every answer; a handler's own replace them by name."""
    import flask  # noqa: PLC0415 - already loaded by the framework that serves us

    answer = flask.Response(body, status=status, content_type=content_type or None)
    for name, value in headers:
        answer.headers.add(name, value)
    return guard(answer)
