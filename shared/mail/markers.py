"""Lines by which mail programs mark what follows as somebody else's words.

Each function looks at a few short lines and nothing else, so a body is read in linear time: attribution
lines ("On ... X wrote:"), header blocks ("From: ... Sent: ..."), separators ("-----Original
Message-----"), signature delimiters and the footers of mobile programs, in the languages of phrases.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.mail.html_text import Line
from shared.mail.phrases import (
    FIRST_PERSON,
    FORWARDED,
    HEADER_LABELS,
    OPENERS,
    ORIGINAL,
    REPLY_ABOVE,
    WROTE_PARTS,
    WROTE_WORDS,
)

ATTRIBUTION_LINES = 4
_MAX_ATTRIBUTION = 500
_MAX_LABEL = 30
# Bidirectional marks stand inside Arabic and Hebrew attribution lines; they carry no meaning here.
_INVISIBLE = dict.fromkeys(
    [
        0x200B,
        0x200C,
        0x200D,
        0x200E,
        0x200F,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        0xFEFF,
    ],
)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def bare(text: str) -> str:
    """Return a line for comparison: no bidirectional marks, no emphasis around it, western digits."""
    if not text.isascii():
        text = text.translate(_INVISIBLE).translate(_DIGITS).replace("\xa0", " ")
    return text.strip(" \t*_")


def header_label(text: str) -> str:
    """Return the role ("from", "date", "to", ...) of a header-like line, "" where it is none."""
    head, colon, _ = text[:_MAX_LABEL].replace("：", ":").partition(":")
    if not colon:
        return ""
    label = bare(head).lower().strip("* \u00a0")
    return HEADER_LABELS.get(label) or HEADER_LABELS.get(label.replace(" ", ""), "")


def header_block(lines: Sequence[Line], at: int) -> int:
    """Return the number of lines of a quoted header block that begins at `at`, 0 where none does.

    A block has at least three of sender, date, recipient and subject, and a subject or an address: a
    customer's "From: London, To: Paris" is none, nor is the form of a web site. Lines that go on (long
    recipient lists) and blank lines between the fields are part of it.
    """
    first = header_label(lines[at].text)
    order = [first]
    moment = False
    if first not in ("from", "date", "to", "subject"):
        return 0
    roles = {first}
    address = "@" in lines[at].text
    count = last = 1
    misses = 0
    for line in lines[at + 1 : at + 25]:
        count += 1
        role = header_label(line.text)
        if role and (role not in roles or role in ("to", "cc", "other")):
            roles.add(role)
            order.append(role)
            moment = moment or (role == "date" and _has_moment(line.text.lower()))
            last, misses = count, 0
            address = address or "@" in line.text
        elif len(roles) >= 4 and "subject" in roles:
            break
        else:
            misses += 1
            address = address or "@" in line.text
            if misses > 2:
                break
    main = roles & {"from", "date", "to", "subject"}
    if len(main) >= 3 and ("subject" in main or address) and main & {"from", "date"}:
        return last
    return last if order[:3] == ["from", "date", "to"] and moment else 0


def separator(text: str) -> str:
    """Return "original" or "forwarded" where a line says that another message follows, else ""."""
    if len(text) > 120:
        return ""
    words = bare(text.replace("&nbsp;", " "))  # QQ Mail writes it into plain text
    lowered = words.lower()
    if any(phrase in lowered for phrase in REPLY_ABOVE):
        return "original"
    dashes = words.startswith(("-", "—", "–", "=", "_", "*", "·", ">"))
    middle = words.strip("-—–=_*·> \t").rstrip(":：").strip().lower()
    if not middle:
        return ""
    if middle in FORWARDED:
        return "forwarded"
    if middle in ORIGINAL and (dashes or text.rstrip().endswith(("-", ":"))):
        return "original"
    if dashes and words.endswith(("-", "—", "=", "_")):
        if any(
            phrase in middle
            for phrase in ("forwarded by", "forwarded message", "weitergeleitet von")
        ):
            return "forwarded"
        if middle.startswith(("original message", "reply message", "原始邮件", "original ")):
            return "original"
    return ""


def is_rule(text: str) -> bool:
    """Return whether a line is only a drawn line."""
    plain = text.strip()
    return len(plain) >= 5 and not plain.strip("-_=—–*~ ")


def attribution(lines: Sequence[Line], at: int) -> tuple[int, bool] | None:
    """Return (first line, certain) of an attribution that ends at line `at`, None where none does.

    `certain` means that it needs no quoted line below to be believed: it names a person by address and
    a moment, or says in full when somebody wrote.
    """
    end = bare(lines[at].text)
    colon = end.endswith((":", "：", ":-")) or _ends_in_wrote(end)
    if not colon and not (end.endswith((">", ")")) and "@" in end):
        return None
    if len(end) > _MAX_ATTRIBUTION:
        return None
    window = " ".join(line.text for line in lines[max(0, at - ATTRIBUTION_LINES + 1) : at + 1])
    has_digit = any(map(str.isdigit, window[-_MAX_ATTRIBUTION:]))
    if "@" not in window and not has_digit and not _wrote(end.lower()):
        return None
    joined = ""
    best: tuple[int, bool] | None = None
    for first in range(at, max(-1, at - ATTRIBUTION_LINES), -1):
        text = bare(lines[first].text).lstrip("-—– ")
        if first < at and (not text or lines[first].depth != lines[at].depth or len(text) > 200):
            break
        joined = f"{text} {joined}".strip()
        if len(joined) > _MAX_ATTRIBUTION:
            break
        strength = _strength(joined)
        if not colon:  # "2009/10/28 Jane <jane@...>": believed above a quote only
            if "@" in joined and _has_moment(joined.lower()):
                return first, False
            continue
        if strength == 2:
            return _with_opener(lines, first, joined), True
        if strength and best is None:
            best = (first, False)
    return best


def _with_opener(lines: Sequence[Line], first: int, joined: str) -> int:
    """Return where the attribution begins: the line above may hold only its first words ("On Fri,")."""
    if (
        first
        and not joined.lower().startswith(OPENERS)
        and lines[first - 1].depth == lines[first].depth
    ):
        above = bare(lines[first - 1].text).lower()
        if above and len(above) < 80 and above.startswith(OPENERS) and above[-1] not in ".!?:":
            return first - 1
    return first


def _ends_in_wrote(text: str) -> bool:
    return text[-8:].lower().rsplit(None, 1)[-1:] == ["wrote"]


def _strength(text: str) -> int:
    """Return 2 for a full attribution, 1 for one that a quote must confirm, 0 for none.

    Full is: somebody, by address, wrote at a moment. "I wrote to x@example.com on 5 May:" is a person's
    sentence, whatever stands below it.
    """
    lowered = text.lower()
    wrote = _wrote(lowered)
    address = "@" in text
    moment = _has_moment(lowered)
    if wrote and address and moment:
        return 1 if _speaks_of_self(lowered) else 2
    if wrote and (moment or address or lowered.count(" ") < 6):
        return 1
    opened = lowered.startswith(OPENERS) or lowered[:1].isdigit()
    if address and (opened or moment or "<" in text):
        return 1
    # In a language that is not listed: a date with its time, four numbers or more, and a colon.
    return 1 if moment and _numbers(text) >= 4 else 0


def _numbers(text: str) -> int:
    """Return how many numbers a text holds."""
    digits = "".join(character if character.isdigit() else " " for character in text)
    return len(digits.split())


def _speaks_of_self(lowered: str) -> bool:
    return not {word.strip("(,") for word in lowered.split()}.isdisjoint(FIRST_PERSON)


def _wrote(lowered: str) -> bool:
    words = {word.strip("<>()[],;:：\"'.") for word in lowered.split()}
    return not words.isdisjoint(WROTE_WORDS) or any(part in lowered for part in WROTE_PARTS)


def _has_moment(text: str) -> bool:
    """Return whether a text holds a time of day or a year, as dates of attributions do."""
    digits = 0
    for position, character in enumerate(text):
        if character.isdigit():
            digits += 1
            continue
        if digits == 4 and text[position - 4 : position - 2] in ("19", "20"):
            return True
        if (
            character in ":.h時시"
            and 0 < digits <= 2
            and text[position + 1 : position + 3].isdigit()
        ):
            return True
        if character in "/.-" and digits and text[position + 1 : position + 2].isdigit():
            return True
        digits = 0
    return digits == 4 and text[-4:-2] in ("19", "20")
