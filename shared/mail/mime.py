"""The tree of MIME parts of one message (RFC 2045, 2046), read from bytes without copying them.

Our own reader, because the standard library's fails or takes quadratic time on hostile input
(inbound-mail 11.1) and this is the path that every mail takes. Every step here is linear in the size
of the message times the depth of nesting, which is capped.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass

from shared.mail.encoded_words import decode_words
from shared.mail.headers import Headers, read_block
from shared.mail.parameters import parameters
from shared.mail.transfer import from_base64, from_uuencode, is_quoted

MAX_PARTS = 500
MAX_DEPTH = 20

_BARE_TYPES = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "": "text/plain"}
_BOUNDARY_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Part:
    """One part: where it stands, what it says it is, and where its bytes are.

    `path` counts as IMAP does ("1.2" is the second part of the first); the root of a multipart message
    has path "". `raw[start:end]` is the body, still in its transfer encoding.
    """

    path: str
    headers: Headers
    media_type: str
    parameters: dict[str, str]
    disposition: str
    disposition_parameters: dict[str, str]
    raw: bytes
    start: int
    end: int
    children: tuple[Part, ...]

    @property
    def encoded(self) -> bytes:
        """The body as it stands in the message."""
        return self.raw[self.start : self.end]

    @property
    def declared_name(self) -> str:
        """The file name that the part states (RFC 2183, RFC 2231), decoded but not made safe."""
        return decode_words(
            self.disposition_parameters.get("filename")
            or self.parameters.get("name")
            or self.disposition_parameters.get("name")
            or self.parameters.get("filename")
            or "",
        )

    def content(self) -> bytes:
        """Return the body with its transfer encoding undone; damage costs only the damaged bytes."""
        encoding = self.headers.get("content-transfer-encoding").lower()
        if "quoted" in encoding:
            return binascii.a2b_qp(self.encoded)
        if "base64" in encoding:
            return from_base64(self.encoded)
        if "uu" in encoding:
            return from_uuencode(self.encoded)
        if not encoding and self.media_type.startswith("text/") and is_quoted(self.encoded):
            return binascii.a2b_qp(self.encoded)
        return self.encoded


class _Limits:
    """What one message has used of its caps."""

    def __init__(self) -> None:
        self.parts = 0
        self.problems: dict[str, None] = {}


def read_parts(raw: bytes) -> tuple[Part, tuple[str, ...]]:
    """Return the root part of a message and the caps that it met."""
    limits = _Limits()
    start = len(raw) - len(raw.lstrip(b"\r\n")) if raw[:1] in (b"\r", b"\n") else 0
    root = _read(raw, start, len(raw), "", 0, "text/plain", limits)
    return root, tuple(limits.problems)


def find_part(root: Part, path: str) -> Part | None:
    """Return the part with this path."""
    if not root.children:
        return root if path == "1" else None
    part = root
    for step in path.split("."):
        number = int(step) if step.isdecimal() and len(step) < 5 else 0
        if not 1 <= number <= len(part.children):
            return None
        part = part.children[number - 1]
    return part


def _read(
    raw: bytes,
    start: int,
    end: int,
    path: str,
    depth: int,
    default_type: str,
    limits: _Limits,
) -> Part:
    limits.parts += 1
    headers, body, problems = read_block(raw, start, end)
    limits.problems.update(dict.fromkeys(problems))
    stated = headers.get("content-type")
    media_type, params = parameters(stated) if stated else (default_type, {})
    media_type = _media_type(media_type, default_type)
    stated = headers.get("content-disposition")
    disposition, disposition_params = parameters(stated) if stated else ("", {})
    children: tuple[Part, ...] = ()
    if media_type.startswith("multipart/"):
        children = _children(raw, body, end, path, depth, media_type, params, limits)
        if not children:
            media_type = "text/plain" if depth < MAX_DEPTH else "application/octet-stream"
    elif not depth and not stated and raw.startswith(b"--", body):
        # A message that lost its header block but not its parts.
        children = _children(raw, body, end, path, depth, media_type, {}, limits)
        media_type = "multipart/mixed" if children else media_type
    return Part(
        path or ("" if children else "1"),
        headers,
        media_type,
        params,
        disposition,
        disposition_params,
        raw,
        body,
        end,
        children,
    )


def _media_type(stated: str, default: str) -> str:
    if stated.count("/") == 1 and " " not in stated:
        return stated
    word = stated.replace(" ", "").partition(",")[0]
    if word.count("/") == 1 and word[0] != "/":
        return word
    return _BARE_TYPES.get(stated.strip("/ "), "application/octet-stream") if stated else default


def _children(
    raw: bytes,
    start: int,
    end: int,
    path: str,
    depth: int,
    media_type: str,
    params: dict[str, str],
    limits: _Limits,
) -> tuple[Part, ...]:
    if depth >= MAX_DEPTH:
        limits.problems["too_deep"] = None
        return ()
    boundary = params.get("boundary", "").rstrip().encode("utf-8", "surrogateescape")
    spans = _split(raw, start, end, boundary) if boundary else []
    if not spans:
        guessed = _guess_boundary(raw, start, end)
        spans = _split(raw, start, end, guessed) if guessed else []
    default = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
    children: list[Part] = []
    for number, (part_start, part_end) in enumerate(spans, start=1):
        if limits.parts >= MAX_PARTS:
            limits.problems["too_many_parts"] = None
            break
        child_path = f"{path}.{number}" if path else str(number)
        children.append(_read(raw, part_start, part_end, child_path, depth + 1, default, limits))
    return tuple(children)


def _split(raw: bytes, start: int, end: int, boundary: bytes) -> list[tuple[int, int]]:
    """Return the (start, end) of each part between the delimiter lines of a multipart body."""
    delimiter = b"--" + boundary
    spans: list[tuple[int, int]] = []
    part_start = -1
    position = raw.find(delimiter, start, end)
    while position >= 0:
        after = position + len(delimiter)
        if position == start or raw[position - 1] in b"\r\n":
            line_end, next_line = _end_of_line(raw, after, end)
            rest = raw[after:line_end].strip()
            if not rest or rest.startswith(b"--"):
                if part_start >= 0:
                    spans.append((part_start, max(part_start, _before_newline(raw, position))))
                part_start = -1 if rest else next_line
                if rest or len(spans) > MAX_PARTS:
                    return spans
                after = next_line
        position = raw.find(delimiter, max(after - 1, position + 1), end)
    if part_start >= 0:
        spans.append((part_start, end))
    return spans


def _end_of_line(raw: bytes, position: int, end: int) -> tuple[int, int]:
    """Return where the line's text ends and where the next one begins."""
    newline = raw.find(b"\n", position, end)
    carriage = raw.find(b"\r", position, newline if newline >= 0 else min(end, position + 1000))
    if carriage >= 0:
        return carriage, carriage + (2 if raw[carriage + 1 : carriage + 2] == b"\n" else 1)
    return (newline, newline + 1) if newline >= 0 else (end, end)


def _before_newline(raw: bytes, position: int) -> int:
    if raw[position - 2 : position] == b"\r\n":
        return position - 2
    return position - 1 if position and raw[position - 1] in b"\r\n" else position


def _guess_boundary(raw: bytes, start: int, end: int) -> bytes:
    """Return the boundary that a body seems to use: a "--" line with a Content- field below it."""
    position = start if raw.startswith(b"--", start) else raw.find(b"\n--", start, end) + 1
    for _ in range(_BOUNDARY_CANDIDATES):
        if position <= 0 and not raw.startswith(b"--", start):
            return b""
        line_end, next_line = _end_of_line(raw, position, end)
        boundary = raw[position + 2 : line_end].rstrip()
        if 0 < len(boundary) <= 200 and raw[next_line : next_line + 8].lower() == b"content-":
            return boundary
        position = raw.find(b"\n--", max(line_end - 1, position + 1), end) + 1
        if position <= 0:
            return b""
    return b""
