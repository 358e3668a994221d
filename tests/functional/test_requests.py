"""What every HTTP function asks of a request, and the shape of what it answers."""

from __future__ import annotations

import json

import pytest
from werkzeug.test import create_environ, run_wsgi_app

from tests.desk import URL, DeskUnderTest

SIGN_IN = "/api/session/"
GOOD = {"email": "nobody@example.com", "password": "wrong"}


@pytest.fixture
def desk(standing_desk: DeskUnderTest) -> DeskUnderTest:
    """Share one desk: nothing here changes it."""
    return standing_desk


def everything(desk: DeskUnderTest) -> dict[str, object]:
    """Return all documents of all databases, and what waits on the bus."""
    return {name: list(file.dump()) for name, file in desk.files.items()}


# Where a changing request comes from


@pytest.mark.parametrize(
    ("site", "origin"),
    [
        ("cross-site", None),
        ("same-site", None),
        ("none", None),
        ("cross-site", URL),
        ("same-origin", "https://evil.example.net"),
        ("same-origin", "null"),
        (None, "https://evil.example.net"),
        (None, "http://127.0.0.1:8081"),
        (None, "https://127.0.0.1:8080"),
        (None, "null"),
        (None, None),
        ("", ""),
    ],
)
def test_a_change_from_elsewhere_is_refused(
    desk: DeskUnderTest, site: str | None, origin: str | None
) -> None:
    """A right password from another page, or from no page that proves itself, opens no session."""
    email, password = desk.people["agent"]
    before = everything(desk)

    answer = desk.browser().send(
        "POST",
        SIGN_IN,
        {"email": email, "password": password},
        sec_fetch_site=site,
        origin=origin,
    )

    assert answer.status_code == 403
    assert answer.json["code"] == "request.cross_origin"
    assert "Set-Cookie" not in answer.headers
    assert everything(desk) == before


@pytest.mark.parametrize(
    ("site", "origin"),
    [("same-origin", None), ("same-origin", URL), (None, URL), (None, "http://localhost:8080")],
)
def test_a_change_from_the_desk_itself_is_let_in(
    desk: DeskUnderTest, site: str | None, origin: str | None
) -> None:
    """Fetch Metadata of our own page, or its Origin where a browser sends no more, passes this door."""
    host = "localhost:8080" if origin == "http://localhost:8080" else "127.0.0.1:8080"

    answer = desk.browser().send(
        "POST", SIGN_IN, GOOD, sec_fetch_site=site, origin=origin, host=host
    )

    assert answer.json["code"] == "session.wrong_credentials"


def test_an_origin_grants_nothing_by_itself(desk: DeskUnderTest) -> None:
    """Our own Origin without a session is still nobody."""
    answer = desk.browser().send("POST", "/api/oauth/start", {"intent": "add"}, origin=URL)

    assert answer.status_code == 401


def test_no_answer_allows_other_origins(desk: DeskUnderTest) -> None:
    """There is no CORS: no Access-Control header, also where an Origin asks."""
    answer = desk.browser("agent").get("/api/session/", origin="https://evil.example.net")

    assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]


# What a body must be


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
    ],
)
def test_a_body_must_be_declared_as_json(desk: DeskUnderTest, content_type: str | None) -> None:
    """What a plain form of another page could send is refused by its media type."""
    answer = desk.browser().send("POST", SIGN_IN, GOOD, content_type=content_type)

    assert answer.status_code == 400
    assert answer.json["code"] == "request.json_expected"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'email': 1}",
        b'{"email": NaN, "password": "x"}',
        b'{"email": Infinity, "password": "x"}',
        b'{"email": "a", "email": "b", "password": "x"}',
        b'{"email":' + b"9" * 5000 + b"}",
        b"[" * 16_000,
        b'{"a":' * 3_000,
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        json.dumps(GOOD).encode("utf-16"),
        json.dumps(GOOD).encode() + b" x",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_a_body_that_is_no_json_is_refused(desk: DeskUnderTest, body: bytes) -> None:
    """Only one JSON text of RFC 8259, in UTF-8, each member once, is read."""
    answer = desk.browser().send("POST", SIGN_IN, body)

    assert answer.status_code == 400
    assert answer.json["code"] == "request.malformed_json"


@pytest.mark.parametrize(
    ("body", "code", "member"),
    [
        ([], "request.wrong_type", "body"),
        (None, "request.wrong_type", "body"),
        ({"email": "a@example.com"}, "request.missing_member", "password"),
        (GOOD | {"remember": True}, "request.unknown_member", "remember"),
        (GOOD | {"\ud800": 1}, "request.unknown_member", "\ud800"),
        (GOOD | {"email": 7}, "request.wrong_type", "email"),
        (GOOD | {"email": None}, "request.wrong_type", "email"),
        (GOOD | {"password": {"$ne": ""}}, "request.wrong_type", "password"),
    ],
)
def test_a_body_of_another_shape_names_the_member(
    desk: DeskUnderTest, body: object, code: str, member: str
) -> None:
    """Unknown, missing and mistyped members are 400, and the answer names the one at fault."""
    answer = desk.browser().send("POST", SIGN_IN, json.dumps(body).encode())

    assert answer.status_code == 400
    assert (answer.json["code"], answer.json["params"]["member"]) == (code, member)


def test_text_that_is_no_unicode_is_only_a_wrong_credential(desk: DeskUnderTest) -> None:
    """A lone surrogate in address or password breaks nothing."""
    for body in (b'{"email":"\\ud800","password":"x"}', b'{"email":"x","password":"\\udfff"}'):
        answer = desk.browser().send("POST", SIGN_IN, body)

        assert answer.json["code"] == "session.wrong_credentials"


@pytest.mark.parametrize(("length", "status"), [(16_384, 400), (16_385, 413), (2_000_000, 413)])
def test_a_body_over_the_limit_of_its_route_is_refused(
    desk: DeskUnderTest, length: int, status: int
) -> None:
    """Signing in takes 16 KiB and not a byte more, said as 413 with the limit."""
    answer = desk.browser().send("POST", SIGN_IN, b" " * length)

    assert answer.status_code == status
    if status == 413:
        assert answer.json["code"] == "request.too_large"
        assert answer.json["params"] == {"max_bytes": 16_384}


def test_a_body_of_unannounced_length_is_measured_as_it_comes(desk: DeskUnderTest) -> None:
    """A chunked body without Content-Length is read up to the limit and no further."""
    headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
    environ = create_environ(SIGN_IN, URL, method="POST", headers=headers)
    environ.pop("CONTENT_LENGTH", None)
    body = _Endless()

    _, status, _ = run_wsgi_app(
        desk.front, environ | {"wsgi.input": body, "wsgi.input_terminated": True}
    )

    assert status.startswith("413")
    assert body.asked == [16_385, -1]  # the second is the framework, draining what is left


class _Endless:
    """A chunked body that gives as much as is asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def read(self, size: int = -1) -> bytes:
        self.asked.append(size)
        return b" " * max(size, 0)


# What a query must be


@pytest.mark.parametrize(
    ("path", "code", "member"),
    [
        ("/api/tickets/?page=2", "request.unknown_member", "page"),
        ("/api/tickets/?limit=0", "request.invalid_member", "limit"),
        ("/api/tickets/?limit=101", "request.invalid_member", "limit"),
        ("/api/tickets/?limit=-1", "request.wrong_type", "limit"),
        ("/api/tickets/?limit=1e2", "request.wrong_type", "limit"),
        ("/api/tickets/?limit=%D9%A3", "request.wrong_type", "limit"),
        ("/api/tickets/?limit=" + "9" * 5000, "request.wrong_type", "limit"),
        ("/api/tickets/?limit=", "request.wrong_type", "limit"),
        ("/api/tickets/?state=gone", "request.not_one_of", "state"),
        ("/api/tickets/?state=new&state=open", "request.repeated_parameter", "state"),
        ("/api/admin/mailboxes?limit=101", "request.invalid_member", "limit"),
        ("/api/session/?x=1", "request.unknown_member", "x"),
        ("/?lang=en&lang=ar", "request.repeated_parameter", "lang"),
    ],
)
def test_a_wrong_parameter_is_named(desk: DeskUnderTest, path: str, code: str, member: str) -> None:
    """Unknown, repeated and mistyped parameters are 400 with the parameter's name."""
    answer = desk.browser("agent").get(path)

    assert answer.status_code == 400
    assert (answer.json["code"], answer.json["params"]["member"]) == (code, member)


@pytest.mark.parametrize("cursor", ["abc", "%ff", "AAAA", "x" * 3000])
def test_a_cursor_that_we_did_not_make_is_refused(desk: DeskUnderTest, cursor: str) -> None:
    """An invented cursor is 400, not a page of something else."""
    desk.connect() if not desk.mailboxes else None

    answer = desk.browser("agent").get(f"/api/tickets/?cursor={cursor}")

    assert (answer.status_code, answer.json["code"]) == (400, "cursor.invalid")


# Which paths and methods there are


@pytest.mark.parametrize(
    "id",
    ["..", ".", "__x__", "x" * 3000, "%00", "%ff", "%2e%2e", "a%2fb", "%F0%9F%92%A9", "a b", "-"],
)
@pytest.mark.parametrize(
    "path", ["/api/tickets/{}", "/api/content/messages/{}", "/api/admin/mailboxes/{}"]
)
def test_an_id_that_cannot_be_one_is_not_found(desk: DeskUnderTest, path: str, id: str) -> None:
    """Whatever stands where an id belongs, the answer is 404 and never a failure of the store."""
    answer = desk.browser("supervisor").get(path.format(id))

    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/api/tickets/%0A", "/%0Aapi", "/robots.txt", "/favicon.ico"])
def test_a_path_that_only_the_framework_sees_is_answered_like_every_other(
    desk: DeskUnderTest, path: str
) -> None:
    """What never reaches a function is a problem document too, not a page of the framework's."""
    answer = desk.browser("agent").get(path)

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.json["code"] == "request.no_such_path"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/api/tickets/", "GET, HEAD, POST"),
        ("OPTIONS", "/api/tickets/", "GET, HEAD, POST"),
        ("TRACE", "/api/session/", "DELETE, GET, HEAD, POST"),
        ("POST", "/api/tickets/t_1", "GET, HEAD, PATCH"),
        ("GET", "/api/oauth/start", "POST"),
        ("POST", "/api/oauth/callback", "GET, HEAD"),
        ("POST", "/", "GET, HEAD"),
    ],
)
def test_a_method_that_a_path_lacks_names_those_it_has(
    desk: DeskUnderTest, method: str, path: str, allow: str
) -> None:
    """405 carries Allow (RFC 9110 §15.5.6)."""
    answer = desk.browser("agent").send(method, path)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == allow
    assert answer.json["code"] == "request.method_not_allowed"


@pytest.mark.parametrize("path", ["/api/tickets", "/api/tickets/", "/api/session", "/api/session/"])
def test_a_function_answers_with_and_without_its_last_slash(desk: DeskUnderTest, path: str) -> None:
    """The root of a function has two spellings."""
    assert desk.browser("agent").get(path).status_code == 200


@pytest.mark.parametrize("path", ["/api/session/", "/api/tickets/", "/", "/api/nothing"])
def test_head_is_get_without_its_body(desk: DeskUnderTest, path: str) -> None:
    """HEAD has the status and the type of GET, and no body."""
    browser = desk.browser("agent")

    get, head = browser.get(path), browser.send("HEAD", path)

    assert head.status_code == get.status_code
    assert head.headers["Content-Type"] == get.headers["Content-Type"]
    assert head.data == b""


# The shape of an answer


def test_an_error_is_a_problem_document(desk: DeskUnderTest) -> None:
    """RFC 9457: type, title and status, with our code, params and the request's id."""
    first = desk.browser("agent").get("/api/tickets/t_0")
    second = desk.browser("agent").get("/api/tickets/t_0")

    assert first.headers["Content-Type"] == "application/problem+json"
    body = first.json
    request_id = body.pop("request_id")
    assert body == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "code": "ticket.not_found",
        "params": {},
    }
    assert len(request_id) == 16
    assert request_id != second.json["request_id"]


SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/api/session/", 200),
        ("GET", "/api/tickets/", 200),
        ("GET", "/api/admin/mailboxes", 200),
        ("GET", "/api/oauth/callback", 303),
        ("GET", "/api/nothing", 404),
        ("GET", "/api/tickets/t_0", 404),
        ("PATCH", "/api/session/", 405),
        ("POST", "/api/session/", 400),
        ("POST", "/api/oauth/start", 400),
        ("GET", "/robots.txt", 404),
        ("GET", "/favicon.ico", 404),
        ("GET", "//", 200),
        ("POST", "/push/gmail_push", 401),
        ("GET", "/push/gmail_push", 405),
    ],
)
def test_every_answer_carries_the_security_headers(
    desk: DeskUnderTest, method: str, path: str, status: int
) -> None:
    """Successes, errors and the framework's own answers are equally guarded."""
    answer = desk.browser("administrator").send(method, path)

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert "geolocation=()" in answer.headers["Permissions-Policy"]


def test_no_answer_names_the_software_that_made_it(desk: DeskUnderTest) -> None:
    """Neither Server nor X-Powered-By leaves the functions."""
    answer = desk.browser().get("/")

    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers
