"""Finding the ends of tags, comments and elements in hostile HTML, each in bounded or linear time."""

from __future__ import annotations

_MAX_TAG = 8_192


def identifiers(attributes: str) -> str:
    """Return the id, class, name and data- values of a lower-cased attribute text, joined by "="."""
    out: list[str] = []
    position = 0
    while True:
        equals = attributes.find("=", position)
        if equals < 0:
            return "".join(out)
        name = attributes[position:equals].rsplit(None, 1)
        position = equals + 1
        while attributes[position : position + 1] in (" ", "\n", "\t"):
            position += 1
        quote = attributes[position : position + 1]
        if quote in ('"', "'") and quote:
            close = attributes.find(quote, position + 1)
            close = close if close >= 0 else len(attributes)
            value, position = attributes[position + 1 : close], close + 1
        else:
            value = attributes[position:].split(None, 1)[0] if attributes[position:].strip() else ""
            position += len(value)
        if name and (name[-1] in ("id", "class", "name", "type") or name[-1].startswith("data-")):
            out.append(f"={value.strip()}")


def end_of_tag(html: str, opened: int) -> int:
    """Return where the tag closes: a ">" outside quotes, looked for in a bounded stretch."""
    closed = html.find(">", opened, opened + _MAX_TAG)
    for _ in range(8):
        if closed < 0:
            break
        tag = html[opened:closed]
        if tag.count('"') % 2 == 0 or tag.find("=") < 0:
            return closed
        closed = html.find(">", closed + 1, opened + _MAX_TAG)
    return html.find(">", opened)


def after_declaration(html: str, opened: int) -> int:
    """Return where to go on behind a comment or a declaration; one that never ends takes the rest."""
    if html.startswith("<!--", opened):
        closed = html.find("-->", opened + 2)
        return closed + 3 if closed >= 0 else len(html)
    closed = html.find(">", opened)
    return closed + 1 if closed >= 0 else len(html)


def after_element(html: str, name: str, position: int) -> int:
    """Return where to go on behind an element whose content is not shown, -1 where it never ends."""
    closed = html.find(f"</{name}", position)
    upper = html.find(f"</{name.upper()}", position, closed if closed >= 0 else len(html))
    if upper >= 0:
        closed = upper
    if closed < 0:
        closed = html.find(f"</{name.capitalize()}", position)
    if closed < 0:
        return -1
    end = html.find(">", closed)
    return end + 1 if end >= 0 else len(html)


def without_tags(html: str) -> str:
    """Return the text of HTML that is too large for the scanner, tags cut out in one pass."""
    first, *pieces = html.split("<")
    return "".join((first, *(piece.partition(">")[2] for piece in pieces)))
