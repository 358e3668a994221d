"""The charset of 8-bit text that says none, or lies: which reading looks like a language."""

from __future__ import annotations

from collections import Counter

# The commonest letters of a language that is written in the charset, in that charset: text in it uses
# them for about half of its letters, text in another charset does so only by accident.
_COMMON_LETTERS = {
    "cp1251": "оеаинтсрвлкмдпуя",
    "koi8-r": "оеаинтсрвлкмдпуя",
    "cp866": "оеаинтсрвлкмдпуя",
    "cp1256": "اليمنوترةبعدسفهك",
    "iso8859-6": "اليمنوترةبعدسفهك",
    "cp1255": "יוהלאתשרמבנםחדעפ",
    "cp1253": "αοιετσνηυρπκμλςίάόέή",
    "cp874": "านรอกเงมยลวดทสตะปบคหแจพชขใไโ่้ีัิืุู็์",
}

_COMMON_BYTES = {
    codec: frozenset(letters.encode(codec)) for codec, letters in _COMMON_LETTERS.items()
}

SAMPLE = 20_000

_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def guess(data: bytes) -> str:
    """Return the likeliest codec of 8-bit text without a usable label.

    Few high bytes among many Latin letters are accents (cp1252); runs of them are another script, told
    apart by which reading uses that script's everyday letters.
    """
    sample = data[:SAMPLE]
    high = sum(byte >= 0x80 for byte in sample)
    letters = sum(byte in _LETTERS for byte in sample)
    if high < 4 or high * 4 < letters:
        return "cp1252"
    best, best_score = "cp1252", 0.55
    for codec in ("cp932", "euc_jp", "cp949", "gb18030", "cp950"):
        score = _double_byte_score(sample, codec, high)
        if score > best_score:
            best, best_score = codec, score
    if high * 2 > letters:
        counts = Counter(sample)
        for codec, common in _COMMON_BYTES.items():
            score = sum(counts[byte] for byte in common) / high
            if score > best_score:
                best, best_score = codec, score
    return best


def mostly_high(data: bytes) -> bool:
    """Return whether most letters are above ASCII, as in no language of western Europe."""
    sample = data[:SAMPLE]
    high = sum(byte >= 0xA0 for byte in sample)
    return high > 6 and high * 2 > len(sample)


def _broken_pairs(sample: bytes) -> bool:
    """Return whether many runs of high bytes have an odd length, which pairs of bytes never have."""
    runs = odd = length = 0
    for byte in (*sample, 0x20):
        if byte >= 0x80:
            length += 1
        elif length:
            runs += 1
            odd += length & 1
            length = 0
    return odd * 5 > runs


def _double_byte_score(sample: bytes, codec: str, high: int) -> float:
    """Return 0..1: how much of the sample is the everyday part of a double-byte set."""
    if codec in ("euc_jp", "cp949", "gb18030") and _broken_pairs(sample):
        return 0.0
    if codec != "cp949" and high > 10 and sample.count(b" ") * 10 > high:
        return 0.0  # Chinese and Japanese put no spaces between words
    text = sample.decode(codec, "replace")
    damaged = text.count("\ufffd")
    if damaged * 10 > len(text):
        return 0.0
    kana = sum("\u3041" <= c <= "\u30ff" for c in text)
    hangul = sum("\uac00" <= c <= "\ud7a3" for c in text)
    han = sum("\u4e00" <= c <= "\u9fff" for c in text)
    marks = sum("\u3000" <= c <= "\u303f" or "\uff01" <= c <= "\uff5e" for c in text)
    good: float = 0
    if codec in ("cp932", "euc_jp"):
        # Half-width katakana are single bytes: other sets read as this one are full of them.
        good = 2 * (kana + han + marks) if kana * 4 > han else 0
    elif codec == "cp949":
        good = 2 * (hangul + marks) + han if hangul > han else 0
    else:
        first, last = (0xB0, 0xD7) if codec == "gb18030" else (0xA4, 0xC6)
        leads = text.encode(codec, "replace")
        everyday = sum(first <= byte <= last for byte in leads[::2]) / max(1, len(leads[::2]))
        good = (2 * (han + marks) * min(1.0, 0.4 + everyday)) if han > kana else 0
        if codec == "gb18030" and _rare_gb(text) * 4 > han:
            good = 0
    penalty = 1.0 - 4 * damaged / max(1, len(text))
    return min(1.0, good / high) * max(0.0, penalty) * (0.99 if codec == "cp950" else 1.0)


def _rare_gb(text: str) -> int:
    """Count the ideographs outside GB 2312's first level: text in another set is full of them."""
    rare = 0
    for character in text:
        if "\u4e00" <= character <= "\u9fff":
            code = character.encode("gb18030")
            rare += len(code) != 2 or not 0xB0 <= code[0] <= 0xD7 or code[1] < 0xA1
    return rare
