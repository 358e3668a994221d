"""What people do in Gmail itself, with the history that it leaves."""

import email.utils
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage, Message
from typing import Any

from .database import Database
from .delivery import Delivery
from .mail import Mail, StoredMessage
from .summary import header_text, ids_in, values_of


class Actions:
    """Human actions by name; each answers with the message as it is afterwards.

    Raises KeyError for a message, draft or account that is not there, ValueError for an unknown
    action.
    """

    def __init__(self, mail: Mail, delivery: Delivery, database: Database) -> None:
        self._mail = mail
        self._delivery = delivery
        self._database = database
        self._actions: dict[str, Callable[..., dict[str, Any]]] = {
            "archive": self._relabels(remove=("INBOX",)),
            "move_to_inbox": self._relabels(add=("INBOX",)),
            "spam": self._relabels(add=("SPAM",), remove=("INBOX",)),
            "spam_to_inbox": self._relabels(add=("INBOX",), remove=("SPAM",)),
            "trash": self._relabels(add=("TRASH",), remove=("INBOX",)),
            "untrash": self._relabels(add=("INBOX",), remove=("TRASH",)),
            "mark_read": self._relabels(remove=("UNREAD",)),
            "mark_unread": self._relabels(add=("UNREAD",)),
            "star": self._relabels(add=("STARRED",)),
            "unstar": self._relabels(remove=("STARRED",)),
            "label": self.label,
            "delete": self.delete,
            "save_draft": self.save_draft,
            "delete_draft": self.delete_draft,
            "send_draft": self.send_draft,
            "ui_send": self.ui_send,
            "ui_reply": self.ui_reply,
        }

    def act(
        self, mailbox: str, action: str, gmail_id: str | None, **options: Any
    ) -> dict[str, Any]:
        """Do what a person does, in one transaction."""
        if action not in self._actions:
            raise ValueError(f"unknown action; known are {', '.join(sorted(self._actions))}")
        with self._database.transaction():
            if gmail_id is not None:
                options["gmail_id"] = gmail_id
            return self._actions[action](mailbox, **options)

    def label(
        self,
        mailbox: str,
        gmail_id: str,
        add: list[str] | None = None,
        remove: list[str] | None = None,
    ) -> dict[str, Any]:
        """Add and remove labels by id."""
        return _answer(self._mail.relabel(mailbox, gmail_id, add or (), remove or ()))

    def delete(self, mailbox: str, gmail_id: str) -> dict[str, Any]:
        """Delete for good."""
        message = self._mail.existing(mailbox, gmail_id)
        history_id = self._mail.delete(mailbox, gmail_id)
        return {"id": gmail_id, "threadId": message.thread_id, "historyId": str(history_id)}

    def save_draft(
        self,
        mailbox: str,
        raw: bytes,
        draft_id: str | None = None,
        thread_id: str | None = None,
    ) -> dict[str, Any]:
        """Save a draft, or an edit of one: the old message goes and a new one with a new id comes."""
        if draft_id is None:
            draft_id = f"r{self._database.next_number('draft'):019d}"
        else:
            old = self._mail.by_draft(mailbox, draft_id)
            thread_id = thread_id or old.thread_id
            self._mail.delete(mailbox, old.id)
        message = self._mail.add(mailbox, raw, ("DRAFT",), thread_id=thread_id, draft_id=draft_id)
        return _answer(message) | {"draftId": draft_id}

    def delete_draft(self, mailbox: str, draft_id: str) -> dict[str, Any]:
        """Discard a draft."""
        return self.delete(mailbox, self._mail.by_draft(mailbox, draft_id).id)

    def send_draft(self, mailbox: str, draft_id: str) -> dict[str, Any]:
        """Send a draft: it goes, and a sent message with a new id comes in its thread."""
        draft = self._mail.by_draft(mailbox, draft_id)
        raw = self._mail.raw(mailbox, draft.id)
        self._mail.delete(mailbox, draft.id)
        return self.ui_send(mailbox, raw, thread_id=draft.thread_id)

    def ui_send(self, mailbox: str, raw: bytes, thread_id: str | None = None) -> dict[str, Any]:
        """Send from Gmail's own page; recipients who live in this sandbox receive it.

        Mail to oneself is one message that is both sent and in the inbox.
        """
        recipients = _recipients(message_from_bytes(raw))
        labels = ["SENT"]
        if mailbox in recipients:
            labels += ["INBOX", "UNREAD"]
        message = self._mail.add(mailbox, raw, labels, thread_id=thread_id)
        self._delivery.deliver(mailbox, recipients, raw)
        return _answer(message)

    def ui_reply(
        self, mailbox: str, gmail_id: str, text: str = "Answered from Gmail itself."
    ) -> dict[str, Any]:
        """Reply from Gmail's own page to the sender of a message, in its thread."""
        parent = self._mail.existing(mailbox, gmail_id)
        headers = message_from_bytes(self._mail.raw(mailbox, gmail_id))
        reply = EmailMessage()
        reply["From"] = mailbox
        sender = _addresses(headers, "reply-to") or _addresses(headers, "from")
        reply["To"] = ", ".join(sorted(sender)) or mailbox
        subject = " ".join(header_text(headers, "subject").split()) or "(no subject)"
        reply["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
        number = self._database.next_number("ui_message")
        domain = mailbox.partition("@")[2]
        reply["Message-ID"] = f"<CAsandbox{number}@mail.{domain}>"
        ids = ids_in(headers, "message-id")
        if ids:
            reply["In-Reply-To"] = ids[0]
            reply["References"] = " ".join([*ids_in(headers, "references")[-20:], ids[0]])
        reply["Date"] = email.utils.formatdate(parent.internal_date / 1000)
        reply.set_content(text)
        return self.ui_send(mailbox, reply.as_bytes(), thread_id=parent.thread_id)

    def _relabels(
        self, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()
    ) -> Callable[..., dict[str, Any]]:
        def relabel(mailbox: str, gmail_id: str) -> dict[str, Any]:
            return _answer(self._mail.relabel(mailbox, gmail_id, add, remove))

        return relabel


def _answer(message: StoredMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "threadId": message.thread_id,
        "historyId": str(message.history_id),
        "labelIds": list(message.labels),
    }


def _recipients(message: Message) -> set[str]:
    return set().union(*(_addresses(message, name) for name in ("to", "cc", "bcc")))


def _addresses(message: Message, name: str) -> set[str]:
    pairs = email.utils.getaddresses(values_of(message, name))
    return {address.lower() for _, address in pairs if "@" in address}
