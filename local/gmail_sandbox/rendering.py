"""Messages as Gmail's JSON, in the four formats of users.messages.get."""

import base64
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Any

from .clock import SandboxClock
from .errors import invalid_argument
from .mail import Mail, StoredMessage
from .opaque import OpaqueIds
from .summary import clean, decoded

# A body above this comes as an attachmentId, text/plain too. Gmail's own limit is not published.
INLINE_BODY_BYTES = 100_000
ATTACHMENT_ID_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part that has content: its partId and bytes, decoded from the transfer encoding only."""

    part_id: str
    content: bytes


class Rendering:
    """Builds the JSON of messages and serves their attachments."""

    def __init__(self, mail: Mail, clock: SandboxClock, ids: OpaqueIds) -> None:
        self._mail = mail
        self._clock = clock
        self._ids = ids
        self._shown = 0

    def message(
        self, mailbox: str, message: StoredMessage, form: str, names: list[str]
    ) -> dict[str, Any]:
        """Return a Message resource; `names` are the metadataHeaders. KeyError if it is gone."""
        answer: dict[str, Any] = {
            "id": message.id,
            "threadId": message.thread_id,
            "labelIds": list(message.labels),
            "snippet": message.snippet,
            "sizeEstimate": message.size,
            "historyId": str(message.history_id),
            "internalDate": str(message.internal_date),
        }
        if form == "minimal":
            return answer
        raw = self._mail.raw(mailbox, message.id)
        if form == "raw":
            return answer | {"raw": base64.urlsafe_b64encode(raw).decode()}
        if form == "metadata":
            # Headers are all that is read: the body cannot slow it down.
            head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
            parsed = _parse(head + b"\n\n")
            wanted = {name.lower() for name in names}
            headers = _headers(parsed)
            if wanted:
                headers = [entry for entry in headers if entry["name"].lower() in wanted]
            return answer | {"payload": {"mimeType": parsed.get_content_type(), "headers": headers}}
        return answer | {"payload": self._payload(f"{mailbox} {message.id}", _parse(raw), "")}

    def attachment(self, mailbox: str, message_id: str, attachment_id: str) -> dict[str, Any]:
        """Return a MessagePartBody; 400 for an id that is not this message's, or too old."""
        opened = (self._ids.open("attachment", attachment_id.removeprefix("ANGj")) or "").split(" ")
        known = len(opened) == 5 and opened[:2] == [mailbox, message_id]
        if not known or float(opened[3]) < self._clock.now():
            raise invalid_argument("Invalid attachment token")
        for leaf in _leaves(_parse(self._mail.raw(mailbox, message_id)), ""):
            if leaf.part_id == opened[2]:
                data = base64.urlsafe_b64encode(leaf.content).decode()
                return {"size": len(leaf.content), "data": data}
        raise invalid_argument("Invalid attachment token")

    def _payload(self, owner: str, part: Message, part_id: str) -> dict[str, Any]:
        filename = _filename(part)
        answer: dict[str, Any] = {
            "partId": part_id,
            "mimeType": part.get_content_type(),
            "filename": filename,
            "headers": _headers(part),
        }
        children = _children(part)
        if children and part.get_content_maintype() == "multipart":
            answer["body"] = {"size": 0}
        else:
            content = _content(part)
            if filename or children or len(content) > INLINE_BODY_BYTES:
                answer["body"] = {
                    "attachmentId": self._attachment_id(owner, part_id),
                    "size": len(content),
                }
            else:
                data = base64.urlsafe_b64encode(content).decode()
                answer["body"] = {"size": len(content)} | ({"data": data} if content else {})
        if children:
            answer["parts"] = [
                self._payload(owner, child, _child_id(part_id, index))
                for index, child in enumerate(children)
            ]
        return answer

    def _attachment_id(self, owner: str, part_id: str) -> str:
        # A new one at every get, and soon of no use: Gmail's are not to be stored either.
        self._shown += 1
        until = self._clock.now() + ATTACHMENT_ID_SECONDS
        return "ANGj" + self._ids.seal("attachment", f"{owner} {part_id} {until} {self._shown}")


def _parse(raw: bytes) -> Message:
    try:
        message = message_from_bytes(raw)
        # Nesting beyond what the walk below can hold is found out here.
        for _ in _leaves(message, ""):
            pass
    except Exception:  # noqa: BLE001  (hostile mail; it is then shown as one part)
        message = Message()
        message.set_payload(raw.decode("latin-1"), "latin-1")
    return message


def _leaves(part: Message, part_id: str) -> list[Leaf]:
    children = _children(part)
    own = [] if part.get_content_maintype() == "multipart" else [Leaf(part_id, _content(part))]
    nested = [
        leaf
        for index, child in enumerate(children)
        for leaf in _leaves(child, _child_id(part_id, index))
    ]
    return own + nested


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if part.is_multipart() else []


def _child_id(part_id: str, index: int) -> str:
    return f"{part_id}.{index}" if part_id else str(index)


def _content(part: Message) -> bytes:
    if part.is_multipart():
        return b"".join(child.as_bytes() for child in _children(part))
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _filename(part: Message) -> str:
    try:
        return decoded(part.get_filename() or "")
    except (ValueError, LookupError, TypeError):
        return ""


def _headers(part: Message) -> list[dict[str, str]]:
    return [{"name": clean(name), "value": decoded(str(value))} for name, value in part.raw_items()]
