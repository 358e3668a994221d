"""Outlook's winmail.dat (TNEF, [MS-OXTNEF]): its files and its text.

A reader of our own of the few attributes that matter: the libraries for it trust the counts that the
file states, so forty bytes can keep them busy for hours. Here every count is bounded by the bytes that
are there, and nothing nests.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from shared.mail.charsets import decode
from shared.mail.embedded import MAX_EMBEDDED, Embedded

MAX_BYTES = 40 * 1024 * 1024

_SIGNATURE = b"\x78\x9f\x3e\x22"
_MESSAGE, _ATTACHMENT = 1, 2
_BODY, _MESSAGE_PROPERTIES = 0x800C, 0x9003
_RENDER_DATA, _TITLE, _DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_LONG_NAME, _NAME, _DATA_OBJECT, _HTML = 0x3707, 0x3704, 0x3701, 0x1013
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x0A: 4, 0x0B: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8,
          0x48: 16}  # fmt: skip
_VARIABLE = frozenset((0x0D, 0x1E, 0x1F, 0x102))
_MAX_ATTRIBUTES = 5_000
_MAX_PROPERTIES = 2_000


@dataclass(frozen=True, slots=True)
class Tnef:
    """What a winmail.dat holds; all empty where it could not be read."""

    text: str = ""
    html: str = ""
    files: tuple[Embedded, ...] = ()


def read_tnef(data: bytes) -> Tnef:
    """Return the text, HTML and files in a winmail.dat; damage ends the reading, never raises."""
    if not data.startswith(_SIGNATURE) or len(data) > MAX_BYTES:
        return Tnef()
    text = html = ""
    names: list[str] = []
    contents: list[bytes] = []
    position = 6
    for _ in range(_MAX_ATTRIBUTES):
        if position + 9 > len(data):
            break
        level, name, _, length = struct.unpack_from("<BHHI", data, position)
        start, position = position + 9, position + 9 + length + 2
        if level not in (_MESSAGE, _ATTACHMENT) or start + length > len(data):
            break
        if name == _RENDER_DATA:
            if len(names) >= MAX_EMBEDDED:
                break
            names.append("")
            contents.append(b"")
        elif name == _BODY:
            text = decode(data[start : start + length].rstrip(b"\0"))
        elif name == _MESSAGE_PROPERTIES:
            found = _properties(data, start, start + length).get(_HTML, b"")
            html = decode(found.rstrip(b"\0")) if found else html
        elif level == _ATTACHMENT and names:
            if name == _TITLE:
                names[-1] = names[-1] or decode(data[start : start + length].rstrip(b"\0"))
            elif name == _DATA:
                contents[-1] = data[start : start + length]
            elif name == _FILE_PROPERTIES:
                found_properties = _properties(data, start, start + length)
                names[-1] = _file_name(found_properties) or names[-1]
                contents[-1] = contents[-1] or found_properties.get(_DATA_OBJECT, b"")[16:]
    files = tuple(
        Embedded(name, content) for name, content in zip(names, contents, strict=True) if content
    )
    return Tnef(text, html, files)


def _file_name(properties: dict[int, bytes]) -> str:
    value = properties.get(_LONG_NAME) or properties.get(_NAME) or b""
    if value[1::2].count(0) * 2 > len(value) // 2:
        return value.decode("utf-16-le", "replace").rstrip("\0")
    return decode(value.rstrip(b"\0"))


def _properties(data: bytes, position: int, end: int) -> dict[int, bytes]:
    """Return the MAPI properties in data[position:end] by id; those of unknown type end the reading."""
    found: dict[int, bytes] = {}
    try:
        (count,) = struct.unpack_from("<I", data, position)
        position += 4
        for _ in range(min(count, _MAX_PROPERTIES)):
            if position + 4 > end:
                break
            kind, name = struct.unpack_from("<HH", data, position)
            position += 4
            if name >= 0x8000:  # a named property: its name precedes its value
                (is_text,) = struct.unpack_from("<I", data, position + 16)
                (size,) = struct.unpack_from("<I", data, position + 20)
                position += 24 + (_padded(size) if is_text else 0)
            values = 1
            if kind & 0x1000 or kind in _VARIABLE:
                (values,) = struct.unpack_from("<I", data, position)
                position += 4
            for _ in range(min(values, _MAX_PROPERTIES)):
                size = _FIXED.get(kind & 0xFFF, -1)
                if kind & 0xFFF in _VARIABLE:
                    (size,) = struct.unpack_from("<I", data, position)
                    position += 4
                if size < 0 or position + size > end:
                    return found
                found.setdefault(name, data[position : position + size])
                position += _padded(size)
    except struct.error:
        pass
    return found


def _padded(size: int) -> int:
    return (size + 3) & ~3
