"""HTML of a mail made safe to be shown in the frame of the desk.

nh3 with the rules of the design: no script, handler, form, frame, SVG; links only to http, https and
mailto, each saying where it goes; no relative address; images only through us; style reduced to looks.
Sanitising comes last: what is written into the markup (fold, real hosts) is written before it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape

import nh3

from shared.mail.html_text import html_to_text
from shared.mail.links import link_note, linkified
from shared.mail.listed import listed
from shared.mail.visible import html_fold

# Beyond these a browser-grade parser takes quadratic time; such a body is shown as text.
MAX_HTML = 2_000_000
MAX_TAGS = 60_000
MAX_ENTITIES = 100_000
MAX_DEPTH = 500

_TAGS = set(
    listed(
        """
        a | abbr | b | bdi | bdo | blockquote | br | caption | center | cite | code | col
        colgroup | dd | del | details | dfn | div | dl | dt | em | figcaption | figure | font
        h1 | h2 | h3 | h4 | h5 | h6 | hr | i | img | ins | kbd | li | mark | ol | p | pre | q
        s | samp | small | span | strike | strong | sub | summary | sup | table | tbody | td
        tfoot | th | thead | tr | tt | u | ul | var | wbr
        """
    )
)
_CELL = {"colspan", "rowspan", "width", "height", "bgcolor"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "style", "align", "valign"},
    "a": {"href"},
    "details": {"class"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "size", "face"},
    "td": _CELL,
    "th": _CELL,
    "table": {"border", "cellpadding", "cellspacing", "width", "bgcolor"},
    "ol": {"start", "type"},
    "small": {"class"},
}
_OUR_CLASSES = {"details": "quoted", "small": "host"}
_STYLES = set(
    listed(
        """
        color | background-color | font | font-family | font-size | font-style | font-weight
        text-align | text-decoration | text-indent | line-height | direction | vertical-align
        white-space | unicode-bidi | border | border-top | border-bottom | border-left
        border-right | border-color | border-style | border-width | border-collapse | padding
        padding-top | padding-bottom | padding-left | padding-right | width | max-width | height
        list-style-type
        """
    )
)
_LINE_BREAKS = dict.fromkeys(map(ord, "\t\n\r"))
_COLOUR_FUNCTIONS = ("rgb(", "rgba(", "hsl(", "hsla(")
_RASTER = ("data:image/png;base64,", "data:image/gif;base64,", "data:image/jpeg;base64,",
           "data:image/jpg;base64,", "data:image/webp;base64,")  # fmt: skip
_DANGEROUS = {
    "<script": "scripts",
    "<iframe": "frames",
    "<frame": "frames",
    "<object": "objects",
    "<embed": "objects",
    "<form": "forms",
    "<input": "forms",
    "<svg": "drawings",
    "<math": "drawings",
    "<meta": "page_settings",
    "<base": "page_settings",
    "javascript:": "scripts",
    "vbscript:": "scripts",
}
# Elements whose end tag may be left out: they open no depth that stays.
_IMPLIED = frozenset(
    listed(
        """
        p | li | td | th | tr | dt | dd | option | tbody | thead | tfoot | colgroup | br | hr
        img | input | meta | link | col | area | base | wbr | source | param | !-- | !doctype
        """
    )
)


@dataclass(frozen=True, slots=True)
class Sanitized:
    """HTML for the frame, how many remote images it asks for, and what kinds of things were taken out.

    `removed` holds stable names: scripts, frames, objects, forms, drawings, page_settings,
    remote_images, too_complex (shown as text instead).
    """

    html: str
    remote_images: int
    removed: tuple[str, ...]


def sanitize(
    html: str,
    *,
    cid_url: Callable[[str], str | None],
    image_url: Callable[[str], str | None] | None = None,
    fold_quotes: bool = True,
) -> Sanitized:
    """Return `html` safe to be shown in the frame.

    `cid_url` gives our URL of an inline image by its Content-ID, `image_url` our signed URL for a remote
    image; without them such images are left out, and the remote ones counted. With `fold_quotes` the
    quoted part stands in a ``<details class="quoted">``.
    """
    if not html:
        return Sanitized("", 0, ())
    if _too_complex(html):
        return Sanitized(text_to_html(html_to_text(html[:MAX_HTML])), 0, ("too_complex",))
    lowered = html.lower()
    removed = {name for mark, name in _DANGEROUS.items() if mark in lowered}
    if fold_quotes:
        html = _folded(html)
    rules = _Rules(cid_url, image_url)
    if "<a" in lowered or "<small" in lowered:
        html = _with_hosts(_clean(html, _first_pass))
    clean = _clean(html, rules.attribute)
    if rules.remote and image_url is None:
        removed.add("remote_images")
    return Sanitized(clean, rules.remote, tuple(sorted(removed)))


def text_to_html(text: str) -> str:
    """Return a plain text as HTML: escaped, web addresses linked, a block a paragraph.

    Each block finds its own direction, so that Arabic and English paragraphs stand right beside each
    other.
    """
    blocks: list[str] = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        if block.strip():
            body = "<br>".join(linkified(line) for line in block.strip("\n").split("\n"))
            blocks.append(f'<div dir="auto">{body}</div>')
    return "\n".join(blocks)


class _Rules:
    """The attribute filter of one message, which counts the remote images as it goes."""

    def __init__(
        self,
        cid_url: Callable[[str], str | None],
        image_url: Callable[[str], str | None] | None,
    ) -> None:
        self.cid_url = cid_url
        self.image_url = image_url
        self.remote = 0

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        """Return the value that an attribute may have, None to leave it out."""
        if name == "style":
            return _style(value)
        if name == "class":
            return value if value == _OUR_CLASSES.get(tag) else None
        if name == "href":
            return _href(value)
        if name == "src":
            return self._source(value)
        return value

    def _source(self, value: str) -> str | None:
        bare = _url(value)
        scheme = bare[:24].lower()
        if scheme.startswith("cid:"):
            return self.cid_url(_percent_decoded(bare[4:]))
        if scheme.startswith(_RASTER):
            return bare
        if not scheme.startswith(("http://", "https://")):
            return None
        self.remote += 1
        return self.image_url(bare) if self.image_url else None


def _first_pass(tag: str, name: str, value: str) -> str | None:
    """Keep what the second pass will judge; the class of a host's note is ours to write between them."""
    if name == "class":
        return value if tag == "details" and value == "quoted" else None
    if name == "href":
        return _href(value)
    return value


def _clean(html: str, attribute: Callable[[str, str, str], str | None]) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "cid", "data"},
        url_relative="pass_through",  # so that our own URLs pass; the filters let no other relative one by
        filter_style_properties=_STYLES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _style(value: str) -> str | None:
    """Return the declarations that only change looks; nothing that loads, moves or computes."""
    kept: list[str] = []
    for declaration in value.split(";"):
        name, colon, setting = declaration.partition(":")
        name, setting = name.strip().lower(), setting.strip()
        if not colon or name not in _STYLES or len(setting) > 200:
            continue
        bare = setting.lower()
        for function in _COLOUR_FUNCTIONS:
            bare = bare.replace(function, "")
        if (
            not setting.isprintable()
            or "(" in bare
            or "\\" in bare
            or "@" in bare
            or "/*" in bare
            or bare[:1] == "-"
        ):
            continue
        kept.append(f"{name}: {setting}")
    return "; ".join(kept) or None


def _href(value: str) -> str | None:
    bare = _url(value)
    return bare if bare[:8].lower().startswith(("http://", "https://", "mailto:")) else None


def _url(value: str) -> str:
    """Return an address as a browser reads it (WHATWG URL, 4.4), "" where it holds other controls."""
    bare = value.strip("".join(map(chr, range(0x21)))).translate(_LINE_BREAKS)
    return bare if bare.isprintable() else ""


def _folded(html: str) -> str:
    """Put the quoted part into an element that opens on a click; the parser closes it."""
    at = html_fold(html)
    if at < 0:
        return html
    return f'{html[:at]}<details class="quoted"><summary>\u2022\u2022\u2022</summary>{html[at:]}'


def _with_hosts(html: str) -> str:
    """Write behind each link that hides where it goes what its host is.

    `html` is nh3's own output: attributes are in double quotes with quotes escaped, so a tag's
    end can be found.
    """
    pieces = html.split('<a href="')
    if len(pieces) == 1:
        return html
    out = [pieces[0]]
    for piece in pieces[1:]:
        href, _, rest = piece.partition('"')
        tag_end = rest.find(">")
        close = rest.find("</a>")
        note = ""
        if 0 <= tag_end < close:
            note = link_note(unescape(href), html_to_text(rest[tag_end + 1 : close][:500]))
        if note:
            noted = f' <small class="host">[{escape(note)}]</small>'
            rest = f"{rest[: close + 4]}{noted}{rest[close + 4 :]}"
        out.append(f'<a href="{href}"{rest}')
    return "".join(out)


def _too_complex(html: str) -> bool:
    if len(html) > MAX_HTML or html.count("&") > MAX_ENTITIES:
        return True
    tags = html.count("<")
    if tags > MAX_TAGS:
        return True
    return tags > MAX_DEPTH and _depth(html) > MAX_DEPTH


def _depth(html: str) -> int:
    """Return how deep the elements of a body may nest, at most: unclosed ones count as open."""
    depth = deepest = 0
    for piece in html.split("<")[1:]:
        if piece[:1] == "/":
            name = piece[1:12].partition(">")[0].strip().lower()
            depth -= depth > 0 and name not in _IMPLIED
        elif piece[:1].isalpha():
            name = piece[:12].partition(">")[0].partition(" ")[0].partition("/")[0].lower()
            if name not in _IMPLIED:
                depth += 1
                deepest = max(deepest, depth)
    return deepest


def _percent_decoded(value: str) -> str:
    if "%" not in value:
        return value
    from urllib.parse import unquote  # noqa: PLC0415  # rare

    return unquote(value)
