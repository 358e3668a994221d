"""Links in mail: where they really go, and web addresses in plain text."""

from __future__ import annotations

import unicodedata
from html import escape

_TRAILING = ".,;:!?)]}>'\"\u00bb\u201d\u2019\u3002\uff0c\u060c\u061f\u2026"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_MAX_URL = 2_000


def link_note(href: str, label: str) -> str:
    """Return the host that a reader must be shown beside a link, "" where the link is what it says.

    Shown where the label names another host, where a user name stands before the host
    ("good.example@evil.example"), or where the host is written in an unusual script.
    """
    host, has_user = _host(href)
    if not host:
        return ""
    shown = _ascii_host(host)
    claimed = _claimed_host(label)
    if has_user or shown != host.lower():
        return shown
    if claimed and claimed.removeprefix("www.") != shown.removeprefix("www."):
        return shown
    return ""


def linkified(line: str) -> str:
    """Return one line of plain text as HTML: escaped, http and https addresses as links."""
    if "://" not in line:
        return escape(line)
    out: list[str] = []
    position = 0
    while True:
        start = _next_address(line, position)
        if start < 0:
            out.append(escape(line[position:]))
            return "".join(out)
        end = start
        while end < len(line) and end - start < _MAX_URL and not _ends_address(line[end]):
            end += 1
        end = _without_trailing(line, start, end)
        url = line[start:end]
        out.append(escape(line[position:start]))
        if len(url) > len("https://"):
            note = link_note(url, "")
            out.append(
                f'<a href="{escape(url)}" rel="noopener noreferrer nofollow" target="_blank">'
                f"{escape(url)}</a>"
            )
            out.append(f' <small class="host">[{escape(note)}]</small>' if note else "")
        else:
            out.append(escape(url))
        position = end


def _next_address(line: str, position: int) -> int:
    found = [at for scheme in ("http://", "https://") if (at := line.find(scheme, position)) >= 0]
    return min(found, default=-1)


def _ends_address(character: str) -> bool:
    return character.isspace() or character in '<>"\u00ab\u00bb\u201c\u201d\u300c\u300d\u3000'


def _without_trailing(line: str, start: int, end: int) -> int:
    """Return the end of an address without the punctuation of the sentence around it."""
    while end > start and line[end - 1] in _TRAILING:
        opening = _BRACKETS.get(line[end - 1])
        if opening and line.count(opening, start, end) >= line.count(line[end - 1], start, end):
            break
        end -= 1
    return end


def _host(href: str) -> tuple[str, bool]:
    """Return the host of a web address and whether a user name stands before it."""
    scheme, separator, rest = href.strip().partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        return "", False
    authority = rest
    for mark in "/?#\\":
        authority = authority.partition(mark)[0]
    user, at, host = authority.rpartition("@")
    host = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    return host, bool(at and user)


def _ascii_host(host: str) -> str:
    """Return a host in ASCII (punycode), so that look-alike letters are seen for what they are."""
    lowered = unicodedata.normalize("NFKC", host).lower()
    if lowered.isascii():
        return lowered
    import idna  # noqa: PLC0415  # 13 ms; few links need it

    try:
        return idna.encode(lowered).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return lowered.encode("ascii", "backslashreplace").decode("ascii")


def _claimed_host(label: str) -> str:
    """Return the host that a link's label names, "" where it names none."""
    text = label.strip().lower()
    if not text or " " in text or len(text) > 300:
        return ""
    host, _ = _host(text if "://" in text else f"http://{text}")
    last = host.rpartition(".")[2]
    if "." not in host or "@" in text or not last.isalpha() or len(last) < 2:
        return ""
    return _ascii_host(host)
