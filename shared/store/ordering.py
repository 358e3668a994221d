"""Firestore's order of values, as bytes: `sort_key(a) < sort_key(b)` exactly where a sorts before b.

Null, booleans, numbers, times, texts (by UTF-8), bytes, lists, maps, in this order
(https://firebase.google.com/docs/firestore/manage-data/data-types#value_type_ordering). No key is the
beginning of another value's key, so keys may be strung together, and each byte may be inverted to sort
the other way round.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.store.contract import Value

_NULL: Final = b"\x01"
_BOOLEAN: Final = b"\x02"
_NUMBER: Final = b"\x03"
_TIME: Final = b"\x04"
_TEXT: Final = b"\x05"
_BYTES: Final = b"\x06"
_LIST: Final = b"\x07"
_MAP: Final = b"\x08"
_END: Final = b"\x00"

_EPOCH: Final = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_INVERSION: Final = bytes(255 - byte for byte in range(256))


def sort_key(value: Value) -> bytes:
    """Return the bytes that stand for the place of `value` among all values."""
    match value:
        case str():
            return _TEXT + _terminated(value.encode())
        case None:
            return _NULL
        case bool():
            return _BOOLEAN + (b"\x01" if value else b"\x00")
        case datetime():
            return _TIME + ((value - _EPOCH) // _MICROSECOND).to_bytes(8)
        case int() | float():
            return _NUMBER + _number(value)
        case bytes():
            return _BYTES + _terminated(value)
        case Mapping():
            members = (_terminated(name.encode()) + sort_key(value[name]) for name in _names(value))
            return _MAP + b"".join(b"\x01" + member for member in members) + _END
        case Sequence():
            return _LIST + b"".join(map(sort_key, value)) + _END
    raise TypeError(f"a {type(value).__name__} has no place in the order")


def name_key(name: str) -> bytes:
    """Return the bytes that stand for the place of a document's id among all ids."""
    return _terminated(name.encode())


def kind_key(key: bytes) -> bytes:
    """Return the prefix that all keys of the same type share; inequality stays inside of it."""
    return key[:1]


def inverted(key: bytes) -> bytes:
    """Return the key that sorts the other way round."""
    return key.translate(_INVERSION)


def after(prefix: bytes) -> bytes:
    """Return the least key that is greater than every key that begins with `prefix`."""
    prefix = prefix.rstrip(b"\xff")
    return prefix[:-1] + bytes([prefix[-1] + 1]) if prefix else b"\xff" * 8


def _terminated(content: bytes) -> bytes:
    return content.replace(b"\x00", b"\x00\xff") + _END


def _number(value: float) -> bytes:
    """Order integers and floats together, exactly: the nearest float, then what it missed."""
    nearest = float(value)
    missed = value - int(nearest) if isinstance(value, int) else 0
    bits: int = struct.unpack(">Q", struct.pack(">d", nearest + 0.0))[0]  # + 0.0: no negative zero
    bits = bits ^ 0xFFFF_FFFF_FFFF_FFFF if bits >> 63 else bits | 1 << 63
    return struct.pack(">QH", bits, missed + 0x8000)


def _names(members: Mapping[str, Value]) -> list[str]:
    return sorted(members, key=str.encode)
