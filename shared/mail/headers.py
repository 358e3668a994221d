"""Header fields: cutting a header block, encoded words, parameters, and what may be shown of them.

RFC 5322 section 2.2, RFC 2047 (encoded words), RFC 2231 (parameters), read leniently: what real
senders get wrong is listed beside the rule that forgives it. Every scan is linear.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.mail.charsets import decode

MAX_HEADERS = 500
MAX_HEADER_BYTES = 256 * 1024
MAX_LINE = 64 * 1024

_CHARSET_WITHIN = 100_000
_GUESSABLE = 6

_NAME_CHARACTERS = frozenset(range(33, 127)) - {ord(":")}
# Characters that reorder or hide text around them: never shown from a header (inbound-mail 11.3).
_HIDDEN = dict.fromkeys(
    (
        *(*range(0x20), 0x7F, *range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
        *(0x200B, 0x2028, 0x2029, 0x2060, 0xFEFF),
    ),
) | {9: " ", 10: " ", 13: " ", 11: " ", 12: " "}


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of one header block in their order: (lower-case name, unfolded value) pairs."""

    fields: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        """Return the first value of a field as it stands (encoded words kept), "" where missing."""
        wanted = name.lower()
        for field, value in self.fields:
            if field == wanted:
                return value
        return ""

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field, top down."""
        wanted = name.lower()
        return tuple(value for field, value in self.fields if field == wanted)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.fields)

    def __contains__(self, name: str) -> bool:
        wanted = name.lower()
        return any(field == wanted for field, _ in self.fields)


def read_block(raw: bytes, start: int, end: int) -> tuple[Headers, int, tuple[str, ...]]:
    """Return the header fields from `start`, where the body begins, and the caps that were met.

    A line that is no field ends the block only where no field follows it: senders fold without
    indenting. The block is read only as far as the caps allow; the body is still found.
    """
    limit = min(end, start + MAX_HEADER_BYTES)
    problems: list[str] = []
    lines, body = _lines_of_block(raw, start, end, limit)
    if body - start > MAX_HEADER_BYTES:
        problems.append("headers_too_large")
    fields: list[tuple[str, list[bytes]]] = []
    for number, line in enumerate(lines):
        if line[:1] in (b" ", b"\t"):
            if fields:
                fields[-1][1].append(line)
            continue
        name = _field_name(line)
        if name:
            if len(fields) >= MAX_HEADERS:
                problems.append("too_many_headers")
                break
            fields.append((name, [line[line.index(b":") + 1 :]]))
        elif number == 0 and line.startswith((b"From ", b">From ")):
            continue  # the envelope line of an mbox file
        elif fields:
            fields[-1][1].append(b" " + line)
    out: list[tuple[str, str]] = []
    for name, pieces in fields:
        value = b"".join(pieces) if len(pieces) > 1 else pieces[0]
        if len(value) > MAX_LINE:
            value = value[:MAX_LINE]
            problems.append("header_too_long")
        out.append(
            (name, value.decode("ascii").strip() if value.isascii() else _eight_bit(value, raw))
        )
    return Headers(tuple(out)), body, tuple(dict.fromkeys(problems))


def _lines_of_block(raw: bytes, start: int, end: int, limit: int) -> tuple[list[bytes], int]:
    """Return the lines up to the blank one (at most up to `limit`) and where the body begins."""
    stop, body = _blank_line(raw, start, end)
    block = raw[start : min(stop, limit)]
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = block.split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines):
        if line[:1] in (b" ", b"\t") or _field_name(line):
            continue
        if number == 0 and line.startswith((b"From ", b">From ")):
            continue
        if any(_field_name(later) for later in lines[number + 1 : number + 4]) and number:
            continue
        consumed = _offset_of_line(raw, start, number)
        return lines[:number], consumed
    return lines, body


def _blank_line(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Return where the header block stops and where the body begins."""
    if raw[start : start + 2] == b"\r\n":
        return start, start + 2
    if raw[start : start + 1] == b"\n":
        return start, start + 1
    best = (end, end)
    for blank in (b"\n\n", b"\n\r\n", b"\r\r"):
        found = raw.find(blank, start, min(end, best[0] + 2))
        if 0 <= found < best[0]:
            best = (found + 1, found + len(blank))
    return best


def _offset_of_line(raw: bytes, start: int, number: int) -> int:
    position = start
    for _ in range(number):
        newline, carriage = raw.find(b"\n", position), raw.find(b"\r", position)
        if newline < 0 and carriage < 0:
            return len(raw)
        bare_carriage = carriage >= 0 and (newline < 0 or carriage < newline - 1)
        position = (carriage if bare_carriage else newline) + 1
    return position


def _field_name(line: bytes) -> str:
    """Return the lower-case field name of a line, "" where it is no field. "Subject :" counts."""
    colon = line.find(b":", 0, 200)
    if colon < 1:
        return ""
    name = line[:colon].rstrip(b" \t")
    if not name or not _NAME_CHARACTERS.issuperset(name):
        return ""
    return name.decode("ascii").lower()


def _eight_bit(value: bytes, raw: bytes) -> str:
    """Return a value with raw 8-bit bytes as text (RFC 6532 and its unlawful neighbours).

    UTF-8 where it is that; else the first charset that the message declares anywhere, because one
    program wrote both; else a guess from the stretch that is not ASCII.
    """
    declared = declared_charset(raw[:_CHARSET_WITHIN])
    if declared:
        return decode(value, "", declared).strip()
    first = next(at for at, byte in enumerate(value) if byte >= 0x80)
    last = len(value) - next(at for at, byte in enumerate(reversed(value)) if byte >= 0x80)
    stretch = value[first : last + (0x40 <= value[last] <= 0x7E if last < len(value) else 0)]
    dense = sum(byte >= 0x80 for byte in stretch) * 5 >= len(stretch) * 3
    if len(stretch) < _GUESSABLE or not dense:
        return decode(value).strip()
    head, tail = value[:first].decode("ascii"), value[first + len(stretch) :].decode("ascii")
    return f"{head}{decode(stretch)}{tail}".strip()


def declared_charset(data: bytes) -> str:
    """Return the first charset that bytes declare ("charset=..."), "" where they declare none."""
    at = data.find(b"charset=")
    if at < 0:
        at = data.lower().find(b"charset=")
    if at < 0:
        return ""
    value = data[at + 8 : at + 60].lstrip(b"\"' \t")
    end = next((n for n, byte in enumerate(value) if byte in b"\"'; \t\r\n>/"), len(value))
    return value[:end].decode("ascii", "ignore")


def shown(value: str, limit: int = 1000) -> str:
    """Return text fit to be shown in one line: NFC, no controls, no bidirectional overrides."""
    if not (value.isascii() and value.isprintable()):
        value = unicodedata.normalize("NFC", value[: limit * 4]).translate(_HIDDEN)
    return value.strip()[:limit]


def message_ids(values: Iterable[str], limit: int = 200) -> tuple[str, ...]:
    """Return the distinct message ids, with angle brackets, of References-like fields in their order.

    Ids without brackets, which some senders write, are read where they hold an @; at most `limit`.
    """
    found: dict[str, None] = {}
    for value in values:
        bracketed = "<" in value
        for piece in value.replace("<", " <").replace(">", "> ").replace(",", " ").split():
            bare = piece.strip("<>\"'")
            if not bare or len(bare) > 998 or "<" in bare:
                continue
            if piece[0] == "<" if bracketed else "@" in bare:
                found.setdefault(f"<{bare}>")
                if len(found) >= limit:
                    return tuple(found)
    return tuple(found)
