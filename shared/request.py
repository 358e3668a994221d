"""What a handler gets and gives: a `Request` with its actor, and a `Response` where JSON is not enough."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from shared import codec, ids
from shared.app import App
from shared.auth.visitor import Visitor, visitor
from shared.errors import Invalid, PreconditionRequired, TooLarge, Unauthenticated
from shared.permissions import Actor

if TYPE_CHECKING:
    import flask

T = TypeVar("T")

FILE_NAME: Final = "X-File-Name"  # percent-encoded UTF-8

_PIECE_BYTES: Final = 262_144
_ENTITY_TAG: Final = re.compile(r'"([0-9]{1,18})"')
_IDEMPOTENCY_KEY: Final = re.compile(r'"?([\x21\x23-\x7e]{1,200})"?')


@dataclass(frozen=True, slots=True)
class Response:
    """An answer that is not plain JSON, or that needs headers of its own."""

    body: bytes | str | Iterable[bytes] | Mapping[str, Any] | None = None
    status: int = 200
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which page of a list is asked for: the query of every list that has no filters."""

    limit: int = 50
    cursor: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= 100:
            raise ValueError("limit")


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request that was matched to a route and let in."""

    app: App
    raw: flask.Request
    id: str
    path: Mapping[str, str]  # the values of {name} in the route
    signed_in: Actor | None

    @property
    def actor(self) -> Actor:
        """Who asks. Raises Unauthenticated where a public route needs somebody after all."""
        if self.signed_in is None:
            raise Unauthenticated("session.missing")
        return self.signed_in

    def header(self, name: str) -> str:
        """Return a header, or ""."""
        return self.raw.headers.get(name, "")

    def cookie(self, name: str) -> str:
        """Return a cookie, or ""."""
        return self.raw.cookies.get(name, "")

    @property
    def origin(self) -> str:
        """The desk's address as the browser knows it: on a laptop, the name of loopback it was asked by."""
        if self.app.settings.local is None:
            return self.app.settings.public_url
        return f"http://{self.raw.host}"

    @property
    def visitor(self) -> Visitor:
        """Where the request comes from."""
        return visitor(
            self.header("X-Forwarded-For"),
            self.raw.remote_addr or "",
            self.header("User-Agent"),
            hops=self.app.settings.client_hop,
        )

    def pieces(self) -> Iterator[bytes]:
        """Read the body in pieces; whoever reads counts. Raises Invalid where the client goes away."""
        from werkzeug.exceptions import ClientDisconnected  # noqa: PLC0415 - of the framework that serves us

        while True:
            try:
                piece: bytes = self.raw.stream.read(_PIECE_BYTES)
            except ClientDisconnected:
                raise Invalid("request.interrupted") from None
            if not piece:
                return
            yield piece

    def new_id(self, prefix: str) -> str:
        """Return the id of what this request makes; the same for a request that is sent again.

        A request with an `Idempotency-Key` makes an id out of person, route and key, so that the second
        one meets what the first one made. Raises Invalid for a key that is none.
        """
        text = self.header("Idempotency-Key").strip()
        if not text:
            return ids.random_id(prefix)
        key = _IDEMPOTENCY_KEY.fullmatch(text)
        if key is None:
            raise Invalid("request.idempotency_key_invalid")
        return ids.derived_id(prefix, "idempotency", self.actor.user_id, self.raw.path, key[1])

    def expected_version(self) -> int:
        """Return the version of If-Match (RFC 9110 §13.1.1): `"7"` is 7.

        Raises PreconditionRequired where it is missing and Invalid where it is no version.
        """
        text = self.header("If-Match").strip()
        if not text:
            raise PreconditionRequired("request.if_match_required")
        version = _ENTITY_TAG.fullmatch(text)
        if version is None:
            raise Invalid("request.if_match_invalid")
        return int(version[1])


def read_query(raw: flask.Request, kind: type[T], *, of_others: bool = False) -> T:
    """Return the query string as the dataclass `kind`; a repeated or unknown parameter is Invalid.

    `of_others`: somebody else's protocol may add parameters, so unknown ones are passed over.
    """
    values: dict[str, object] = {}
    known = codec.members(kind)
    for name, items in raw.args.lists():
        if of_others and name not in known:
            continue
        if len(items) != 1:
            raise Invalid("request.repeated_parameter", member=name[:100])
        values[name] = items[0]
    for name, kind_of in known.items():
        text = values.get(name)
        if kind_of in (int, int | None) and isinstance(text, str):
            if not text.isascii() or not text.isdigit() or len(text) > 9:
                raise Invalid("request.wrong_type", member=name, expected="int")
            values[name] = int(text)
    return codec.decode(kind, values)


def read_body(raw: flask.Request, kind: type[T], max_bytes: int) -> T:
    """Return the JSON body as the dataclass `kind`.

    Raises TooLarge before reading more than `max_bytes`, Invalid where it is not JSON of that shape.
    """
    if raw.mimetype != "application/json":
        raise Invalid("request.json_expected")
    return codec.decode(kind, codec.read_json(read_bytes(raw, max_bytes)))


def read_form(raw: flask.Request, kind: type[T], max_bytes: int) -> T:
    """Return the body that a plain HTML form sends (URL Living Standard §5) as the dataclass `kind`.

    Raises TooLarge, and Invalid where it is no such body, or a field stands twice.
    """
    from urllib.parse import parse_qsl  # noqa: PLC0415 - few routes take forms

    if raw.mimetype != "application/x-www-form-urlencoded":
        raise Invalid("request.form_expected")
    data = read_bytes(raw, max_bytes)
    try:
        fields = parse_qsl(
            data.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=100,
        )
    except ValueError:
        raise Invalid("request.malformed_form") from None
    if len({name for name, _ in fields}) != len(fields):
        raise Invalid("request.malformed_form")
    return codec.decode(kind, dict(fields))


def read_bytes(raw: flask.Request, max_bytes: int) -> bytes:
    """Return the body. Raises TooLarge where it is longer than `max_bytes`."""
    if (raw.content_length or 0) > max_bytes:
        raise TooLarge("request.too_large", max_bytes=max_bytes)
    data: bytes = raw.stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise TooLarge("request.too_large", max_bytes=max_bytes)
    return data
