"""What Gmail indexes of a message when it accepts it: threading headers, snippet, search text.

Hostile bytes are the normal case here: nothing raises, and only the first 64 KiB are read.
"""

import email.errors
import email.header
import html
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

INDEXED_BYTES = 65536
SNIPPET_CHARACTERS = 200
INDEXED_HEADERS = ("from", "to", "cc", "bcc", "subject", "delivered-to", "list-id")

# RFC 5322 §3.6.4, as lenient as real mail demands.
MESSAGE_ID = re.compile(r"<[^<>\s]{1,998}>")
# RFC 5256 §2.1 and the prefixes of other languages; Gmail's own list is not published.
REPLY_PREFIX = re.compile(
    r"^\s*(?:(?:re|fwd?|aw|wg|sv|vs|vb|antw|tr|rv|rif|res|enc|odp|ynt|رد|إعادة توجيه|回复|答复|转发)"
    r"\s*(?:\[\d+\]|\(\d+\))?\s*[:：]\s*)+",
    re.IGNORECASE,
)
TAGS = re.compile(
    r"<(?:script|style)\b.*?</(?:script|style)\s*>|<[^<>]*>", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Summary:
    """Searchable facts of one message; texts are Unicode without surrogates."""

    message_id: str
    # Referenced Message-IDs, nearest first.
    references: tuple[str, ...]
    base_subject: str
    snippet: str
    headers: dict[str, str]
    body_text: str
    attached: bool


def summarise(raw: bytes) -> Summary:
    """Return what is indexed of a message."""
    try:
        message = message_from_bytes(raw[:INDEXED_BYTES])
        text = " ".join(_text(message).split())
        attached = any(part.get_filename() for part in message.walk())
    except Exception:  # noqa: BLE001  (the parser raises many things on hostile mail)
        message, text, attached = Message(), "", False
    headers = {name: header_text(message, name) for name in INDEXED_HEADERS}
    nearest = [*ids_in(message, "in-reply-to"), *reversed(ids_in(message, "references"))]
    return Summary(
        message_id=next(iter(ids_in(message, "message-id")), ""),
        references=tuple(dict.fromkeys(nearest)),
        base_subject=base_subject(headers["subject"]),
        snippet=html.escape(text[:SNIPPET_CHARACTERS]).replace("&#x27;", "&#39;"),
        headers={name: value for name, value in headers.items() if value},
        body_text=text,
        attached=attached,
    )


def base_subject(subject: str) -> str:
    """Return a subject without reply and forward prefixes, in one case and spacing."""
    return " ".join(REPLY_PREFIX.sub("", subject).split()).casefold()


def ids_in(message: Message, name: str) -> list[str]:
    """Return the <id>s of every header of a name."""
    return MESSAGE_ID.findall(clean(" ".join(values_of(message, name))))


def header_text(message: Message, name: str) -> str:
    """Return every value of a header, decoded and joined."""
    return " ".join(decoded(value) for value in values_of(message, name))


def values_of(message: Message, name: str) -> list[str]:
    """Return every value of a header as it stands, raw bytes as surrogates."""
    # Message.items() would replace raw UTF-8, which Gmail shows.
    return [str(value) for key, value in message.raw_items() if key.lower() == name]


def decoded(value: str) -> str:
    """Return a header value unfolded, its encoded words read, as Gmail's JSON shows it."""
    unfolded = re.sub(r"[\r\n]", "", clean(value))  # RFC 5322 §2.2.3
    try:
        return clean(str(email.header.make_header(email.header.decode_header(unfolded))))
    except (ValueError, LookupError, email.errors.HeaderParseError):
        return unfolded


def clean(text: str) -> str:
    """Return text with lone surrogates, the parser's mark of raw bytes, replaced."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _text(message: Message) -> str:
    parts = [part for part in message.walk() if not part.is_multipart()]
    shown = [part for part in parts if part.get_content_disposition() != "attachment"]
    for kind in ("text/plain", "text/html"):
        texts = [_decode(part) for part in shown if part.get_content_type() == kind]
        if texts:
            joined = "\n".join(texts)
            return html.unescape(TAGS.sub(" ", joined)) if kind == "text/html" else joined
    return ""


def _decode(part: Message) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")
