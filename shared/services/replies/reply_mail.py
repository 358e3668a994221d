"""A reply as the mail that leaves: what was frozen when it was queued, and the parent's text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from shared import codec
from shared.app import App
from shared.domain import messages, replies
from shared.domain.messages import Message
from shared.domain.replies import Reply
from shared.keys.contract import TOKEN_KEY
from shared.mail import thread
from shared.mail.addresses import Address
from shared.mail.compose import MAX_QUOTED, Outgoing, OutgoingFile, Quoted, compose
from shared.mail.parse import parse

# Whoever reads a quoted mail anywhere knows it by this line (shared/mail/markers.py reads them too).
_ATTRIBUTIONS: Final = {"en": "On {when}, {who} wrote:", "ar": "في {when}، كتب {who}:"}


def write(app: App, reply_id: str, reply: Reply, fields: Mapping[str, Any],
          files: Sequence[OutgoingFile]) -> bytes:  # fmt: skip
    """Return the mail's bytes. Raises ValueError for what cannot be written, such as nobody to send it to."""
    sender = _address(fields["from"])
    html = fields["html"]
    text = fields["text"]
    if html:
        from shared.mail.html_text import html_to_text  # noqa: PLC0415 - only few replies have HTML
        from shared.mail.sanitize import sanitize  # noqa: PLC0415

        html = sanitize(html, cid_url=lambda _: None, fold_quotes=False).html
        text = text or html_to_text(html)
    if invitation := fields.get("invitation"):
        text = f"{text}\n\n{invitation['text']}"
        html = html and f"{html}\n{invitation['html']}"
    quoted = fields.get("quoted")
    key = app.keys.primary(TOKEN_KEY).value
    domain = sender.address.rpartition("@")[2]
    return compose(
        Outgoing(
            sender=sender,
            to=_addresses(fields["to"]),
            cc=_addresses(fields["cc"]),
            bcc=_addresses(fields["bcc"]),
            subject=fields["subject"],
            text=text,
            html=html,
            signature=fields.get("signature", ""),
            date=app.clock.now(),
            message_id=thread.sign_message_id(key, reply.ticket_id, reply_id, domain),
            send_id=replies.send_id(reply_id, reply.sendings),
            in_reply_to=fields.get("in_reply_to", ""),
            references=fields.get("references", []),
            thread_index=fields.get("thread_index", ""),
            quoted=Quoted(quoted["attribution"], quoted["text"]) if quoted else None,
            files=files,
            automatic=reply.automatic,
        )
    )


def attribution(sender: Mapping[str, str], at: datetime, time_zone: str, language: str) -> str:
    """Return the line that introduces a quoted mail: when it came, in the mailbox's time, and from whom."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - only for replies that quote

    name, address = sender["name"], sender["address"]
    who = f"{name} <{address}>" if name else address
    when = at.astimezone(ZoneInfo(time_zone)).strftime("%Y-%m-%d %H:%M")
    return _ATTRIBUTIONS.get(language, _ATTRIBUTIONS["en"]).format(when=when, who=who)


def text_from_gmail(app: App, message_id: str) -> str:
    """Return a message's text as Gmail still has it. Raises GmailError; Gone where it was deleted."""
    found = app.store.get(messages.COLLECTION, message_id)
    if found is None or found.data["state"] != "stored":
        return ""
    message = codec.from_document(Message, found.data)
    raw = app.mailboxes(message.mailbox_id).message(message.gmail_id)
    return quotable(parse(raw.raw).text)


def quotable(text: str) -> str:
    """Return as much of a text as an answer repeats."""
    return text[:MAX_QUOTED]


def _address(person: Mapping[str, str]) -> Address:
    return Address(person["name"], person["address"])


def _addresses(people: Sequence[Mapping[str, str]]) -> tuple[Address, ...]:
    return tuple(_address(person) for person in people)
