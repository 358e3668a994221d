"""HTML of a mail made safe to be shown in the frame of the desk; sanitising comes last.

nh3 with the rules of the security page: no scripts, handlers, forms, SVG; links only to http, https and
mailto; no relative address; images only through us; style reduced to looks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import nh3

from shared.mail.visible import html_fold

_TAGS = set(
    "a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em"
    " figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span"
    " strike strong sub summary sup table tbody td tfoot th thead tr tt u ul var wbr".split(),
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "style", "title", "align", "valign", "class"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "size", "face"},
    "td": {"colspan", "rowspan", "width", "height", "bgcolor"},
    "th": {"colspan", "rowspan", "width", "height", "bgcolor"},
    "table": {"border", "cellpadding", "cellspacing", "width", "bgcolor"},
    "ol": {"start", "type"},
}
_STYLES = set(
    "color background-color font-family font-size font-style font-weight text-align text-decoration"
    " line-height direction vertical-align white-space".split(),
)


@dataclass(frozen=True, slots=True)
class Sanitized:
    """HTML for the frame, how many remote images it would have loaded, and what was taken out."""

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
    """Return `html` safe to be shown.

    `cid_url` gives our URL for a Content-ID, `image_url` our URL for a remote image; without one the
    image is left out and counted.
    """
    remote = 0

    def attribute(tag: str, name: str, value: str) -> str | None:
        nonlocal remote
        if name == "style":
            return None if "(" in value or "\\" in value else value
        if name == "class":
            return value if tag == "details" and value == "quoted" else None
        if name != "src" or tag != "img":
            return value
        if value[:4].lower() == "cid:":
            return cid_url(value[4:])
        remote += 1
        return image_url(value) if image_url else None

    at = html_fold(html) if fold_quotes else -1
    if at >= 0:
        html = (
            f'{html[:at]}<details class="quoted"><summary>\u2022\u2022\u2022</summary>{html[at:]}'
        )
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "cid"},
        url_relative="deny",
        filter_style_properties=_STYLES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return Sanitized(clean, remote, ())


def text_to_html(text: str) -> str:
    """Return a plain body as HTML: escaped, a block a paragraph, each with its own direction."""
    escaped = (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
    blocks = [block for block in escaped.split("\n\n") if block.strip()]
    return "".join(f'<div dir="auto">{block}</div>'.replace("\n", "<br>") for block in blocks)
