"""Parameters of Content-Type and Content-Disposition (RFC 2045, RFC 2231), read leniently."""

from __future__ import annotations

import binascii

from shared.mail.charsets import decode


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """Return a field such as Content-Type as its lower-case value and its parameters.

    RFC 2231 continuations and charsets are put together; names are lower-case. Forgiven: encoded words
    in quotes, unquoted spaces, a missing semicolon between parameters' quotes, doubled names (the first
    counts).
    """
    pieces = _split_parameters(value)
    kind = pieces[0].strip().lower() if pieces else ""
    plain: dict[str, str] = {}
    extended: dict[str, dict[int, tuple[str, bool]]] = {}
    for piece in pieces[1:]:
        name, equals, text = piece.partition("=")
        name = name.strip().lower()
        if not equals or not name:
            continue
        text = _unquoted(text)
        if "*" in name:
            base, _, rest = name.partition("*")
            section = rest.rstrip("*")
            number = int(section) if section.isdecimal() and len(section) < 4 else 0
            extended.setdefault(base, {}).setdefault(number, (text, name.endswith("*")))
        else:
            plain.setdefault(name, text)
    for base, sections in extended.items():
        plain[base] = _joined(sections)
    return kind, plain


def _split_parameters(value: str) -> list[str]:
    """Split at semicolons outside quotes; a backslash escapes inside them."""
    if '"' not in value:
        return value.split(";")
    pieces, start, position, quoted = [], 0, 0, False
    while position < len(value):
        character = value[position]
        if character == "\\" and quoted:
            position += 1
        elif character == '"':
            quoted = not quoted
        elif character == ";" and not quoted:
            pieces.append(value[start:position])
            start = position + 1
        position += 1
    pieces.append(value[start:])
    return pieces


def _unquoted(text: str) -> str:
    text = text.strip()
    if not text.startswith('"'):
        return text
    out, position = [], 1
    while position < len(text):
        character = text[position]
        if character == '"':
            break
        # Windows paths come with single backslashes: only what RFC 5322 needs to escape is unescaped.
        if character == "\\" and text[position + 1 : position + 2] in ('"', "\\"):
            position += 1
            character = text[position]
        out.append(character)
        position += 1
    return "".join(out)


def _joined(sections: dict[int, tuple[str, bool]]) -> str:
    charset, out = "", bytearray()
    for number in sorted(sections):
        text, is_extended = sections[number]
        if is_extended and number == min(sections):
            charset_and_rest = text.split("'", 2)
            if len(charset_and_rest) == 3:
                charset, _, text = charset_and_rest
        data = text.encode("utf-8", "surrogateescape")
        out += _percent_decoded(data) if is_extended else data
    return decode(bytes(out), charset)


def _percent_decoded(data: bytes) -> bytes:
    first, *rest = data.split(b"%")
    out = [first]
    for piece in rest:
        try:
            out.append(binascii.unhexlify(piece[:2]) + piece[2:])
        except binascii.Error:
            out.append(b"%" + piece)
    return b"".join(out)
