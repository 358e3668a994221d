"""HTML of a mail to lines of text, with what its markup says about quoting.

A scanner of our own: linear, bounded (a mail may hold megabytes of nested tags), and it knows where in
the source each line begins, so that the quoted part can be folded there. It reads; it does not make
anything safe (sanitize.py does).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.mail.html_tags import (
    after_declaration,
    after_element,
    end_of_tag,
    identifiers,
    without_tags,
)
from shared.mail.listed import listed

MAX_HTML = 2_000_000
MAX_TAGS = 40_000
_MAX_ATTRIBUTES = 2_000

_NAME = re.compile("[0-9A-Za-z:-]*")

# Marks of a line, from the markup it stands in.
PLAIN, SIGNATURE, CUT, ATTRIBUTION = 0, 1, 2, 3

_BLOCKS = frozenset(
    listed(
        """
        address | article | aside | blockquote | body | br | center | dd | details | div | dl
        dt | fieldset | figure | footer | form | h1 | h2 | h3 | h4 | h5 | h6 | header | hr | li
        main | nav | ol | p | pre | section | summary | table | tbody | td | tfoot | th | thead
        tr | ul | title
        """
    )
)
_SKIPPED = frozenset(("script", "style", "head", "title", "template", "noembed", "noframes"))
_ROWS = frozenset(("tr", "td", "th", "tbody", "thead", "tfoot"))
_VOID = frozenset(
    listed(
        """
        area | base | br | col | embed | hr | img | input | link | meta | param | source | track
        wbr
        """
    )
)
_CONTAINERS = frozenset(("div", "blockquote", "span", "section", "p", "table"))

_QUOTE_NAMES = (
    "gmail_quote", "yahoo_quoted", "protonmail_quote", "zmail_extra", "tutanota_quote",
    "olk_src_body_section", "mail-editor-reference-message", "ms-outlook-mobile-reference-message",
    "isforwardcontent", "gmail_extra_quote", "moz-forward-container", "mailbird_quote",
    "spark_quote", "sh-quoted-content", "front-blockquote", "freshdesk_quote", "hs_reply",
    "cryptpad_quote", "edo-quote", "airmail_quote", "includetail", "ntes_quote", "qmbox_quote",
)  # fmt: skip
_CUT_NAMES = ("divrplyfwdmsg", "appendonsend", "outlookmessageheader", "zwchr", "stopspelling",
              "replysplit", "lwp_quote")  # fmt: skip
_ATTRIBUTION_NAMES = ("gmail_attr", "moz-cite-prefix", "reply-intro", "reply_intro")
_SIGNATURE_NAMES = (
    "gmail_signature", "moz-signature", "applemailsignature", "ms-outlook-mobile-signature",
    "ms-outlook-signature", "protonmail_signature", "bloop_sign", "mobile_signature", "sig_block",
    "x_signature", "lineBreakAtBeginningOfSignature".lower(), "edo-signature", "readdle_signature",
)  # fmt: skip


@dataclass(slots=True)
class Line:
    """A line of the body: its text, how deep it is quoted, its mark, where its source begins."""

    text: str
    depth: int
    mark: int
    start: int


def html_to_text(html: str) -> str:
    """Return the text of an HTML body, a line a block."""
    return "\n".join(line.text for line in html_lines(html)).strip("\n")


def html_lines(html: str) -> list[Line]:
    """Return the lines of an HTML body. What follows MAX_HTML or MAX_TAGS is read as plain text."""
    scanner = _Scanner(html)
    scanner.scan()
    return scanner.lines


class _Scanner:
    def __init__(self, html: str) -> None:
        self.html = html
        self.lines: list[Line] = []
        self.pieces: list[str] = []
        self.start = -1  # where the current line's source begins
        self.candidate = -1  # a tag at which the next line may begin
        self.table = -1  # a table that has begun and has shown no text yet
        self.containers: list[tuple[str, int, int]] = []  # (tag, quote depth, mark) to go back to
        self.depth = 0
        self.mark = PLAIN
        self.pending = PLAIN  # the mark of the next line alone
        self.last_blockquote = max(html.rfind("<blockquote"), html.rfind("<BLOCKQUOTE"))
        self.preformatted = 0
        self.blank_lines = 0
        self.unclosed: set[str] = set()

    def scan(self) -> None:
        html = self.html[:MAX_HTML]
        position, tags, end = 0, 0, len(html)
        while position < end:
            opened = html.find("<", position)
            if opened < 0:
                break
            tags += 1
            if tags > MAX_TAGS:
                break
            following = html[opened + 1 : opened + 2]
            if not (following in "/!?" or (following.isascii() and following.isalpha())):
                self.text(html[position : opened + 1], position)
                position = opened + 1
                continue
            if opened > position:
                self.text(html[position:opened], position)
            if following in ("!", "?"):
                position = after_declaration(html, opened)
                continue
            closed = end_of_tag(html, opened)
            if closed < 0:
                position = opened + 1
                break
            position = self.tag(html, opened, closed)
        rest = self.html[position:]
        if rest:
            self.text(without_tags(rest) if tags > MAX_TAGS or len(self.html) > MAX_HTML else rest,
                      position)  # fmt: skip
        self.end_line()

    def tag(self, html: str, opened: int, closed: int) -> int:
        """Handle the tag at html[opened:closed + 1]; return where to go on."""
        is_end = html[opened + 1] == "/"
        body = html[opened + 1 + is_end : closed]
        found = _NAME.match(body)
        name_end = found.end() if found else 0
        name = body[:name_end].lower()
        if name in _SKIPPED and not is_end and name not in self.unclosed:
            after = after_element(html, name, closed + 1)
            if after < 0:
                self.unclosed.add(
                    name
                )  # looked for once: looking again for each would be quadratic
                return closed + 1
            return after
        if name in _BLOCKS:
            if name in ("td", "th"):
                self.pieces.append(" ")
            else:
                self.end_line(blank=name in ("br", "p") and bool(not is_end or name == "p"))
            if name == "pre":
                self.preformatted = max(0, self.preformatted + (-1 if is_end else 1))
        if is_end:
            self.candidate = -1
            self.table = -1 if name == "table" else self.table
            self.leave(name)
        else:
            if name == "table" and self.table < 0:
                self.table = self.candidate if self.candidate >= 0 else opened
            if name in _ROWS:
                self.candidate = -1
            elif self.candidate < 0 and not self.pieces:
                self.candidate = opened
            if name in _CONTAINERS or name == "hr":
                self.enter(name, body[name_end:], opened)
        return closed + 1

    def enter(self, name: str, attributes: str, opened: int) -> None:
        depth, mark = self.depth, self.mark
        lowered = attributes[:_MAX_ATTRIBUTES].lower()
        if "=" in lowered:
            names = identifiers(lowered)
            if names:
                if any(wanted in names for wanted in _QUOTE_NAMES) or "=quote" in names:
                    self.enter_quote(name, opened)
                elif any(wanted in names for wanted in _ATTRIBUTION_NAMES):
                    self.pending = ATTRIBUTION
                elif any(wanted in names for wanted in _SIGNATURE_NAMES) or "=signature" in names:
                    self.mark = SIGNATURE
                elif any(wanted in names for wanted in _CUT_NAMES):
                    self.pending = CUT
            compact = lowered.replace(" ", "") if name == "div" else ""
            if "border-top:solid" in compact and "padding:3.0pt" in compact:
                self.pending = CUT  # Outlook's line above the headers of what it quotes
        is_new = name == "blockquote" and self.depth == depth
        is_cited = "cite" in lowered or (
            "border-left:" in lowered and "border-left:none" not in lowered
        )
        if is_new and (is_cited or "border-right:" in lowered or self.after_attribution()):
            self.depth += 1
        if name not in _VOID:
            self.containers.append((name, depth, mark))

    def enter_quote(self, name: str, opened: int) -> None:
        """Begin a program's container of a quote.

        Where a blockquote follows, that one is the quote: around it stand the attribution and, in an
        answer written between the lines, the answers.
        """
        self.candidate = opened
        if name == "blockquote" or opened > self.last_blockquote:
            self.depth += 1
        else:
            self.pending = ATTRIBUTION

    def after_attribution(self) -> bool:
        for line in reversed(self.lines):
            if line.text:
                return line.text.rstrip("*_ \u202c\u200f\u200e")[-1:] in (":", "：", "-")
        return False

    def leave(self, name: str) -> None:
        if name not in _CONTAINERS:
            return
        # Mail leaves tags open; an end tag closes back to its nearest start, within a bounded look.
        for back in range(1, min(len(self.containers), 30) + 1):
            if self.containers[-back][0] == name:
                self.depth, self.mark = self.containers[-back][1:]
                del self.containers[-back:]
                return

    def text(self, raw: str, position: int) -> None:
        if "&" in raw:
            from html import unescape  # noqa: PLC0415  # its table takes 4 ms to load

            raw = unescape(raw)
        if self.preformatted and "\n" in raw:
            first, *others = raw.split("\n")
            self.piece(first, position)
            for other in others:
                self.end_line(blank=True)
                self.piece(other, position)
            return
        self.piece(raw, position)

    def piece(self, raw: str, position: int) -> None:
        if not raw:
            return
        if raw.isspace():
            if self.pieces:
                self.pieces.append(" ")
            return
        if self.start < 0:
            self.start = self.candidate if self.candidate >= 0 else position
            if self.table >= 0:  # nothing can be put between the rows of a table, only before it
                self.start, self.table = self.table, -1
        self.candidate = -1
        self.pieces.append(raw)

    def end_line(self, *, blank: bool = False) -> None:
        """Close the current line; an empty one counts only where the markup asks for one."""
        text = "".join(self.pieces)
        if not self.preformatted:
            text = " ".join(text.split())
        self.pieces.clear()
        if text.strip():
            mark = self.pending or self.mark
            self.pending = PLAIN
            self.lines.append(Line(text.rstrip(), self.depth, mark, self.start))
            self.blank_lines = 0
            self.start = -1
        elif blank and self.lines and self.blank_lines < 2:
            self.lines.append(Line("", self.depth, self.mark, self.candidate))
            self.blank_lines += 1
