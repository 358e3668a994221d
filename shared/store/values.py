"""Values of documents: what is allowed, how much it weighs, and its JSON text.

The rules and the size formula are Firestore's
(https://firebase.google.com/docs/firestore/storage-size, .../quotas), so that a document that a laptop
takes is one that the cloud takes. JSON has no times and no bytes: they are written as a mapping with one
member, `{"$time": "2026-01-31T08:00:00+00:00"}` and `{"$bytes": "AAEC"}`; a member's name that begins
with `$` by itself gets another `$` in front.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from shared.store.contract import MAX_DOCUMENT_BYTES, Data, ServerTime, TooBig, Value

_MAX_NAME_BYTES: Final = 1_500
_MAX_VALUE_BYTES: Final = MAX_DOCUMENT_BYTES - 89
_MAX_DEPTH: Final = 20
_MAX_INDEX_ENTRIES: Final = 40_000
_INT64: Final = range(-(2**63), 2**63)
_PLAIN: Final = frozenset({str, int, float, bool, type(None), datetime, bytes})


class Checked:
    """Data that a document may hold, and what was learned by looking through it once.

    Raises ValueError or TypeError for what no document may hold, naming the field, never its value.
    """

    __slots__ = ("bytes", "data", "has_dollar", "has_server_time", "index_entries")

    def __init__(self, data: Data) -> None:
        self.data = data
        self.has_dollar = False
        self.has_server_time = False
        self.index_entries = (
            0  # Firestore's: an ascending and a descending one a field, one an element
        )
        self.bytes = self._map_bytes(data, 1)  # without the document's own name

    def resolved(self, moment: datetime | None) -> Data:
        """Return the data with `moment` in the place of each SERVER_TIME."""
        if not self.has_server_time or moment is None:
            return self.data
        return _replaced(self.data, moment)

    def _map_bytes(self, members: Mapping[str, Value], depth: int) -> int:
        if depth > _MAX_DEPTH:
            raise ValueError(f"values are nested deeper than {_MAX_DEPTH} levels")
        total = 32
        self.index_entries += 2 * len(members)
        for name, value in members.items():
            total += check_name(name) + self._value_bytes(name, value, depth)
            if name[0] == "$":
                self.has_dollar = True
        return total

    def _value_bytes(self, name: str, value: Value, depth: int) -> int:
        match value:
            case str():
                return _bounded(name, len(value) if value.isascii() else len(_utf8(value))) + 1
            case None | bool():
                return 1
            case int():
                if value not in _INT64:
                    raise ValueError(f"{name}: an integer has at most 64 bits")
                return 8
            case float():
                if not math.isfinite(value):
                    raise ValueError(f"{name}: a float is finite")
                return 8
            case datetime():
                if value.tzinfo is None:
                    raise ValueError(f"{name}: a time needs its offset from UTC")
                return 8
            case bytes():
                return _bounded(name, len(value))
            case ServerTime():
                self.has_server_time = True
                return 8
            case Mapping():
                return self._map_bytes(value, depth + 1)
            case Sequence() if not isinstance(value, (bytearray, memoryview)):
                return self._list_bytes(name, value, depth + 1)
        raise TypeError(f"{name}: no document holds a {type(value).__name__}")

    def _list_bytes(self, name: str, elements: Sequence[Value], depth: int) -> int:
        if depth > _MAX_DEPTH:
            raise ValueError(f"values are nested deeper than {_MAX_DEPTH} levels")
        total = 0
        self.index_entries += len(elements)
        for element in elements:
            if isinstance(element, ServerTime):
                raise TypeError(f"{name}: SERVER_TIME cannot stand in a list")
            if isinstance(element, Sequence) and not isinstance(element, (str, bytes)):
                raise TypeError(f"{name}: a list cannot hold a list")
            total += self._value_bytes(name, element, depth)
        return total


def check_key(*names: str) -> None:
    """Raise ValueError unless Firestore takes the names of collections and documents."""
    for name in names:
        if "/" in name or name in {"", ".", ".."}:
            raise ValueError("a collection and an id are not empty and hold no slash")
        check_name(name)


def check_size(collection: str, id: str, checked: Checked) -> None:
    """Raise TooBig where the document is over 1 MiB or 40,000 index entries, counted as Firestore counts."""
    if checked.index_entries > _MAX_INDEX_ENTRIES:
        raise TooBig(f"a document of {collection!r} has over {_MAX_INDEX_ENTRIES} index entries")
    name_bytes = len(_utf8(collection)) + 1 + len(_utf8(id)) + 1 + 16
    if name_bytes + checked.bytes > MAX_DOCUMENT_BYTES:
        raise TooBig(f"a document of {collection!r} is over {MAX_DOCUMENT_BYTES} bytes")


def to_json(data: Any) -> str:
    """Return checked data without SERVER_TIME as JSON text."""
    return _encode(data)


def escaped(data: Data) -> Data:
    """Return the data as `to_json` needs it where a name begins with `$` (see the module)."""
    return {_escaped_name(name): _escaped_value(value) for name, value in data.items()}


def from_json(text: str) -> Any:
    """Return what `to_json` wrote; raises ValueError for anything else."""
    return (_decode_escaped if '"$$' in text else _decode)(text)


@lru_cache(maxsize=4_096)
def check_name(name: str) -> int:
    """Return the bytes that a field's name takes; raises ValueError or TypeError where it is none."""
    if not isinstance(name, str):
        raise TypeError("a name is a str")
    size = len(name) if name.isascii() else len(_utf8(name))
    if not 0 < size <= _MAX_NAME_BYTES:
        raise ValueError(f"a name has 1 to {_MAX_NAME_BYTES} bytes")
    if name.startswith("__") and name.endswith("__"):
        raise ValueError("names that begin and end with __ are Firestore's own")
    return size + 1


def _bounded(name: str, size: int) -> int:
    if size > _MAX_VALUE_BYTES:
        raise TooBig(f"{name}: one value is over {_MAX_VALUE_BYTES} bytes")
    return size


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise ValueError("a text holds half of a surrogate pair") from None


def _replaced(data: Mapping[str, Value], moment: datetime) -> dict[str, Value]:
    def one(value: Value) -> Value:
        if type(value) in _PLAIN:  # most values, soonest told
            return value
        if isinstance(value, ServerTime):
            return moment
        if isinstance(value, Mapping):
            return _replaced(value, moment)
        if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
            return [one(element) for element in value]
        return value

    return {name: one(value) for name, value in data.items()}


def _escaped_name(name: str) -> str:
    return f"${name}" if name.startswith("$") else name


def _escaped_value(value: Value) -> Value:
    if isinstance(value, Mapping):
        return escaped(value)
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [_escaped_value(element) for element in value]
    return value


def _tagged(value: object) -> object:
    """Return what JSON can hold in the place of a value that it cannot."""
    match value:
        case datetime():
            return {"$time": value.astimezone(UTC).isoformat()}
        case bytes():
            return {"$bytes": base64.b64encode(value).decode()}
        case Mapping():
            return dict(value)
        case Sequence():
            return list(value)
    raise TypeError(f"no document holds a {type(value).__name__}")


def _untagged(members: dict[str, Any]) -> Any:
    if len(members) == 1:
        if "$time" in members:
            return datetime.fromisoformat(members["$time"])
        if "$bytes" in members:
            return base64.b64decode(members["$bytes"], validate=True)
    return members


def _untagged_and_unescaped(members: dict[str, Any]) -> Any:
    value = _untagged(members)
    if value is not members:
        return value
    return {name.removeprefix("$"): value for name, value in members.items()}


_encode: Final[Callable[[object], str]] = json.JSONEncoder(
    default=_tagged,
    ensure_ascii=False,
    allow_nan=False,
    check_circular=False,  # `Checked` bounds the depth
    separators=(",", ":"),
).encode
_decode: Final[Callable[[str], Any]] = json.JSONDecoder(object_hook=_untagged).decode
_decode_escaped: Final[Callable[[str], Any]] = json.JSONDecoder(
    object_hook=_untagged_and_unescaped
).decode
