"""Lines that sign a mail: delimiters, names, the footers of programs, gateways and lists."""

from __future__ import annotations

from collections.abc import Sequence

from shared.mail.markers import bare, is_rule
from shared.mail.phrases import FOOTER_WORDS, MOBILE_FOOTERS, PRODUCTS

_PLAIN_SENT = ("sent by ", "sent via ", "sent with ", "sent using ", "küldte: ")


def signature_reach(text: str) -> int:
    """Return how many lines a signature below this line may have, 0 where the line is no delimiter.

    "-- " (RFC 3676 section 4.3) and what programs make of it are meant for signatures; longer drawn
    lines also part the sections of a text, so little may follow them.
    """
    plain = text.strip()
    if plain in ("--", "—", "––", "—-", "-- --", "__"):
        return 25
    if len(plain) >= 3 and not plain.strip("_"):
        return 20
    if len(plain) >= 3 and not plain.strip("-—–"):
        return 8
    return 8 if len(plain) >= 5 and not plain.strip("=*#~+") else 0


def looks_signed(texts: Sequence[str]) -> bool:
    """Return whether lines below a drawn line are a signature or footer rather than more text.

    Names, addresses and numbers are short and end without a stop; anything longer must speak of itself
    as a footer.
    """
    if is_footer(texts):
        return True
    return all(
        len(text) <= 70
        and ("@" in text or "www." in text or "//" in text or text.strip()[-1] not in ".?!:,;")
        for text in texts
    )


def is_signed_name(text: str) -> bool:
    """Return whether a line is a name set off by a dash or slash ("-Anna Berg", "/John")."""
    plain = text.strip()
    if plain[:1] not in ("-", "–", "—", "/", "~") or len(plain) > 40:
        return False
    words = plain[1:].split()
    return (
        1 <= len(words) <= 3
        and not plain[1:2].isspace()
        and all(word[:1].isalpha() for word in words)
        and all(word[:1] == word[:1].upper() for word in (words[0], words[-1]))
        and all(word[:1] == word[:1].upper() or len(word) <= 3 for word in words)
        and plain[-1].isalpha()
    )


def is_mobile_footer(text: str) -> bool:
    """Return whether a line is one that a mail program adds by itself ("Sent from my iPhone")."""
    plain = bare(text)
    if not plain or len(plain) > 160:
        return False
    lowered = plain.lower().lstrip("[(<-–— ")
    if not lowered.startswith(MOBILE_FOOTERS):
        return "iphone" in lowered and len(lowered.split()) <= 3 and len(lowered) < 30
    words = lowered.split("<")[0].split("(http")[0].split("[http")[0].rstrip("])> ")
    if "," in words or "?" in words or ":" in words.partition("http")[0] or ". " in words:
        return False
    count = words.count(" ") + 1
    if any(product in words for product in PRODUCTS):
        return count <= 12
    # Unknown products sign too, but "Sent by courier last Monday" is a person's sentence.
    return count <= 7 and words[-1:] not in (".", "!", "。") and not words.startswith(_PLAIN_SENT)


def is_footer(texts: Sequence[str]) -> bool:
    """Return whether a last short stretch of lines is one that gateways, lists or notifiers add."""
    if len(texts) > 15:
        return False
    joined = " ".join(texts).lower()
    if texts and is_rule(texts[0]):
        return True
    return any(word in joined for word in FOOTER_WORDS)
