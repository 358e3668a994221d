"""Every subscriber's door: only Pub/Sub's signed pushes come in, and nothing that comes in breaks it."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from local import manifest
from shared.bus import envelope
from shared.bus.signer import PushSigner, new_private_key_pem
from tests.desk import SUPPORT, DeskUnderTest, push_key

SUBSCRIBERS = [row.name for row in manifest.load().values() if row.trigger == "topic"]
ACCOUNT = "push@local.iam.example.com"

EVENTS: dict[str, dict[str, Any]] = {
    "gmail_push": {"emailAddress": SUPPORT, "historyId": 99_999_999},
    "create_ticket": {"mailbox_id": "mb_" + "0" * 26, "gmail_id": "18c0ffee"},
    "send_reply": {"mailbox_id": "mb_" + "0" * 26, "reply_id": "r_" + "0" * 26, "fence": 1},
    "write_audit": {"id": "e_" + "0" * 26, "entry": {"v": 1}},
    "react": {"id": "e_" + "0" * 26, "entry": {"v": 1}},
}


@pytest.fixture
def desk(standing_desk: DeskUnderTest) -> DeskUnderTest:
    """Share one desk with one mailbox: nothing here may change it."""
    if not standing_desk.mailboxes:
        standing_desk.connect()
        standing_desk.settle()
    return standing_desk


def everything(desk: DeskUnderTest) -> dict[str, Any]:
    """Return all documents of all databases, and how many events wait."""
    databases: dict[str, Any] = {name: list(file.dump()) for name, file in desk.files.items()}
    return databases | {"waiting": desk.queue.queue.unsettled()}


def token(desk: DeskUnderTest, function: str, key: Any = None, **claims: Any) -> str:
    """Return a push token of this desk with some claims changed; None takes one away."""
    now = int(time.time())
    right = {
        "iss": "https://accounts.google.com",
        "aud": desk.desk.settings.audience_of(function),
        "sub": ACCOUNT,
        "email": ACCOUNT,
        "email_verified": True,
        "iat": now,
        "exp": now + 600,
    }
    payload = {name: value for name, value in (right | claims).items() if value is not None}
    headers = {"kid": PushSigner(push_key(), ACCOUNT).key_id}
    return jwt.encode(payload, key or push_key(), algorithm="RS256", headers=headers)


def _unsigned(desk: DeskUnderTest, function: str) -> str:
    """Say `alg: none` and leave the signature out."""
    _, payload, _ = token(desk, function).split(".")
    header = {"alg": "none", "typ": "JWT", "kid": PushSigner(push_key(), ACCOUNT).key_id}
    first = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return f"{first}.{payload}."


def _symmetric(desk: DeskUnderTest, function: str) -> str:
    """Sign with HMAC, the public key for a secret, as the oldest attack on RS256 does."""
    import hashlib
    import hmac

    _, payload, _ = token(desk, function).split(".")
    header = {"alg": "HS256", "typ": "JWT", "kid": PushSigner(push_key(), ACCOUNT).key_id}
    first = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    public = json.dumps(PushSigner(push_key(), ACCOUNT).jwks()["keys"]).encode()
    signature = hmac.digest(public, f"{first}.{payload}".encode(), hashlib.sha256)
    return f"{first}.{payload}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _other_function(desk: DeskUnderTest, function: str) -> str:
    other = next(name for name in SUBSCRIBERS if name != function)
    return token(desk, other)


_OTHER_KEY = new_private_key_pem()
FORGED: dict[str, Callable[[DeskUnderTest, str], str]] = {
    "another key": lambda desk, function: token(desk, function, _OTHER_KEY),
    "alg none": _unsigned,
    "HS256 with the public key": _symmetric,
    "another function's audience": _other_function,
    "another project's audience": lambda d, f: token(d, f, aud="https://other.example.net"),
    "no audience": lambda d, f: token(d, f, aud=None),
    "two audiences": lambda d, f: token(d, f, aud=[d.desk.settings.audience_of(f), "x"]),
    "another service account": lambda d, f: token(d, f, email="other@other.iam.example.com"),
    "no address": lambda d, f: token(d, f, email=None),
    "an address that is not verified": lambda d, f: token(d, f, email_verified=False),
    "verified as text": lambda d, f: token(d, f, email_verified="true"),
    "another issuer": lambda d, f: token(d, f, iss="https://issuer.example.net"),
    "expired": lambda d, f: token(d, f, iat=int(time.time()) - 7200, exp=int(time.time()) - 3600),
    "not yet valid": lambda d, f: token(d, f, iat=int(time.time()) + 3600),
    "no expiry": lambda d, f: token(d, f, exp=None),
    "no token at all": lambda _d, _f: "",
    "no JWT": lambda _d, _f: "garbage",
    "a very long one": lambda _d, _f: "a" * 100_000,
}


@pytest.mark.parametrize("forged", FORGED)
@pytest.mark.parametrize("function", SUBSCRIBERS)
def test_a_push_that_is_not_ours_is_refused(
    desk: DeskUnderTest, function: str, forged: str
) -> None:
    """Every fault of a token is the same 401, and nothing is read, changed or published."""
    before = everything(desk)
    desk.counts.reset()

    answer = desk.push(
        function, EVENTS.get(function, {}), token=FORGED[forged](desk, function) or " "
    )

    assert answer.status_code == 401
    assert answer.json["code"] == "push.token_invalid"
    assert everything(desk) == before
    assert desk.counts.reads == 0


@pytest.mark.parametrize("function", SUBSCRIBERS)
def test_a_push_without_the_header_is_refused(desk: DeskUnderTest, function: str) -> None:
    """A browser with an administrator's session is nobody at this door."""
    answer = desk.browser("administrator").send("POST", f"/push/{function}", {})

    assert answer.status_code == 401


@pytest.mark.parametrize("function", SUBSCRIBERS)
def test_the_right_token_comes_in(desk: DeskUnderTest, function: str) -> None:
    """The token that the forgeries differ from by one claim is accepted: the table can fail."""
    answer = desk.push_raw(function, b"garbage", token=token(desk, function))

    assert answer.status_code == 204


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("function", SUBSCRIBERS)
def test_a_push_is_posted(desk: DeskUnderTest, function: str, method: str) -> None:
    """Any other method is 405 with Allow: POST."""
    answer = desk.browser().send(method, f"/push/{function}")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"


def _envelope(data: object, **members: Any) -> bytes:
    message: dict[str, Any] = {"data": data, "messageId": "1", "publishTime": "x"} | members
    return json.dumps({"message": message, "subscription": "s"}).encode()


def _b64(text: bytes) -> str:
    return base64.b64encode(text).decode()


MALFORMED = {
    "nothing": b"",
    "garbage": b"\x00\xff garbage",
    "no object": b"[]",
    "no message": b"{}",
    "a message that is text": b'{"message": "x"}',
    "no data": json.dumps({"message": {"messageId": "1"}}).encode(),
    "no id": json.dumps({"message": {"data": _b64(b"{}")}}).encode(),
    "two ids": _envelope(_b64(b"{}"), message_id="2"),
    "data that is no base64": _envelope("###"),
    "data that is no text": _envelope(_b64(b"\xff\xfe")),
    "data that is no JSON": _envelope(_b64(b"{")),
    "data that is no object": _envelope(_b64(b"[1]")),
    "NaN": _envelope(_b64(b'{"a": NaN}')),
    "deep": b'{"message":' * 50_000,
    "deep data": _envelope(_b64(b"[" * 100_000)),
    "attempt zero": json.dumps(
        {"message": {"data": _b64(b"{}"), "messageId": "1"}, "deliveryAttempt": 0}
    ).encode(),
    "a name with a line break": _envelope(_b64(b"{}"), messageId="1\nseverity: CRITICAL"),
    "too large": b"x" * (envelope.MAX_BODY_BYTES + 1),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=list(MALFORMED))
@pytest.mark.parametrize("function", SUBSCRIBERS)
def test_what_nobody_can_read_is_acknowledged(
    desk: DeskUnderTest, function: str, body: bytes
) -> None:
    """Pub/Sub would repeat it for ever; it is recorded, acknowledged, and changes nothing."""
    before = everything(desk)

    answer = desk.push_raw(function, body)

    assert answer.status_code == 204
    assert everything(desk) == before


ODD: list[tuple[str, Any]] = [
    ("gmail_push", {}),
    ("gmail_push", {"emailAddress": SUPPORT}),
    ("gmail_push", {"emailAddress": "", "historyId": 1}),
    ("gmail_push", {"emailAddress": ["x"], "historyId": 1}),
    ("gmail_push", {"emailAddress": "a" * 5000, "historyId": 1}),
    ("gmail_push", {"emailAddress": "\ud800@example.com", "historyId": 1}),
    ("gmail_push", {"emailAddress": "unknown@example.com", "historyId": "12345"}),
    ("gmail_push", {"emailAddress": SUPPORT, "historyId": True}),
    ("gmail_push", {"emailAddress": SUPPORT, "historyId": -1}),
    ("gmail_push", {"emailAddress": SUPPORT, "historyId": 2**64}),
    ("gmail_push", {"emailAddress": SUPPORT, "historyId": "²"}),
    ("gmail_push", {"emailAddress": SUPPORT, "historyId": "9" * 10_000}),
    ("gmail_push", {"mailbox_id": "mb_" + "0" * 26}),
    ("gmail_push", {"mailbox_id": "__x__"}),
    ("gmail_push", {"mailbox_id": "a/b"}),
    ("create_ticket", {}),
    ("create_ticket", {"mailbox_id": "mb_" + "0" * 26, "gmail_id": "1"}),
    ("create_ticket", {"mailbox_id": "__x__", "gmail_id": "1"}),
    ("create_ticket", {"mailbox_id": 7, "gmail_id": "1"}),
    ("create_ticket", {"mailbox_id": "mb_" + "0" * 26, "gmail_id": "1", "more": 1}),
    ("react", {}),
    ("react", {"id": "e_" + "0" * 26, "entry": "text"}),
    ("react", {"id": "e_" + "0" * 26, "entry": {"action": 7}}),
    ("write_audit", {}),
    ("write_audit", {"id": "e_" + "0" * 26, "entry": "text"}),
]


@pytest.mark.parametrize(("function", "event"), ODD)
def test_an_event_that_makes_no_sense_is_acknowledged(
    desk: DeskUnderTest, function: str, event: dict[str, Any]
) -> None:
    """Unknown mailboxes and nonsense in a signed push are recorded, acknowledged, and change nothing."""
    before = everything(desk)

    answer = desk.push(function, json.dumps(event).encode())

    assert answer.status_code == 204
    assert everything(desk) == before


def test_gmails_own_spelling_is_read(desk: DeskUnderTest) -> None:
    """The address in any case, the history id as text or number, are the same mailbox."""
    for event in (
        {"emailAddress": SUPPORT.upper(), "historyId": "1"},
        {"emailAddress": SUPPORT, "historyId": 1},
    ):
        assert desk.push("gmail_push", event).status_code == 204


@pytest.mark.parametrize("name", ["tickets", "session", "nothing", "../tickets", ""])
def test_only_subscribers_are_pushed_to(desk: DeskUnderTest, name: str) -> None:
    """There is no push door of an HTTP function, nor of one that does not exist."""
    assert desk.browser().send("POST", f"/push/{name}", {}).status_code == 404
