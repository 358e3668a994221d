"""Our own mail as bytes: replies with their thread, quoted text, both body forms and files.

Structured values are checked before they are written, so nothing that an agent or a customer typed can
add a header (EmailMessage refuses line breaks, but not NUL). Every part is 7-bit, because Gmail's media
upload breaks on 8-bit (gmail.md 7.2). Ids are written by hand: the standard library turns long ones
into encoded words, which ends the thread.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from shared.mail.addresses import Address, strict_address
from shared.mail.bodies import safe_name
from shared.mail.links import linkified
from shared.mail.subjects import base_subject

if TYPE_CHECKING:
    from email.message import EmailMessage

MAX_RECIPIENTS = 500
MAX_REFERENCES = 20
MAX_QUOTED = 100_000
_MAX_ID = 900
_TOKEN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.+-")
_QUOTE_STYLE = "margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex"
_QUOTE_STYLE_RTL = "margin:0 .8ex 0 0;border-right:1px solid #ccc;padding-right:1ex"
_THREAD_INDEX_BYTES = 22


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file to be sent: its name as shown, its media type, its bytes."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Quoted:
    """The message that is answered: the line that introduces it, in the reader's language, its text."""

    attribution: str
    text: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail of ours before it is written.

    `message_id`, `in_reply_to` and `references` have angle brackets; `in_reply_to` is "" where the
    parent has no id. `thread_index` is the parent's Thread-Index, by which Outlook threads. `automatic`
    marks an answer that no person wrote (RFC 3834), so that no machine answers it. `html` is the text with
    its formatting, safe already; without it the text is shown as it stands. `signature` follows a "-- "
    (RFC 3676 section 4.3), before what is quoted.
    """

    sender: Address
    to: Sequence[Address]
    subject: str
    text: str
    date: datetime
    message_id: str
    send_id: str
    cc: Sequence[Address] = ()
    bcc: Sequence[Address] = ()
    in_reply_to: str = ""
    references: Sequence[str] = ()
    quoted: Quoted | None = None
    files: Sequence[OutgoingFile] = ()
    thread_index: str = ""
    automatic: bool = False
    html: str = ""
    signature: str = ""


def compose(mail: Outgoing) -> bytes:
    """Return the mail as RFC 5322 bytes with CRLF line ends, pure ASCII, Bcc included.

    Raises ValueError, without the offending value in its text, where an address is no strict one, an id
    or the date is malformed, nobody would receive it, or too many would.
    """
    from email.message import EmailMessage  # noqa: PLC0415  # 24 ms; only what sends pays for it
    from email.policy import SMTP  # noqa: PLC0415

    recipients = (*mail.to, *mail.cc, *mail.bcc)
    if not recipients or len(recipients) > MAX_RECIPIENTS:
        raise ValueError("a mail has between 1 and 500 recipients")
    if mail.date.tzinfo is None:
        raise ValueError("the date of a mail has a time zone")
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = _mailbox(mail.sender)
    for name, addresses in (("To", mail.to), ("Cc", mail.cc), ("Bcc", mail.bcc)):
        if addresses:
            message[name] = [_mailbox(address) for address in addresses]
    message["Subject"] = _line(mail.subject, 900)
    message["Date"] = mail.date
    _write_body(message, mail)
    return _thread_fields(mail) + message.as_bytes()


def reply_subject(subject: str) -> str:
    """Return the subject of an answer: "Re: " once, whatever prefixes in whatever language it had."""
    return f"Re: {base_subject(subject)}".strip()


def direction(text: str) -> str:
    """Return "rtl" or "ltr" after the first letter that has a direction (Unicode UAX 9, rule P2)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def _mailbox(address: Address) -> object:
    from email.headerregistry import Address as HeaderAddress  # noqa: PLC0415

    spec = strict_address(address.address)
    if not spec or spec != address.address or not spec.isascii():
        raise ValueError("an address of a mail is one plain address")
    return HeaderAddress(_line(address.name, 200), addr_spec=spec)


def _line(text: str, limit: int) -> str:
    """Return text that is safe in one header line: no controls, line breaks as spaces."""
    spaced = "".join(
        " " if character in "\r\n\t\v\f\x1c\x1d\x1e\x85\u2028\u2029" else character
        for character in text[: limit * 2]
        if unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
        or character in "\r\n\t\v\f\x1c\x1d\x1e\x85\u2028\u2029"
    )
    return " ".join(spaced.split())[:limit]


def _thread_fields(mail: Outgoing) -> bytes:
    """Return the fields that tie the mail to others, and the marks by which we know it again."""
    references = [found for found in dict.fromkeys(mail.references) if _is_id(found)]
    if mail.in_reply_to and mail.in_reply_to not in references:
        references.append(mail.in_reply_to)
    if len(references) > MAX_REFERENCES:  # the first names the thread, the last the parents
        references = [references[0], *references[-MAX_REFERENCES + 1 :]]
    for identifier in (mail.message_id, *([mail.in_reply_to] if mail.in_reply_to else [])):
        if not _is_id(identifier):
            raise ValueError("a Message-ID of a mail is malformed")
    if not mail.send_id or not set(mail.send_id) <= _TOKEN:
        raise ValueError("a send id holds lower-case letters, digits, dots, plus and minus")
    lines = [f"Message-ID: {mail.message_id}", f"X-CMO-Send-Id: {mail.send_id}"]
    if mail.in_reply_to:
        lines.append(f"In-Reply-To: {mail.in_reply_to}")
    if references:
        lines.append("References: " + "\r\n ".join(references))
    thread_index = _child_index(mail.thread_index, mail.message_id)
    if thread_index:
        lines.append(f"Thread-Index: {thread_index}")
    if mail.automatic:
        lines += ["Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All"]
        lines.append("Precedence: auto_reply")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _is_id(text: str) -> bool:
    inside = text[1:-1]
    return (
        5 <= len(text) <= _MAX_ID
        and text[0] == "<"
        and text[-1] == ">"
        and "@" in inside
        and all(33 <= ord(character) <= 126 and character not in "<>" for character in inside)
    )


def _child_index(parent: str, message_id: str) -> str:
    """Return the Thread-Index of an answer: the parent's and five bytes more ([MS-OXOMSG] 2.2.1.3)."""
    try:
        data = base64.b64decode(parent, validate=True)
    except (binascii.Error, ValueError):
        return ""
    if not _THREAD_INDEX_BYTES <= len(data) <= 400 or (len(data) - _THREAD_INDEX_BYTES) % 5:
        return ""
    return base64.b64encode(data + hashlib.sha256(message_id.encode()).digest()[:5]).decode()


def _write_body(message: EmailMessage, mail: Outgoing) -> None:
    text = _clean_text(mail.text)
    html = f"<div>{mail.html}</div>" if mail.html else _blocks(text)
    if mail.signature:
        signature = f"-- \n{_clean_text(mail.signature)}"
        text += f"\n\n{signature}"
        html += f"\n{_blocks(signature)}"
    if mail.quoted is not None:
        quoted = _clean_text(mail.quoted.text[:MAX_QUOTED])
        attribution = _line(mail.quoted.attribution, 400)
        text += f"\n\n{attribution}\n" + "".join(
            f">{'' if line.startswith('>') or not line else ' '}{line}\n"
            for line in quoted.split("\n")
        )
        style = _QUOTE_STYLE_RTL if direction(quoted) == "rtl" else _QUOTE_STYLE
        html += (
            f'\n<div class="gmail_quote"><div dir="{direction(attribution)}">{escape(attribution)}'
            f'</div>\n<blockquote type="cite" style="{style}">{_blocks(quoted)}</blockquote></div>'
        )
    message.set_content(text.rstrip("\n") + "\n", charset="utf-8")
    message.add_alternative(
        f"<html><body>\n{html}\n</body></html>\n", subtype="html", charset="utf-8"
    )
    for file in mail.files:
        kind, _, subtype = file.media_type.lower().partition("/")
        plain = bool(kind and subtype) and set(kind + subtype) <= _TOKEN
        if not plain or kind in ("message", "multipart"):
            kind, subtype = "application", "octet-stream"
        name = safe_name(file.name) or "file"
        message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=name)


def _clean_text(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return plain.encode("utf-8", "replace").decode("utf-8").strip("\n")


def _blocks(text: str) -> str:
    """Return text as HTML, a block a paragraph, each marked with the direction of its own letters."""
    return "\n".join(
        f'<div dir="{direction(block)}">'
        + "<br>\n".join(linkified(line) for line in block.strip("\n").split("\n"))
        + "</div><div><br></div>"
        for block in text.split("\n\n")
        if block.strip()
    )
