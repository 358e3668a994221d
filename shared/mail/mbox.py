"""Messages as one mbox file, in the variant mboxrd, which loses nothing.

A line of a message that begins with any number of ">" and "From " gets one ">" more, and whoever reads takes
one away. http://qmail.org/man/man5/mbox.html; RFC 4155 for the line that begins a message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_FROM: Final = re.compile(rb"(?m)^(>*From )")


def entry(raw: bytes, received_at: datetime, fields: Mapping[str, str]) -> bytes:
    """Return one message as it stands in the file, line ends as LF.

    `fields` are written above its own, as ASCII of ours: by them a reader finds the message elsewhere.
    """
    at = received_at.astimezone(UTC)
    begin = (
        f"From MAILER-DAEMON {_DAYS[at.weekday()]} {_MONTHS[at.month - 1]} "
        f"{at.day:2} {at:%H:%M:%S} {at.year}\n"
    )
    begin += "".join(f"{name}: {value}\n" for name, value in fields.items())
    text = _FROM.sub(rb">\1", _LINE_END.sub(b"\n", raw))
    return begin.encode("ascii") + text + (b"\n" if text.endswith(b"\n") else b"\n\n")
