"""Which lines of a body are new, which are quoted, which sign it: one letter a line."""

from __future__ import annotations

from dataclasses import dataclass

from shared.mail.html_text import CUT, SIGNATURE, Line
from shared.mail.markers import (
    attribution,
    header_block,
    is_mobile_footer,
    is_rule,
    is_signature_delimiter,
    separator,
)

TEXT, QUOTED, SIGNED = "t", "q", "s"
_EMPTY = "e"
_MAX_SIGNATURE = 25


@dataclass(frozen=True, slots=True)
class Folded:
    """A kind for each line, and the source offset where a trailing folded part begins (-1: none)."""

    kinds: str
    is_forward: bool
    offset: int


def fold(lines: list[Line], *, forward: bool) -> Folded:
    """Return the kind of every line: t(ext), q(uoted) or s(igned).

    `forward`: the subject says that this mail passes another on, so a header block begins that one.
    """
    kinds = _first_kinds(lines)
    is_forward = _mark_quotes(lines, kinds, forward=forward)
    _mark_signatures(lines, kinds)
    _settle(lines, kinds)
    if TEXT not in kinds:
        return Folded(TEXT * len(lines), is_forward, -1)
    return Folded(_with_blanks(kinds), is_forward, _offset(lines, kinds))


def _first_kinds(lines: list[Line]) -> list[str]:
    return [
        _EMPTY if not line.text.strip() and not line.depth else QUOTED if line.depth else TEXT
        for line in lines
    ]


def _mark_quotes(lines: list[Line], kinds: list[str], *, forward: bool) -> bool:
    """Mark attributions and everything below a separator as quoted; return whether it is a forward."""
    at, count = 0, len(lines)
    while at < count:
        line = lines[at]
        text = line.text
        if kinds[at] == QUOTED:
            if separator(text) == "forwarded" and not _any(kinds, QUOTED, at):
                kinds[at:] = [TEXT if kind == QUOTED else kind for kind in kinds[at:]]
                return True
            at += 1
            continue
        if kinds[at] == _EMPTY:
            at += 1
            continue
        first, last, certain, is_forward = _marker(lines, at, forward=forward)
        if last < 0:
            at += 1
            continue
        follower = _next_filled(kinds, last + 1)
        if is_forward and not _any(kinds, QUOTED, first):
            return True
        if follower < count and kinds[follower] == QUOTED:
            kinds[first : last + 1] = [QUOTED] * (last + 1 - first)
        elif certain and follower < count and _any(kinds, TEXT, first):
            kinds[first:] = [QUOTED] * (count - first)
            return False
        elif certain and follower >= count and _any(kinds, TEXT, first):
            kinds[first:] = [QUOTED] * (count - first)
        at = last + 1
    return False


def _marker(lines: list[Line], at: int, *, forward: bool) -> tuple[int, int, bool, bool]:
    """Return (first, last, certain, is_forward) of a marker at `at`; last is -1 where there is none."""
    text = lines[at].text
    said = separator(text)
    if said:
        block = header_block(lines, at + 1) if at + 1 < len(lines) else 0
        return at, at + block, True, said == "forwarded"
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
    if lines[at].mark == CUT and lines[at].depth == 0:
        return at, at, True, forward
    return at, -1, False, False


def _mark_signatures(lines: list[Line], kinds: list[str]) -> None:
    """Mark the signature at the end of each stretch of text between quotes."""
    end = len(kinds)
    while end:
        while end and kinds[end - 1] in (QUOTED, _EMPTY):
            end -= 1
        start = end
        while start and kinds[start - 1] != QUOTED:
            start -= 1
        if start < end:
            _sign(lines, kinds, start, end)
        end = start


def _sign(lines: list[Line], kinds: list[str], start: int, end: int) -> None:
    for at in range(max(start, end - _MAX_SIGNATURE), end):
        if lines[at].mark == SIGNATURE or is_signature_delimiter(lines[at].text):
            kinds[at:end] = [SIGNED] * (end - at)
            break
    while True:
        last = end - 1
        while last >= start and kinds[last] in (_EMPTY, SIGNED):
            last -= 1
        if last < start or not is_mobile_footer(lines[last].text):
            return
        kinds[last] = SIGNED


def _settle(lines: list[Line], kinds: list[str]) -> None:
    """Decide what stands between: quotes that are answered in place stay with their answers."""
    filled = [at for at, kind in enumerate(kinds) if kind in (TEXT, QUOTED)]
    if not filled:
        return
    texts = [at for at in filled if kinds[at] == TEXT]
    quotes = [at for at in filled if kinds[at] == QUOTED]
    if not texts or not quotes:
        return
    first_text, last_text = texts[0], texts[-1]
    if first_text > quotes[-1]:
        return  # the answer stands below the quote
    for at in range(len(kinds)):
        if kinds[at] == QUOTED and at < last_text:
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
        if kinds[at] == QUOTED:
            return lines[at].start
    return -1


def _any(kinds: list[str], kind: str, end: int) -> bool:
    return kind in kinds[:end]


def _next_filled(kinds: list[str], at: int) -> int:
    while at < len(kinds) and kinds[at] == _EMPTY:
        at += 1
    return at
