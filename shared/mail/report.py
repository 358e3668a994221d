"""Machine-readable reports inside a message, and the headers of the message that they are about.

Delivery status is RFC 3464, feedback (complaints) RFC 5965, disposition notification RFC 8098.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.mail.headers import Headers, read_block
from shared.mail.mime import Part

MAX_RECIPIENTS = 500

_REPORT_TYPES = {
    "message/delivery-status": "delivery-status",
    "message/global-delivery-status": "delivery-status",
    "message/feedback-report": "feedback-report",
    "message/disposition-notification": "disposition-notification",
    "message/global-disposition-notification": "disposition-notification",
}
_RETURNED_TYPES = frozenset(
    (
        *("message/rfc822", "message/global", "message/global-headers", "message/partial"),
        *("text/rfc822-headers", "message/rfc822-headers"),
    ),
)


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """What a mail system says of one recipient. `status` is d.d.d of RFC 3463, or ""."""

    recipient: str
    action: str
    status: str
    diagnostic: str


@dataclass(frozen=True, slots=True)
class Report:
    """The reports of one message: its kind ("" for none), the recipients, the message reported."""

    kind: str = ""
    recipients: tuple[DeliveryStatus, ...] = ()
    fields: Headers = field(default_factory=Headers)
    returned: Headers | None = None


def read_report(parts: list[Part]) -> Report:
    """Return what the leaves of a message report; an ordinary mail gives an empty Report."""
    kind, returned = "", None
    fields = Headers()
    recipients: list[DeliveryStatus] = []
    for part in parts:
        found = _REPORT_TYPES.get(part.media_type)
        if found:
            kind = kind or found
            groups = list(_groups(part.content()))
            fields = fields if fields.fields or not groups else groups[0]
            if found == "delivery-status":
                recipients += _recipients(groups)
        elif part.media_type in _RETURNED_TYPES and returned is None:
            content = part.content()
            stripped = content.lstrip(b"\r\n")
            returned, _, _ = read_block(stripped, 0, len(stripped))
    return Report(kind, tuple(recipients[:MAX_RECIPIENTS]), fields, returned)


def _groups(content: bytes) -> Iterator[Headers]:
    """Yield the field groups, which blank lines part, of a report."""
    position = 0
    for _ in range(MAX_RECIPIENTS + 1):
        while content[position : position + 1] in (b"\r", b"\n", b" ", b"\t"):
            position += 1
        if position >= len(content):
            return
        fields, following, _ = read_block(content, position, len(content))
        if following <= position:
            return
        position = following
        if fields.fields:
            yield fields


def _recipients(groups: list[Headers]) -> list[DeliveryStatus]:
    found: list[DeliveryStatus] = []
    for group in groups:
        current: dict[str, str] = {}
        for name, value in (*group.fields, ("final-recipient", "")):
            # Some systems write several recipients without the blank line between them.
            if name == "final-recipient" and "final-recipient" in current:
                found.append(_status(current))
                current = {}
            current.setdefault(name, value)
        told = "original-recipient" in current or "action" in current
        if current.get("final-recipient") or (len(current) > 1 and told):
            found.append(_status(current))
    return found


def _status(fields: dict[str, str]) -> DeliveryStatus:
    recipient = fields.get("final-recipient") or fields.get("original-recipient", "")
    return DeliveryStatus(
        recipient.rpartition(";")[2].strip().strip("<>"),
        fields.get("action", "").partition("(")[0].strip().lower(),
        status_code(fields.get("status", "")),
        fields.get("diagnostic-code", "")[:1000],
    )


def status_code(text: str) -> str:
    """Return the first enhanced status code (RFC 3463) in a text, "" where there is none."""
    for word in text[:2000].replace("(", " ").replace(")", " ").replace("#", " ").split():
        digits = word.strip(".,;:<>[]-").split(".")
        if (
            len(digits) == 3
            and digits[0] in ("2", "4", "5")
            and all(d.isdecimal() and d.isascii() and len(d) <= 3 for d in digits)
        ):
            return ".".join(digits)
    return ""
