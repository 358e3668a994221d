"""What goes over the line: the envelope's addresses, and a message as DATA wants it (RFC 5321 §4.5.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from shared.smtp.contract import SubmitRefused

_ADDRESS: Final = re.compile(r"[!-;=?A-~]{1,64}@[!-;=?A-~]{1,253}", re.ASCII)  # no space, no < or >
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_BCC: Final = re.compile(rb"(?im)^bcc[ \t]*:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*\r\n")


def require_addresses(sender: str, recipients: Sequence[str]) -> None:
    """Raise SubmitRefused("address") where one is no plain address, or where there is no recipient."""
    if not recipients or not all(_ADDRESS.fullmatch(one) for one in (sender, *recipients)):
        raise SubmitRefused("address")


def without_bcc(raw: bytes) -> bytes:
    """Return a message with CRLF line ends and without its Bcc fields, which name whom nobody may see."""
    crlf = _LINE_END.sub(b"\r\n", raw)
    head, blank, body = crlf.partition(b"\r\n\r\n")
    return _BCC.sub(b"", head + b"\r\n") + blank.removeprefix(b"\r\n") + body


def as_data(raw: bytes) -> bytes:
    """Return a message as it follows DATA, without the line that ends it."""
    message = without_bcc(raw)
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", message)
