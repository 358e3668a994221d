"""Files inside other things: uuencoded in a text, wrapped in an S/MIME signature.

Each reader is bounded and fails closed: what cannot be read stays what it was, a text or a file.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from shared.mail.transfer import uu_line

MAX_EMBEDDED = 100


@dataclass(frozen=True, slots=True)
class Embedded:
    """A file found inside a part: its name as stated and its bytes."""

    name: str
    content: bytes


def split_uuencoded(text: str) -> tuple[str, list[Embedded]]:
    """Return a text without its uuencoded files, and those files.

    A file is "begin MODE NAME", lines whose first character counts their bytes, and "end"; anything
    less is text.
    """
    if "\nend" not in text or not (text.startswith("begin ") or "\nbegin " in text):
        return text, []
    lines = text.split("\n")
    kept: list[str] = []
    found: list[Embedded] = []
    ends = [at for at, line in enumerate(lines) if line.rstrip() == "end"]
    at = 0
    while at < len(lines):
        words = lines[at].split(None, 2)
        while ends and ends[0] <= at:
            ends.pop(0)
        if (
            lines[at].startswith("begin ")
            and len(words) == 3
            and words[1].isdecimal()
            and 3 <= len(words[1]) <= 4
            and ends
            and len(found) < MAX_EMBEDDED
            and _is_uu(lines[at + 1 : min(ends[0], at + 4)])
        ):
            data = b"".join(
                uu_line(line.encode("ascii", "ignore")) for line in lines[at + 1 : ends[0]] if line
            )
            found.append(Embedded(words[2].strip(), data))
            at = ends[0] + 1
            continue
        kept.append(lines[at])
        at += 1
    return "\n".join(kept), found


def _is_uu(lines: list[str]) -> bool:
    """Return whether the first lines have the lengths that their first characters say."""
    for line in lines:
        plain = line.rstrip("\r")
        if not plain.isascii():
            return False
        if plain in ("`", ""):
            continue
        count = (ord(plain[0]) - 32) & 63
        if not 0 <= len(plain) - 1 - (count + 2) // 3 * 4 <= 2 and len(plain) - 1 < count:
            return False
    return bool(lines)


def signed_content(data: bytes) -> bytes:
    """Return what an opaque S/MIME signature signs (RFC 5652 SignedData), b"" where it is not that.

    The signature is not checked: the content is shown as anybody's. The reader walks the definite and
    indefinite lengths of BER without recursion.
    """
    pieces: list[bytes] = []
    stream = io.BytesIO(data)
    inside = False
    for _ in range(10_000):
        header = stream.read(1)
        if not header:
            break
        tag = header[0]
        length = _ber_length(stream)
        if length is None:
            return b""
        if tag == 0x06 and length >= 0:
            oid = stream.read(length)
            if oid == b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01":  # id-data
                inside = True
            elif (inside and pieces) or (oid[:8] != b"\x2a\x86\x48\x86\xf7\x0d\x01\x07" and inside):
                break
            continue
        if tag & 0x20:  # constructed: its members follow
            if inside and pieces and tag in (0xA0, 0xA1, 0x31):
                break  # certificates and signers follow the content
            continue
        if length < 0:
            return b""
        value = stream.read(length)
        if inside and tag in (0x04, 0x80):
            pieces.append(value)
    return b"".join(pieces)


def _ber_length(stream: io.BytesIO) -> int | None:
    """Return a length, -1 for an indefinite one, None where it is unreadable."""
    first = stream.read(1)
    if not first:
        return None
    if first[0] < 0x80:
        return first[0]
    count = first[0] & 0x7F
    if not count:
        return -1
    if count > 4:
        return None
    return int.from_bytes(stream.read(count), "big")
