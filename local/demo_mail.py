"""The mails of the demo: a conversation, machine mail about it, spam, and one that is broken."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Final

DEMO_MAILBOX: Final = "hello@example.com"
_CUSTOMER: Final = "Nora Lind <nora.lind@customers.example.net>"
_QUESTION_ID: Final = "<demo.1@customers.example.net>"
_REPLY_ID: Final = "<demo.2@customers.example.net>"
_SUBJECT: Final = "The coffee machine grinds and grinds"


class DemoMail:
    """Makes each mail as its sender's program would."""

    def question(self) -> bytes:
        """Return a customer's first mail."""
        return _mail(
            "The coffee machine on the first floor grinds and grinds, but no coffee comes.",
            Message_ID=_QUESTION_ID,
        )

    def reply(self) -> bytes:
        """Return the customer's second mail, with the first one quoted."""
        return _mail(
            "One more thing: the lower light blinks red.\n\n"
            "On Mon, Nov 2, 2026 at 9:14 AM Nora Lind <nora.lind@customers.example.net> wrote:\n"
            "> The coffee machine on the first floor grinds and grinds, but no coffee comes.\n",
            Subject=f"Re: {_SUBJECT}",
            Message_ID=_REPLY_ID,
            In_Reply_To=_QUESTION_ID,
            References=_QUESTION_ID,
        )

    def bounce(self) -> bytes:
        """Return a delivery status notification (RFC 3464) about a mail of this conversation."""
        return (
            "From: Mail Delivery Subsystem <mailer-daemon@customers.example.net>\r\n"
            f"To: {DEMO_MAILBOX}\r\n"
            "Subject: Delivery Status Notification (Failure)\r\n"
            "Message-ID: <demo.bounce@customers.example.net>\r\n"
            f"In-Reply-To: {_REPLY_ID}\r\nReferences: {_REPLY_ID}\r\n"
            "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\nThe address could not be found.\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            "Reporting-MTA: dns; mx.customers.example.net\r\n\r\n"
            "Final-Recipient: rfc822; olle@customers.example.net\r\n"
            "Action: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
        ).encode()

    def out_of_office(self) -> bytes:
        """Return an automatic answer (RFC 3834)."""
        return _mail(
            "I am away until Monday.",
            Subject=f"Automatic reply: {_SUBJECT}",
            Message_ID="<demo.away@customers.example.net>",
            In_Reply_To=_REPLY_ID,
            References=f"{_QUESTION_ID} {_REPLY_ID}",
            Auto_Submitted="auto-replied",
        )

    def spam(self) -> bytes:
        """Return a mail that Gmail takes for spam, rightly or not."""
        return _mail(
            "Our raffle was last week, and you have won.",
            From="Raffle <raffle@fair.example.org>",
            Subject="You win a voucher",
            Message_ID="<demo.spam@fair.example.org>",
        )

    def broken(self) -> bytes:
        """Return a mail of 200 multiparts inside each other, the innermost never closed."""
        head = (
            "From: Ada <ada@customers.example.net>\r\n"
            f"To: {DEMO_MAILBOX}\r\nSubject: Deep inside\r\n"
            "Message-ID: <demo.broken@customers.example.net>\r\nMIME-Version: 1.0\r\n"
        )
        for level in range(200):
            head += f'Content-Type: multipart/mixed; boundary="{level}"\r\n\r\n--{level}\r\n'
        return (head + "Content-Type: text/plain\r\n\r\nThe words are down here.\r\n").encode()


def _mail(text: str, **headers: str) -> bytes:
    message = EmailMessage()
    named = {"From": _CUSTOMER, "To": DEMO_MAILBOX, "Subject": _SUBJECT} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    for name, value in named.items():
        message[name] = value
    message.set_content(text)
    return message.as_bytes()
