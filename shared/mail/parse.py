"""Any bytes to a ParsedMail: who wrote what to whom, with the caps that were met named, never raising.

Sender identity is strict (inbound-mail 11.2), everything that is only shown is lenient. The order of a
damaged message's rescue: the caps, the header block, the parts, the text, the attachments; what fails
leaves its reason in `problems` and everything before it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.mail.addresses import Address, read_addresses
from shared.mail.authentication import Authentication, original_sender, read_authentication
from shared.mail.bodies import Attachment, Block, Contents, describe, read_contents
from shared.mail.dates import read_date
from shared.mail.encoded_words import decode_words
from shared.mail.headers import Headers, message_ids, shown
from shared.mail.mime import Part, find_part, read_parts
from shared.mail.report import DeliveryStatus, Report, read_report

MAX_MESSAGE_BYTES = 25 * 1024 * 1024
# Larger mail is read all the same, up to here: Gmail takes in about 50 MB, which encoding makes 70.
_READ_BYTES = 72 * 1024 * 1024

__all__ = [
    "Address",
    "Attachment",
    "Authentication",
    "DeliveryStatus",
    "ParsedMail",
    "Report",
    "content",
    "parse",
]


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One message as read. Texts are decoded and fit to be stored; `html` is NOT sanitised.

    `sender_trusted` is False where two readers could see different senders in it: then no decision may
    rest on the sender. `message_id` and the ids of `in_reply_to` and `references` have angle brackets.
    """

    headers: Headers
    subject: str
    sender: Address
    sender_trusted: bool
    original_sender: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    authentication: Authentication
    report: Report
    media_type: str
    problems: tuple[str, ...]

    def header(self, name: str) -> str:
        """Return the first value of a header field, decoded, "" where it is missing."""
        return shown(decode_words(self.headers.get(name)), 10_000)

    @property
    def delivery_status(self) -> tuple[DeliveryStatus, ...]:
        """What a delivery report says, recipient by recipient."""
        return self.report.recipients


def parse(raw: bytes) -> ParsedMail:
    """Return what can be read of a message; no bytes make this raise.

    `problems` holds stable names: message_too_large, headers_too_large, too_many_headers,
    header_too_long, too_many_parts, too_deep, too_many_recipients, could_not_parse.
    """
    problems: list[str] = []
    if len(raw) > MAX_MESSAGE_BYTES:
        problems.append("message_too_large")
        raw = raw[:_READ_BYTES]
    try:
        return _parse(raw, problems)
    except Exception:  # noqa: BLE001  # a promise to the caller: a mail that breaks us is still a mail
        return _unreadable(raw, [*problems, "could_not_parse"])


def content(raw: bytes, part: str) -> bytes | None:
    """Return the decoded bytes of the part with this path (Attachment.part), None where there is none."""
    root, _ = read_parts(raw[:_READ_BYTES])
    if "~" not in part:
        found = find_part(root, part)
        return None if found is None or found.children else found.content()
    for file in read_contents(root).files:
        if file.path == part:
            return file.content
    return None


def _parse(raw: bytes, problems: list[str]) -> ParsedMail:
    root, capped = read_parts(raw)
    contents = read_contents(root)
    text, html = _join(contents.blocks)
    attachments = tuple(describe(file, html) for file in contents.files)
    return _assemble(root, contents, text, html, attachments, [*problems, *capped])


def _join(blocks: list[Block]) -> tuple[str, str]:
    """Return the whole body as text and as HTML; each is "" only where no block has that form."""
    if len(blocks) == 1:
        return blocks[0].text or "", blocks[0].html or ""
    text = html = ""
    if any(block.text for block in blocks):
        text = "\n".join(block.text or _as_text(block.html or "") for block in blocks)
    if any(block.html for block in blocks):
        html = "\n".join(block.html or _as_html(block.text or "") for block in blocks)
    return text, html


def _as_text(html: str) -> str:
    from shared.mail.html_text import html_to_text  # noqa: PLC0415  # only for mixed bodies

    return html_to_text(html)


def _as_html(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<div>{escaped}</div>".replace("\n", "<br>\n")


def _assemble(
    root: Part,
    contents: Contents,
    text: str,
    html: str,
    attachments: tuple[Attachment, ...],
    problems: list[str],
) -> ParsedMail:
    headers = root.headers
    hint = next((leaf.parameters["charset"] for leaf in contents.leaves
                 if "charset" in leaf.parameters), "")  # fmt: skip
    sender, trusted = _sender(headers, hint)
    lists = {name: _addresses(headers, name, hint, problems) for name in ("to", "cc", "reply-to")}
    ids = message_ids((headers.get("message-id"),), limit=1)
    return ParsedMail(
        headers=headers,
        subject=shown(decode_words(headers.get("subject"), hint)),
        sender=sender,
        sender_trusted=trusted,
        original_sender=original_sender(headers, sender),
        to=lists["to"],
        cc=lists["cc"],
        reply_to=lists["reply-to"],
        message_id=ids[0] if ids else "",
        in_reply_to=message_ids(headers.all("in-reply-to")),
        references=message_ids(headers.all("references")),
        date=read_date(headers.get("date")),
        text=text,
        html=html,
        attachments=attachments,
        authentication=read_authentication(headers),
        report=read_report(contents.leaves),
        media_type=root.media_type,
        problems=tuple(dict.fromkeys(problems)),
    )


def _sender(headers: Headers, hint: str) -> tuple[Address, bool]:
    """Return the sender and whether every reader would name the same one."""
    stated = headers.all("from")
    for name in ("from", "sender", "return-path"):
        reading = read_addresses(headers.get(name), hint)
        if reading.addresses:
            trusted = (
                name == "from"
                and len(stated) == 1
                and reading.clear
                and len(reading.addresses) == 1
                and bool(reading.addresses[0].address)
            )
            return reading.addresses[0], trusted
    return Address("", ""), False


def _addresses(headers: Headers, name: str, hint: str, problems: list[str]) -> tuple[Address, ...]:
    values = headers.all(name)
    if not values:
        return ()
    reading = read_addresses(values[0] if len(values) == 1 else ", ".join(values), hint)
    if reading.capped:
        problems.append("too_many_recipients")
    return reading.addresses


def _unreadable(raw: bytes, problems: list[str]) -> ParsedMail:
    """Return the least that a broken message still is: its first text, under no sender."""
    return ParsedMail(
        Headers(), "", Address("", ""), False, None, (), (), (), "", (), (), None,
        raw[:65_536].decode("utf-8", "replace").replace("\0", ""), "", (),
        Authentication(), Report(), "", tuple(problems),
    )  # fmt: skip
