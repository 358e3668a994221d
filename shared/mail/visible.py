"""What is new in a message, and what it only repeats: quotes, signatures, footers.

Folding, never cutting: `text`, `quoted` and `signature` say where the lines went, the body itself stays
whole. In doubt a line is new: losing words is the worst error here (inbound-mail 7.2).
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.mail.html_text import Line, html_lines
from shared.mail.parse import ParsedMail
from shared.mail.quotes import QUOTED, SIGNED, TEXT, Folded, fold
from shared.mail.subjects import is_forward_subject

MAX_LINES = 10_000
# Only where its markup holds one of these can HTML tell more than the text beside it.
_HTML_HINTS = ("<blockquote", "gmail_quote", "divRplyFwdMsg", "yahoo_quoted", "protonmail_quote",
               "appendonsend", "moz-cite-prefix", "border-top:solid", "<BLOCKQUOTE")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visible:
    """The lines of a body by what they are; every line is in one of `text`, `quoted`, `signature`.

    `is_forward`: the message passes another one on, so that one is in `text` as well. `html_fold` is
    the offset in the message's HTML where the part to fold begins, -1 where there is none.
    """

    text: str
    quoted: str
    signature: str
    is_forward: bool
    html_fold: int = -1


def visible(mail: ParsedMail) -> Visible:
    """Return what is new in `mail`, from its text, or from its HTML where it has no text."""
    forward = is_forward_subject(mail.subject)
    if not mail.text.strip():
        return _from_html(mail.html, forward=forward) if mail.html else Visible("", "", "", forward)
    found = _from_text(mail.text, forward=forward)
    if found.quoted or not mail.html or not any(hint in mail.html for hint in _HTML_HINTS):
        return found
    by_html = _from_html(mail.html, forward=forward)
    return by_html if by_html.quoted and by_html.text else found


def html_fold(html: str) -> int:
    """Return the offset in `html` where the quoted part begins, -1 where nothing is to be folded."""
    return fold(html_lines(html)[:MAX_LINES], forward=False).offset


def _from_text(text: str, *, forward: bool) -> Visible:
    raw_lines = text.split("\n", MAX_LINES)
    rest = raw_lines.pop() if len(raw_lines) > MAX_LINES else ""
    lines: list[Line] = []
    position = 0
    for raw in raw_lines:
        depth, content = 0, raw
        if raw[:1] in (">", " ") and raw.lstrip(" ")[:1] == ">" and raw.find(">") < 4:
            content = raw.lstrip("> ")
            depth = raw.count(">", 0, len(raw) - len(content)) or 1
            if raw.startswith(">From "):
                depth = 0  # an mbox file's escape, not a quote
        lines.append(Line(content if depth else raw, depth, 0, position))
        position += len(raw) + 1
    folded = fold(lines, forward=forward)
    return _visible(raw_lines, folded, rest)


def _from_html(html: str, *, forward: bool) -> Visible:
    lines = _with_marks(html_lines(html))
    folded = fold(lines[:MAX_LINES], forward=forward)
    rest = "\n".join(line.text for line in lines[MAX_LINES:])
    return _visible([line.text for line in lines[:MAX_LINES]], folded, rest)


def _with_marks(lines: list[Line]) -> list[Line]:
    """Return lines of HTML with the depth of quote marks that stand in its text, as in plain mail."""
    marked = [line for line in lines if line.text.startswith(">") and not line.depth]
    if len(marked) > 1:  # one alone may point at something
        for line in marked:
            line.depth = 1
    return lines


def _visible(lines: list[str], folded: Folded, rest: str) -> Visible:
    """Put the lines of each kind together; what is too long to be read stays with what it follows."""
    kinds = folded.kinds
    if rest:
        lines = [*lines, rest]
        kinds += kinds[-1]
    if kinds == TEXT * len(kinds):
        return Visible("\n".join(lines).strip(), "", "", folded.is_forward, folded.offset)
    by_kind: dict[str, list[str]] = {TEXT: [], QUOTED: [], SIGNED: []}
    for line, kind in zip(lines, kinds, strict=True):
        by_kind[kind].append(line)
    return Visible(
        "\n".join(by_kind[TEXT]).strip(),
        "\n".join(by_kind[QUOTED]).strip("\n"),
        "\n".join(by_kind[SIGNED]).strip(),
        folded.is_forward,
        folded.offset,
    )
