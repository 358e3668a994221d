"""Requests and responses as values, and the ways in which an answer can be spoilt on the wire."""

import json
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

WireFault = Literal["hang", "reset", "close", "truncate", "slow"]


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names are lower case, query values keep their order."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    query_string: str = ""

    def form(self) -> dict[str, list[str]]:
        """Return the fields of a form-encoded body, {} for what is none."""
        text = self.body.decode("utf-8", "replace")
        try:
            return urllib.parse.parse_qs(text, keep_blank_values=True, max_num_fields=100)
        except ValueError:
            return {}

    @property
    def bearer(self) -> str | None:
        """The token of `Authorization: Bearer`, if there is one."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" and token.strip() else None


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer; `wire` says how the server spoils it, for `seconds` where that matters."""

    status: int
    body: bytes = b""
    content_type: str = "application/json; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)
    wire: WireFault | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Operation:
    """What a request asks for: the name that faults and counts go by, whose it is, and the work."""

    name: str
    mailbox: str | None
    run: Callable[[], Response]
    # Of history.list: makes the page token that asks for this same page again.
    same_page: Callable[[], str] | None = None


def json_response(body: Any, status: int = 200, **headers: str) -> Response:
    """Return a JSON answer; underscores in header names stand for hyphens."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, text.encode("utf-8", "surrogatepass"), headers=named)


def html_response(body: str, status: int = 200, **headers: str) -> Response:
    """Return an HTML answer; underscores in header names stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, body.encode(), "text/html; charset=UTF-8", named)


def html_error(status: int, title: str) -> Response:
    """Return the kind of page that Google's front end sends instead of JSON."""
    page = f"<!DOCTYPE html><html lang=en><title>Error {status} ({title})</title>"
    return html_response(f"{page}<p><b>{status}.</b> <ins>That’s an error.</ins>", status)
