"""Encoded words in header fields (RFC 2047), read leniently and in linear time."""

from __future__ import annotations

import binascii

from shared.mail.charsets import decode, is_charset


def decode_words(value: str, hint: str = "") -> str:
    """Return a field's text with its encoded words decoded (RFC 2047), wherever they stand.

    Forgiven: words inside quotes or glued to text, characters split between two words, spaces in Q
    text, missing base64 padding, a language suffix (RFC 2231 section 5), a cut-off last word.
    """
    if "=?" not in value:
        return value
    out: list[str] = []
    pending: list[bytes] = []  # bytes of adjacent words in one charset: a character may span them
    pending_charset = ""
    position = 0
    last_end = value.rfind("?=")
    while True:
        start, word = value.find("=?", position), None
        while start >= 0 and (word := _word_at(value, start)) is None:
            # Past the last terminator at most one cut-off word is read; looking for more would be quadratic.
            start = value.find("=?", start + 2) if start < last_end else -1
        between = value[position:start] if start >= 0 else value[position:]
        if pending and (word is None or between.strip() or word[0] != pending_charset):
            out.append(decode(b"".join(pending), pending_charset, hint))
            pending = []
            if between.strip() or word is None:
                out.append(between)
        elif not pending:
            out.append(between)
        if word is None:
            return "".join(out)
        pending_charset = word[0]
        pending.append(word[1])
        position = word[2]


def _word_at(value: str, start: int) -> tuple[str, bytes, int] | None:
    """Return (charset, bytes, end) of the encoded word at `start`, None where there is none."""
    first = value.find("?", start + 2, start + 80)
    if first < 0 or value[first + 2 : first + 3] != "?":
        return None
    charset = value[start + 2 : first].partition("*")[0].strip().lower()
    encoding = value[first + 1]
    if encoding not in "BbQq" or not charset or " " in charset:
        return None
    end = value.find("?=", first + 3)
    if end < 0:
        if not is_charset(charset) or "=?" in value[first + 3 :]:
            return None
        end = len(value)
    text = value[first + 3 : end]
    data = _base64_word(text) if encoding in "Bb" else _q_word(text)
    return charset, data, end + 2


def _base64_word(text: str) -> bytes:
    plain = text.encode("ascii", "ignore").translate(None, b" \t=?\r\n").replace(b"-", b"+")
    plain = plain.replace(b"_", b"/")
    if len(plain) % 4 == 1:
        plain = plain[:-1]
    try:
        return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4))
    except binascii.Error:
        return text.encode("utf-8", "replace")


def _q_word(text: str) -> bytes:
    return binascii.a2b_qp(text.encode("utf-8", "replace"), header=True)
