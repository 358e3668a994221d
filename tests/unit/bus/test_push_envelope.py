"""Reading the envelope of a push: what Google sends is taken, anything odd is one error."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bus.envelope import MAX_BODY_BYTES, Received, encode, read, write
from shared.errors import Invalid

EVENT = {"emailAddress": "support@example.com", "historyId": 18446744073709551615, "?": "~~??>>"}
DATA = base64.b64encode(json.dumps(EVENT).encode()).decode()
MESSAGE = {"data": DATA, "messageId": "136969346945"}
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def body_of(message: object = MESSAGE, **members: object) -> bytes:
    """Return an envelope with this message and these members beside it."""
    return json.dumps({"message": message, **members}).encode()


@pytest.mark.parametrize(
    "message",
    [
        MESSAGE,
        {"data": DATA, "message_id": "136969346945"},
        {**MESSAGE, "message_id": "136969346945", "publishTime": "2026-01-05T09:00:00Z"},
        {**MESSAGE, "attributes": {"a": "b"}, "orderingKey": "k", "something": "new"},
        {**MESSAGE, "data": DATA.rstrip("=")},
        {**MESSAGE, "data": DATA.translate(str.maketrans("+/", "-_"))},
        {**MESSAGE, "data": DATA.translate(str.maketrans("+/", "-_")).rstrip("=")},
    ],
    ids=["camel", "snake", "both", "more", "unpadded", "url-safe", "url-safe and unpadded"],
)
def test_each_way_in_which_google_writes_an_envelope_is_read(message: Mapping[str, object]) -> None:
    """Spelling, padding and alphabet differ between Google's pages, libraries and emulators."""
    received = read(
        body_of(message, subscription="projects/p/subscriptions/create-ticket", deliveryAttempt=3)
    )

    assert received == Received(EVENT, "136969346945", 3, "create-ticket")


def test_an_attempt_that_is_not_counted_is_the_first() -> None:
    """Without a dead-letter policy Pub/Sub sends no count."""
    received = read(body_of())

    assert (received.attempt, received.subscription) == (1, "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b"{}",
        b'{"message": NaN}',
        b"[" * 100_000,
        b'{"message": ' * 50_000,
        b'{"message": {"data": "e30=", "messageId": "1"}, "n": ' + b"9" * 5000 + b"}",
        body_of(None),
        body_of([]),
        body_of("message"),
        body_of({}),
        body_of({"messageId": "1"}),
        body_of({"data": DATA}),
        body_of({**MESSAGE, "data": None}),
        body_of({**MESSAGE, "data": 1}),
        body_of({**MESSAGE, "data": ""}),
        body_of({**MESSAGE, "data": "e30"[:1]}),
        body_of({**MESSAGE, "data": "e3\n0="}),
        body_of({**MESSAGE, "data": "é30="}),
        body_of({**MESSAGE, "data": base64.b64encode(b"[]").decode()}),
        body_of({**MESSAGE, "data": base64.b64encode(b"\xff").decode()}),
        body_of({**MESSAGE, "data": base64.b64encode(b'{"a":Infinity}').decode()}),
        body_of({**MESSAGE, "data": base64.b64encode(b"[" * 100_000).decode()}),
        body_of({**MESSAGE, "messageId": 1}),
        body_of({**MESSAGE, "messageId": ""}),
        body_of({**MESSAGE, "messageId": "1\n2"}),
        body_of({**MESSAGE, "messageId": ["1"]}),
        body_of({**MESSAGE, "messageId": "1" * 513}),
        body_of({**MESSAGE, "message_id": "another"}),
        body_of(deliveryAttempt="1"),
        body_of(deliveryAttempt=True),
        body_of(deliveryAttempt=0),
        body_of(deliveryAttempt=1.5),
        body_of(subscription=1),
        body_of(subscription="a\u202eb"),
        b" " * MAX_BODY_BYTES + body_of(),
    ],
    ids=range(40),
)
def test_anything_odd_is_one_error(body: bytes) -> None:
    """Whoever sends garbage learns nothing but that, and nothing is done."""
    with pytest.raises(Invalid) as caught:
        read(body)

    assert caught.value.code == "push.malformed"
    assert caught.value.params == {}


@given(st.binary(max_size=200) | JSON_VALUES.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    """Whatever comes in, it is read or refused."""
    with contextlib.suppress(Invalid):
        read(body)


@given(JSON_VALUES)
def test_no_message_breaks_the_reader(message: object) -> None:
    """Also inside of a well-formed frame nothing but Invalid is raised."""
    with contextlib.suppress(Invalid):
        read(body_of(message))


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=4), st.integers(1, 100))
def test_what_is_written_is_read(event: dict[str, object], attempt: int) -> None:
    """Every event that may be published comes out of the envelope as it went in."""
    try:
        data = encode(event)
    except ValueError:  # a lone surrogate is no UTF-8
        return

    body = write(data, "1", datetime(2026, 1, 5, tzinfo=UTC), "projects/p/subscriptions/s", attempt)

    assert read(body) == Received(event, "1", attempt, "s")
