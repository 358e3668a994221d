"""What is new in a message, and what it only repeats: quotes, signatures, footers.

Folding, never cutting: `text`, `quoted` and `signature` say where the lines went, the body itself stays
whole. In doubt a line is new: losing words is the worst error here (inbound-mail 7.2).
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.mail.html_text import Line, html_lines
from shared.mail.markers import header_label
from shared.mail.parse import ParsedMail
from shared.mail.quotes import fold
from shared.mail.subjects import is_forward_subject

MAX_LINES = 20_000
# Only where its markup holds one of these can HTML tell more than the text beside it.
_HTML_HINTS = ("<blockquote", "gmail_quote", "divRplyFwdMsg", "yahoo_quoted", "protonmail_quote",
               "appendonsend", "moz-cite-prefix", "border-top:solid", "<BLOCKQUOTE")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visible:
    """The parts of a body. Joined in their order of `text`, `quoted` and `signature` nothing is lost.

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
    if mail.text.strip():
        found = _fold_lines(_text_lines(mail.text), forward=forward)
        if found.quoted or not mail.html or not any(hint in mail.html for hint in _HTML_HINTS):
            return found
        by_html = _fold_lines(html_lines(mail.html), forward=forward)
        return by_html if by_html.quoted and by_html.text else found
    if mail.html:
        return _fold_lines(html_lines(mail.html), forward=forward)
    return Visible("", "", "", forward)


def html_fold(html: str) -> int:
    """Return the offset in `html` where the quoted part begins, -1 where nothing is to be folded."""
    return fold(html_lines(html)[:MAX_LINES], forward=False).offset


def _text_lines(text: str) -> list[Line]:
    lines: list[Line] = []
    position = 0
    for raw in text.split("\n"):
        depth = 0
        content = raw
        if raw[:1] in (">", " ") and raw.lstrip(" ")[:1] == ">" and raw.find(">") < 4:
            content = raw.lstrip("> ")
            depth = raw.count(">", 0, len(raw) - len(content)) or 1
            if raw.startswith(">From ") and depth == 1:
                depth = 0  # an mbox file's escape, not a quote
        lines.append(Line(raw if not depth else content, depth, 0, position))
        position += len(raw) + 1
    return lines


def _fold_lines(lines: list[Line], *, forward: bool) -> Visible:
    folded = fold(lines[:MAX_LINES], forward=forward)
    rest = lines[MAX_LINES:]
    texts = {
        kind: "\n".join(
            ("> " * line.depth + line.text if line.depth else line.text)
            for line, found in zip(lines, folded.kinds, strict=False)
            if found == kind
        ).strip("\n")
        for kind in "tqs"
    }
    if rest:
        texts["t"] += "\n" + "\n".join(line.text for line in rest)
    return Visible(
        texts["t"].strip(), texts["q"], texts["s"].strip(), folded.is_forward, folded.offset
    )


__all__ = ["Visible", "header_label", "html_fold", "visible"]
