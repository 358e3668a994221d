"""Which lines of a body are new, which are quoted, which sign it: one letter a line."""

from __future__ import annotations

from dataclasses import dataclass

from shared.mail.html_text import ATTRIBUTION, CUT, SIGNATURE, Line
from shared.mail.markers import attribution, header_block, is_rule, separator
from shared.mail.phrases import ANSWERS_BELOW
from shared.mail.signatures import (
    is_footer,
    is_mobile_footer,
    is_signed_name,
    looks_signed,
    signature_reach,
)

TEXT, QUOTED, SIGNED = "t", "q", "s"
_EMPTY = "e"
_LONGEST_SIGNATURE = 25
_SIGNATURE_CHARACTERS = 1500
_SURE_REACH = 20
_LINES_ABOVE = 40
_WRAPPED_FROM = 60
_MAX_CANDIDATES = 2_000  # no person's mail has more lines that could mark a quote
_NO_MARKER = (0, -1, False, False)


@dataclass(frozen=True, slots=True)
class Folded:
    """A kind for each line, and the source offset where a trailing folded part begins (-1: none)."""

    kinds: str
    is_forward: bool
    offset: int


def fold(lines: list[Line], *, forward: bool) -> Folded:
    """Return the kind of every line: t(ext), q(uoted) or s(igned).

    `forward`: the subject says that this mail passes another on, so a header block begins that one.
    Where nothing would remain, everything is text.
    """
    kinds = _first_kinds(lines)
    is_forward = _mark_quotes(lines, kinds, forward=forward)
    if not is_forward:
        _mark_signatures(lines, kinds)
        _settle(lines, kinds)
    if TEXT not in kinds:
        return Folded(TEXT * len(lines), is_forward, -1)
    return Folded(_with_blanks(kinds), is_forward, _offset(lines, kinds))


def _first_kinds(lines: list[Line]) -> list[str]:
    """Tell quoted, empty and other lines apart; what a quoted line lost by wrapping stays with it."""
    kinds = [
        QUOTED if line.depth else TEXT if line.text and not line.text.isspace() else _EMPTY
        for line in lines
    ]
    for at in range(1, len(kinds) - 1):
        if kinds[at] == TEXT and kinds[at - 1] == QUOTED and kinds[at + 1] == QUOTED:
            text = lines[at].text
            if len(lines[at - 1].text) >= _WRAPPED_FROM and len(text) < 40 and text[:1].islower():
                kinds[at] = QUOTED
    return kinds


def _mark_quotes(lines: list[Line], kinds: list[str], *, forward: bool) -> bool:
    """Mark attributions and everything below a separator as quoted; return whether it is a forward."""
    at, count = 0, len(lines)
    seen_text = seen_quote = False
    candidates = 0
    while at < count:
        if kinds[at] == _EMPTY:
            at += 1
            continue
        if kinds[at] == QUOTED:
            if not seen_quote and _begins_forward(lines, at):
                kinds[at:] = [TEXT if kind == QUOTED else kind for kind in kinds[at:]]
                return True
            seen_quote = True
            at += 1
            continue
        candidates += ":" in lines[at].text
        if _shows_own(lines, kinds, at):
            kinds[at + 1 :] = _own_block(kinds, at + 1)
        first, last, certain, is_forward = (
            _marker(lines, at, forward=forward) if candidates <= _MAX_CANDIDATES else _NO_MARKER
        )
        if last < 0:
            seen_text = True
            at += 1
            continue
        if is_forward and not seen_quote:
            return True
        follower = _next_filled(kinds, last + 1)
        above = seen_text and TEXT in kinds[:first]
        if follower < count and kinds[follower] == QUOTED:
            kinds[first : last + 1] = [QUOTED] * (last + 1 - first)
            seen_quote = True
        elif certain and above and not _answers_below(lines, first):
            kinds[first:] = [QUOTED] * (count - first)
            return False
        else:
            seen_text = True
        at = last + 1
    return False


def _answers_below(lines: list[Line], end: int) -> bool:
    """Return whether the text above says that the answers stand in what is quoted ("in red below").

    Outlook marks no quoted line, so such answers cannot be told from it: all of it is shown then.
    """
    above = " ".join(line.text for line in lines[max(0, end - _LINES_ABOVE) : end]).lower()
    return any(phrase in above for phrase in ANSWERS_BELOW)


def _shows_own(lines: list[Line], kinds: list[str], at: int) -> bool:
    """Return whether the writer announces the ">" lines below ("The output is:"): they are no quote."""
    below = _next_filled(kinds, at + 1)
    if below >= len(kinds) or kinds[below] != QUOTED:
        return False
    if lines[below].depth >= 3:  # a prompt such as ">>>": real quotes begin one deep
        return not any(0 < line.depth < 3 for line in lines[below : below + 50])
    return lines[at].text.rstrip()[-1:] in (":", "：") and not attribution(lines, at)


def _own_block(kinds: list[str], at: int) -> list[str]:
    """Return the kinds from `at` on, the first quoted stretch being text."""
    rest = kinds[at:]
    for number, kind in enumerate(rest):
        if kind == TEXT:
            break
        if kind == QUOTED:
            rest[number] = TEXT
    return rest


def _begins_forward(lines: list[Line], at: int) -> bool:
    """Return whether a quoted stretch is a message passed on rather than one that is answered."""
    for number in range(at, min(at + 3, len(lines))):
        if separator(lines[number].text) == "forwarded":
            return True
        if attribution(lines, number):
            return False  # somebody answers a mail that passed one on
    return False


def _marker(lines: list[Line], at: int, *, forward: bool) -> tuple[int, int, bool, bool]:
    """Return (first, last, certain, is_forward) of a marker at `at`; last is -1 where there is none."""
    text = lines[at].text
    said = separator(text)
    if said:
        following = at + 1
        while following < len(lines) and following < at + 3 and not lines[following].text.strip():
            following += 1
        block = header_block(lines, following) if following < len(lines) else 0
        return at, following + block - 1 if block else at, True, forward or said == "forwarded"
    if ":" in text[:32] or "：" in text[:32]:
        block = header_block(lines, at)
        if block:
            first = at
            while first and (is_rule(lines[first - 1].text) or not lines[first - 1].text.strip()):
                first -= 1
            return first, at + block - 1, True, forward
    found = attribution(lines, at)
    if found:
        return found[0], at, found[1], False
    if lines[at].mark == ATTRIBUTION:
        return at, at, False, False
    if lines[at].mark == CUT:
        return at, at, True, forward
    return _NO_MARKER


def _mark_signatures(lines: list[Line], kinds: list[str]) -> None:
    """Mark the signature at the end of each stretch of text between quotes."""
    end = len(kinds)
    while end:
        while end and kinds[end - 1] != TEXT:
            end -= 1
        start = end
        while start and kinds[start - 1] != QUOTED:
            start -= 1
        if start < end:
            _sign(lines, kinds, start, end)
        end = start


def _sign(lines: list[Line], kinds: list[str], start: int, end: int) -> None:
    for at in range(start, end):
        if lines[at].mark == SIGNATURE:
            kinds[at] = SIGNED
    _sign_armour(lines, kinds, start, end)
    _sign_below_delimiter(lines, kinds, start, end)
    while True:
        last = end - 1
        while last >= start and kinds[last] in (_EMPTY, SIGNED):
            last -= 1
        if last < start:
            return
        text = lines[last].text
        if is_mobile_footer(text) or (
            is_signed_name(text) and (last == start or kinds[last - 1] == _EMPTY)
        ):
            kinds[last] = SIGNED
        else:
            return


def _sign_armour(lines: list[Line], kinds: list[str], start: int, end: int) -> None:
    """Mark the armour around a clear-signed text (RFC 9580 section 7): its head and its signature."""
    inside = False
    for at in range(start, end):
        text = lines[at].text
        if text.startswith("-----BEGIN PGP SIG"):
            inside = True
        elif inside and at and lines[at - 1].text.startswith("-----BEGIN PGP SIGNED"):
            inside = text.startswith("Hash:")
        elif inside and not text.strip() and lines[at - 1].text.startswith("Hash:"):
            inside = False
        if inside and kinds[at] == TEXT:
            kinds[at] = SIGNED
        if text.startswith("-----END PGP SIG"):
            inside = False


def _sign_below_delimiter(lines: list[Line], kinds: list[str], start: int, end: int) -> None:
    """Mark what stands below the first delimiter that has no more below it than a signature has."""
    for at in range(max(start, end - _LONGEST_SIGNATURE - 1), end):
        reach = signature_reach(lines[at].text)
        if not reach:
            continue
        below = [line.text for line in lines[at + 1 : end] if line.text.strip()]
        if len(below) > reach or sum(map(len, below)) > _SIGNATURE_CHARACTERS:
            continue
        if _is_sure(lines, kinds, start, at, below, reach):
            kinds[at:end] = [SIGNED] * (end - at)
            return


def _is_sure(
    lines: list[Line], kinds: list[str], start: int, at: int, below: list[str], reach: int
) -> bool:
    """Return whether a delimiter signs, for some also part sections or underline headings.

    "-- " with its space always does; others where what follows looks it, or is less than what precedes.
    """
    if lines[at].text == "-- " or looks_signed(below):
        return reach >= _SURE_REACH or at == start or kinds[at - 1] == _EMPTY
    above = sum(len(line.text) for line in lines[start:at])
    return reach >= _SURE_REACH and above >= sum(map(len, below))


def _settle(lines: list[Line], kinds: list[str]) -> None:
    """Decide what stands between: quotes that are answered in place stay with their answers."""
    texts = [at for at, kind in enumerate(kinds) if kind == TEXT]
    quotes = [at for at, kind in enumerate(kinds) if kind == QUOTED]
    if not texts or not quotes or texts[-1] < quotes[0]:
        return  # nothing quoted, nothing new, or the answer stands above the quote
    if texts[0] < quotes[0]:
        tail = [at for at in texts if at > quotes[-1]]
        if (
            tail
            and texts[-len(tail) - 1] < quotes[0]
            and is_footer([lines[at].text for at in tail])
        ):
            for at in tail:
                kinds[at] = SIGNED
            return
    elif texts[0] > quotes[-1]:
        return  # the answer stands below the quote
    for at in quotes:
        if at < texts[-1]:
            kinds[at] = TEXT


def _with_blanks(kinds: list[str]) -> str:
    """Give empty lines the kind of what stands above them."""
    out: list[str] = []
    previous = TEXT
    for kind in kinds:
        previous = previous if kind == _EMPTY else kind
        out.append(previous)
    return "".join(out)


def _offset(lines: list[Line], kinds: list[str]) -> int:
    """Return where the trailing quoted part begins in the source."""
    last_text = max(at for at, kind in enumerate(kinds) if kind == TEXT)
    for at in range(last_text + 1, len(kinds)):
        if kinds[at] == QUOTED and lines[at].text and lines[at].start >= 0:
            return lines[at].start
    return -1


def _next_filled(kinds: list[str], at: int) -> int:
    while at < len(kinds) and kinds[at] == _EMPTY:
        at += 1
    return at
