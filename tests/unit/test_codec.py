"""Reading and writing JSON and documents, strictly."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import codec
from shared.codec import LEFT_OUT, LeftOut
from shared.errors import Invalid


class Colour(StrEnum):
    """A closed set."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Inner:
    """A nested member."""

    size: int


@dataclass(frozen=True, slots=True)
class Outer:
    """One member of each kind."""

    name: str
    colour: Colour
    inner: Inner
    sizes: tuple[int, ...] = ()
    tags: frozenset[str] = frozenset()
    counts: Mapping[str, int] | None = None
    at: datetime | None = None
    way: Literal["in", "out"] = "in"
    ratio: float = 1.0
    flag: bool = False

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("name")


SMALLEST: dict[str, Any] = {"name": "a", "colour": "red", "inner": {"size": 1}}


def test_a_dataclass_comes_back_as_it_went() -> None:
    """To JSON and back, and to a document and back, is the same value."""
    value = Outer(
        name="a",
        colour=Colour.BLUE,
        inner=Inner(3),
        sizes=(1, 2),
        tags=frozenset({"y", "x"}),
        counts={"one": 1},
        at=datetime(2026, 1, 5, 9, 0, 0, 123_000, tzinfo=UTC),
        way="out",
        ratio=0.5,
        flag=True,
    )

    assert codec.decode(Outer, codec.to_json(value)) == value
    assert codec.from_document(Outer, codec.to_document(value)) == value
    assert codec.to_json(value)["at"] == "2026-01-05T09:00:00.123Z"
    assert codec.to_json(value)["tags"] == ["x", "y"]
    assert codec.to_document(value)["at"] is value.at


@pytest.mark.parametrize(
    ("changes", "code", "member"),
    [
        ({"nmae": 1}, "request.unknown_member", "nmae"),
        ({"inner": {"size": 1, "x": 1}}, "request.unknown_member", "inner.x"),
        ({"inner": {}}, "request.missing_member", "inner.size"),
        ({"inner": []}, "request.wrong_type", "inner"),
        ({"inner": {"size": "1"}}, "request.wrong_type", "inner.size"),
        ({"inner": {"size": True}}, "request.wrong_type", "inner.size"),
        ({"inner": {"size": 1.0}}, "request.wrong_type", "inner.size"),
        ({"name": None}, "request.wrong_type", "name"),
        ({"name": ""}, "request.invalid_member", "name"),
        ({"colour": "green"}, "request.not_one_of", "colour"),
        ({"colour": []}, "request.not_one_of", "colour"),
        ({"way": "up"}, "request.not_one_of", "way"),
        ({"way": []}, "request.not_one_of", "way"),
        ({"sizes": [1, "2"]}, "request.wrong_type", "sizes[1]"),
        ({"sizes": "12"}, "request.wrong_type", "sizes"),
        ({"sizes": {"0": 1}}, "request.wrong_type", "sizes"),
        ({"counts": {"a": "b"}}, "request.wrong_type", "counts.a"),
        ({"counts": [1]}, "request.wrong_type", "counts"),
        ({"at": "yesterday"}, "request.wrong_type", "at"),
        ({"at": "2026-01-05T09:00:00"}, "request.wrong_type", "at"),
        ({"at": 7}, "request.wrong_type", "at"),
        ({"ratio": "1"}, "request.wrong_type", "ratio"),
        ({"ratio": True}, "request.wrong_type", "ratio"),
        ({"flag": 1}, "request.wrong_type", "flag"),
        ({"flag": "true"}, "request.wrong_type", "flag"),
    ],
)
def test_what_does_not_fit_is_named(changes: dict[str, Any], code: str, member: str) -> None:
    """Each fault is Invalid with its code and the path of the member."""
    with pytest.raises(Invalid) as caught:
        codec.decode(Outer, SMALLEST | changes)

    assert (caught.value.code, caught.value.params["member"]) == (code, member)


def test_a_whole_number_is_a_float() -> None:
    """JSON writes 1 for 1.0."""
    assert codec.decode(Outer, SMALLEST | {"ratio": 2}).ratio == 2.0


def test_a_time_with_an_offset_is_read_as_utc() -> None:
    """Any RFC 3339 time names its moment."""
    read = codec.decode(Outer, SMALLEST | {"at": "2026-01-05T12:00:00+03:00"})

    assert read.at == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert read.at is not None
    assert read.at.utcoffset() == timedelta(0)
    other = timezone(timedelta(hours=3))
    assert codec.to_json(datetime(2026, 1, 5, 12, tzinfo=other)) == "2026-01-05T09:00:00.000Z"


def test_a_document_of_a_newer_version_is_read() -> None:
    """A rolled back function passes over members that it does not know; a request may not have any."""
    document = SMALLEST | {"added_later": 1}

    assert codec.from_document(Outer, document).name == "a"
    with pytest.raises(Invalid):
        codec.decode(Outer, document)


def test_a_long_unknown_member_is_cut() -> None:
    """An answer does not repeat a megabyte."""
    with pytest.raises(Invalid) as caught:
        codec.decode(Inner, {"x" * 10_000: 1})

    assert caught.value.params["member"] == "x" * 100


# JSON text


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b'{"a":1,"a":1}',
        b'{"b":{"a":1,"a":2}}',
        b"[" * 100_000,
        b'"\xff"',
        b"\xef\xbb\xbf{}",
        b"1" * 5_000,
        b"{} {}",
        b"'a'",
        b"[1,]",
    ],
    ids=lambda text: repr(text[:16]),
)
def test_what_is_no_json_is_refused(text: bytes) -> None:
    """One error for all of it, without a word of the text."""
    with pytest.raises(Invalid) as caught:
        codec.read_json(text)

    assert caught.value.code == "request.malformed_json"
    assert caught.value.params == {}


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)  # fmt: skip


@given(JSON_VALUES)
def test_json_of_every_kind_is_read(value: Any) -> None:
    """What json.dumps writes is read back."""
    assert codec.read_json(json.dumps(value).encode()) == value


@given(JSON_VALUES)
def test_no_json_breaks_the_decoder(value: Any) -> None:
    """Whatever stands in a body, the answer is a value or Invalid."""
    with contextlib.suppress(Invalid):
        assert isinstance(codec.decode(Outer, value), Outer)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A change in which null means something."""

    assignee: str | LeftOut | None = LEFT_OUT


def test_null_is_not_the_same_as_left_out() -> None:
    """A change may take away, set, or say nothing; and nobody can send what says nothing."""
    read = [
        codec.decode(Leaving, body).assignee for body in ({"assignee": None}, {"assignee": "u"}, {})
    ]

    assert read == [None, "u", LEFT_OUT]
    assert codec.decode(Leaving, {"assignee": "left out"}).assignee == "left out"
    with pytest.raises(Invalid, match=r"request\.wrong_type"):
        codec.decode(Leaving, {"assignee": 7})
