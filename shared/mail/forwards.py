"""Whose mail a forward passes on, so that an agent who forwards it opens a ticket for the customer."""

from __future__ import annotations

from shared.mail.addresses import Address, read_addresses
from shared.mail.html_text import Line, html_lines
from shared.mail.markers import bare, header_label
from shared.mail.parse import ParsedMail
from shared.mail.visible import visible

_LINES = 200
_FIELDS = 4


def forwarded_sender(mail: ParsedMail) -> Address | None:
    """Return the sender that the passed-on message states, None where this is no forward or none is said.

    It is what somebody typed or could have typed: only a mail whose own sender is one of our people,
    named beyond doubt, may open a ticket for somebody else (the caller checks that).
    """
    if not visible(mail).is_forward:
        return None
    if mail.text.strip():
        lines = [Line(text, 0, 0, 0) for text in mail.text.split("\n", _LINES)[:_LINES]]
    else:
        lines = html_lines(mail.html)[:_LINES]
    for at, line in enumerate(lines):
        text = line.text.lstrip("> ")
        if header_label(text) != "from":
            continue
        near = lines[max(0, at - _FIELDS) : at + _FIELDS + 1]
        if not any(
            header_label(other.text.lstrip("> ")) in ("date", "subject", "to") for other in near
        ):
            continue
        return _address(text.replace("：", ":").partition(":")[2])
    return None


def _address(value: str) -> Address | None:
    """Read "Jane <jane@example.net>", "Jane [mailto:jane@example.net]" and the plain address."""
    text = bare(value).replace("[mailto:", "<").replace("]", ">").replace("mailto:", "")
    for found in read_addresses(text).addresses:
        if found.address:
            return Address(found.name.strip("*_ "), found.address)
    return None
