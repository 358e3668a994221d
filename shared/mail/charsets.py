"""Bytes of unknown honesty to text.

Mail lies about its charset: labels are missing, wrong, or name the small standard where the sender's
system used the vendor's superset (gb2312 for GB 18030, ks_c_5601-1987 for code page 949, iso-2022-jp
for Microsoft's extension). The order here: valid UTF-8 wins over any label, then the label's superset,
then a guess, and in the end a replacement character, never an error.
"""

from __future__ import annotations

import codecs

from shared.mail.guess import SAMPLE, guess, mostly_high
from shared.mail.listed import listed

_SUPERSETS = {
    "ansi_x3.4-1968": "cp1252",
    "ascii": "cp1252",
    "big5": "cp950",
    "big5-hkscs": "big5hkscs",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-11": "cp874",
    "iso-8859-8-e": "cp1255",
    "iso-8859-8-i": "cp1255",
    "iso-8859-9": "cp1254",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "ksc5601": "cp949",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "shift-jis": "cp932",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "us-ascii": "cp1252",
    "utf-8mb4": "utf-8",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "x-big5": "cp950",
    "x-euc-jp": "euc-jp",
    "x-euc-kr": "cp949",
    "x-gbk": "gb18030",
    "x-sjis": "cp932",
    "x-windows-949": "cp949",
}
# Labels that say nothing: what has one of them is guessed.
_EMPTY_LABELS = frozenset(
    listed(
        """
        8bit | binary | default | iso | none | unknown | unknown-8bit | us-ascii | ascii
        x-unknown | x-user-defined
        """
    )
)
# Only these are ever handed to a decoder: Python's codec registry also holds zip, rot13 and others.
_TEXT_CODECS = frozenset(
    listed(
        """
        big5 | big5hkscs | cp1250 | cp1251 | cp1252 | cp1253 | cp1254 | cp1255 | cp1256 | cp1257
        cp1258 | cp437 | cp850 | cp852 | cp855 | cp857 | cp858 | cp862 | cp864 | cp866 | cp869
        cp874 | cp932 | cp949 | cp950 | euc_jis_2004 | euc_jp | euc_kr | gb18030 | gb2312 | gbk
        hz | iso2022_jp | iso2022_jp_1 | iso2022_jp_2 | iso2022_jp_3 | iso2022_jp_ext
        iso2022_kr | iso8859-1 | iso8859-10 | iso8859-13 | iso8859-14 | iso8859-15 | iso8859-16
        iso8859-2 | iso8859-3 | iso8859-4 | iso8859-5 | iso8859-6 | iso8859-7 | iso8859-8
        iso8859-9 | johab | koi8-r | koi8-t | koi8-u | mac-cyrillic | mac-greek | mac-latin2
        mac-roman | mac-turkish | ptcp154 | shift_jis | shift_jisx0213 | tis-620 | utf-16
        utf-16-be | utf-16-le | utf-32 | utf-32-be | utf-32-le | utf-7 | utf-8
        """
    )
)
_JAPANESE_ESCAPES = ("iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3", "iso2022_jp_ext")
_STATEFUL = frozenset(
    (
        *_JAPANESE_ESCAPES,
        *("iso2022_kr", "hz", "utf-7", "utf-16", "utf-16-le", "utf-16-be"),
        *("utf-32", "utf-32-le", "utf-32-be"),
    ),
)
_DOUBLE_BYTE = frozenset(("cp932", "cp949", "cp950", "big5hkscs", "euc_jp", "gb18030", "johab"))

_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_codec_of: dict[str, str] = {}
_CODECS_REMEMBERED = 500


def decode(data: bytes, label: str = "", hint: str = "") -> str:
    """Return `data` as text and never fail.

    `label` is what the message declares; `hint` is a label used elsewhere in the same message, tried
    where there is no declaration.
    """
    codec = _codec(label)
    if codec not in _STATEFUL and data.isascii():
        return _escaped_japanese(data) if b"\x1b$" in data else data.decode("ascii")
    if codec in _STATEFUL:
        return _decode_stateful(data, codec)
    text = _as_utf8(data, codec)
    if text is not None:
        return text
    if label.strip().lower() in _EMPTY_LABELS or not codec:
        codec = _codec(hint) or guess(data)
        if codec in _STATEFUL or codec in ("cp1252", "utf-8"):
            codec = guess(data)
    elif codec == "cp1252" and mostly_high(data):
        codec = guess(data)  # a default label on a text in another script
    return _decode_with(data, codec)


def is_charset(label: str) -> bool:
    """Return whether `label` names a charset that can be decoded here."""
    return bool(_codec(label))


def _codec(label: str) -> str:
    """Return the Python codec for a declared label, or "" where it names none."""
    known = _codec_of.get(label)
    if known is None:
        known = _look_up(label)
        if len(_codec_of) < _CODECS_REMEMBERED:  # labels come from strangers: the memory is bounded
            _codec_of[label] = known
    return known


def _look_up(label: str) -> str:
    name = label.strip(" \t\r\n\"'").lower()
    if not name or len(name) > 40 or not name.isascii() or "\0" in name:
        return ""
    superset = _SUPERSETS.get(name)
    if superset:
        return superset
    if name.startswith("windows") and name[-4:].isdigit():
        name = "cp" + name[-4:]
    elif name.startswith("cp-"):
        name = "cp" + name[3:]
    elif name.startswith("utf") and name[-1] == "8":
        return "utf-8"
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    found = _SUPERSETS.get(found, found)
    if found == "iso8859-1":
        return "cp1252"
    return found if found in _TEXT_CODECS else ""


def _as_utf8(data: bytes, declared: str) -> str | None:
    """Return `data` read as UTF-8 where it is that, whatever was declared."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _nearly_utf8(data, tolerance=1.0 if declared == "utf-8" else 0.1)
    if declared in _DOUBLE_BYTE and max(text) < "\u0800":
        # Short texts in a double-byte set can happen to be two-byte UTF-8; the declaration decides then.
        try:
            return data.decode(declared)
        except UnicodeDecodeError:
            return text
    return text


def _nearly_utf8(data: bytes, tolerance: float) -> str | None:
    """Return UTF-8 with some damaged characters, or None where it is something else.

    Text cut at a byte limit or broken by a gateway is still UTF-8; `tolerance` is how many damaged
    characters may stand for a sound one.
    """
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    sound = sum(character > "\x7f" for character in text[:SAMPLE]) - damaged
    return text if sound and damaged <= max(sound * tolerance, 1.0 if sound > 3 else 0.0) else None


def _decode_stateful(data: bytes, codec: str) -> str:
    if codec in _JAPANESE_ESCAPES:
        if data.isascii():
            return _escaped_japanese(data)
        codec = "utf-8" if _is_utf8(data) else guess(data)
    elif codec in ("utf-7", "hz"):
        if not data.isascii():
            codec = "utf-8" if _is_utf8(data) else guess(data)
    elif codec.startswith("utf-") and b"\0" not in data[:200] and data[:2] not in _BOMS:
        codec = "utf-8" if _is_utf8(data) else guess(data)
    text = _decode_with(data, codec)
    # These can spell halves of characters, which nothing behind us could store or send.
    return text.encode("utf-8", "replace").decode("utf-8")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode_with(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except (UnicodeDecodeError, LookupError):
        pass
    if codec == "cp1252":
        return data.decode("cp1252", "replace")
    if codec == "cp950":
        try:
            return data.decode("big5hkscs")
        except UnicodeDecodeError:
            pass
    text = data.decode(codec, "replace")
    if text.count("\ufffd") * 20 > len(text):  # more than 5 % unreadable: the label was a lie
        other = guess(data)
        if other != codec:
            return data.decode(other, "replace")
    return text


def _escaped_japanese(data: bytes) -> str:
    """Return ISO-2022-JP with Microsoft's extensions, which Python lacks, as text.

    Each escape selects a set for the bytes up to the next one; JIS double bytes are shifted into code
    page 932, which holds the vendor's rows (circled digits, Roman numerals, IBM kanji).
    """
    out: list[str] = []
    for number, piece in enumerate(data.split(b"\x1b")):
        if number == 0:
            out.append(piece.decode("ascii", "replace"))
        elif piece[:2] in (b"$@", b"$B"):
            out.append(_jis_to_cp932(piece[2:]).decode("cp932", "replace"))
        elif piece[:3] in (b"$(D", b"$(@", b"$(B", b"$(Q", b"$(O"):
            out.append((b"\x1b" + piece).decode("iso2022_jp_ext", "replace"))
        elif piece[:2] == b"(I":
            out.append(bytes(b | 0x80 for b in piece[2:]).decode("cp932", "replace"))
        elif piece[:1] == b"(":
            out.append(piece[2:].decode("ascii", "replace"))
        else:
            out.append(piece.decode("ascii", "replace"))
    return "".join(out)


def _jis_to_cp932(data: bytes) -> bytes:
    out = bytearray()
    position, end = 0, len(data)
    while position < end:
        high = data[position]
        if not 0x21 <= high <= 0x7E or position + 1 >= end:
            out.append(high if high < 0x80 else 0x3F)
            position += 1
            continue
        low = data[position + 1]
        position += 2
        out.append(((high - 0x21) >> 1) + (0x81 if high < 0x5F else 0xC1))
        if high & 1:
            out.append(low + (0x1F if low < 0x60 else 0x20))
        else:
            out.append((low + 0x7E) & 0xFF)
    return bytes(out)
