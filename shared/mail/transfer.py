"""Transfer encodings of parts (RFC 2045 section 6), undone; damage costs only the damaged bytes."""

from __future__ import annotations

import binascii

_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n\t -_")

_HEX = frozenset(b"0123456789ABCDEF")


def from_base64(data: bytes) -> bytes:
    """Return the bytes that base64 stands for; plain text under a wrong label comes back as it is."""
    first_line = data[:200].lstrip().partition(b"\n")[0].strip()
    if not _BASE64.issuperset(first_line) or (b" " in first_line and len(first_line.split()) > 2):
        return data  # plain text under a wrong label
    out: list[bytes] = []
    for piece in _padded_pieces(data):
        if b"-" in piece or b"_" in piece:
            piece = piece.replace(b"-", b"+").replace(b"_", b"/")  # noqa: PLW2901
        try:
            out.append(binascii.a2b_base64(piece))
        except binascii.Error:
            kept = piece.translate(None, b" \t\r\n=")
            kept = bytes(byte for byte in kept if byte in _BASE64)
            kept = kept[: len(kept) - (len(kept) % 4 == 1)]
            out.append(binascii.a2b_base64(kept + b"=" * (-len(kept) % 4)))
    return b"".join(out)


def is_quoted(data: bytes) -> bool:
    """Return whether a text without a declared encoding is quoted-printable throughout.

    It must have soft line breaks and codes, and no "=" that is neither.
    """
    if b"=\n" not in data and b"=\r\n" not in data:
        return False
    pieces = data.split(b"=")[1:]
    codes = 0
    for piece in pieces:
        if piece[:1] in (b"\n", b"\r"):
            continue
        if len(piece) < 2 or not _HEX.issuperset(piece[:2]):
            return False
        codes += 1
    return codes > 0


def _padded_pieces(data: bytes) -> list[bytes]:
    """Cut base64 behind padding: several blocks may follow each other, the decoder stops at one."""
    padding = data.find(b"=")
    if padding < 0 or not data[padding:].strip(b"= \t\r\n"):
        return [data]
    pieces, position = [], 0
    while padding >= 0:
        stop = padding
        while data[stop : stop + 1] == b"=":
            stop += 1
        pieces.append(data[position:stop])
        rest_line = data[stop : stop + 200].lstrip().partition(b"\n")[0].strip()
        if not rest_line or not _BASE64.issuperset(rest_line) or len(rest_line) % 4:
            return pieces  # what follows is no base64: a footer that a list added
        position = stop
        padding = data.find(b"=", stop)
    pieces.append(data[position:])
    return pieces


def from_uuencode(data: bytes) -> bytes:
    """Return the bytes of the first uuencoded file; data without one comes back as it is."""
    out: list[bytes] = []
    started = False
    for line in data.splitlines():
        if not started:
            started = line.startswith(b"begin ")
            continue
        if line.strip() in (b"end", b"`", b""):
            break
        out.append(uu_line(line))
    return b"".join(out) if started else data


def uu_line(line: bytes) -> bytes:
    """Return the bytes of one uuencoded line; a line with a wrong length is cut to what it holds."""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        count = ((line[0] - 32) & 63) * 4 // 3 + 5 if line else 0
        try:
            return binascii.a2b_uu(line[: max(count, 1)])
        except binascii.Error:
            return b""
