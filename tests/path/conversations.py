"""Conversations with everything that makes order matter, in three mailboxes of one Gmail."""

from __future__ import annotations

from dataclasses import dataclass

from tests.desk import BILLING, SALES, SUPPORT, DeskUnderTest, mail

MINUTE_SECONDS = 60

NORA = "Nora Lind <nora@customers.example.net>"
BOB = "Bob Moss <bob@customers.example.net>"
DAVE = "Dave Ash <dave@customers.example.org>"


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message of Gmail that the desk is to take in."""

    mailbox_id: str
    gmail_id: str

    @property
    def event(self) -> dict[str, str]:
        """The event that asks for it."""
        return {"mailbox_id": self.mailbox_id, "gmail_id": self.gmail_id}


class Conversations:
    """Writes mail into Gmail, a minute apart, without telling the desk."""

    def __init__(self, desk: DeskUnderTest) -> None:
        self._desk = desk
        self._minute = 0
        self.arrived: list[Arrived] = []

    def fill(self) -> list[Arrived]:
        """Write every conversation; return the messages in the order of their times."""
        self._thread_that_changes_its_subject()
        self._reply_that_overtakes_its_original()
        self._copies()
        self._answered_from_gmail()
        self._begun_from_gmail()
        self._mail_to_oneself()
        self._two_mailboxes()
        self._without_message_id()
        self._in_the_same_moment()
        return self.arrived

    def _thread_that_changes_its_subject(self) -> None:
        self._comes(mail("Printer", sender=NORA, message_id="<a1@x.example.net>"))
        self._comes(
            mail("Re: Printer", sender=NORA, message_id="<a2@x.example.net>", **_to("a1@x"))
        )
        self._comes(
            mail(
                "The other printer too",
                sender=BOB,
                message_id="<a3@x.example.net>",
                cc="carol@customers.example.net",
                **_to("a1@x", "a2@x"),
            )
        )
        self._comes(
            mail(
                "Re: The other printer too",
                sender=NORA,
                message_id="<a4@x.example.net>",
                **_to("a1@x", "a2@x", "a3@x"),
            )
        )

    def _reply_that_overtakes_its_original(self) -> None:
        """Gmail sees the reply first, so it makes two threads; the original's time is the earlier."""
        early, late = self._next_minute(), self._next_minute()
        reply = mail("Re: Late", sender=BOB, message_id="<o2@x.example.net>", **_to("o1@x"))
        self._comes(reply, at=late)
        self._comes(mail("Late", sender=NORA, message_id="<o1@x.example.net>"), at=early)

    def _copies(self) -> None:
        for _ in range(3):
            self._comes(mail("Three times", sender=NORA, message_id="<c1@x.example.net>"))
        self._comes(
            mail("Re: Three times", sender=BOB, message_id="<c2@x.example.net>", **_to("c1@x"))
        )

    def _answered_from_gmail(self) -> None:
        """Answer from Gmail's own page; an absence notice and a bounce come back."""
        first = self._comes(mail("Invoice", sender=NORA, message_id="<i1@x.example.net>"))
        self._next_minute()
        answer = self._desk.sandbox.act(SUPPORT, "ui_reply", first.gmail_id, text="We look at it.")
        self._note(SUPPORT, answer["id"])
        sent = "<CAsandbox1@mail.example.com>"
        absence = mail(
            "Out of office: Re: Invoice",
            sender=NORA,
            message_id="<i2@x.example.net>",
            auto_submitted="auto-replied",
            in_reply_to=sent,
            references=f"<i1@x.example.net> {sent}",
        )
        self._comes(absence)
        self._comes(_bounce(sent))

    def _begun_from_gmail(self) -> None:
        """Write first: there is no ticket until somebody answers."""
        first = mail("Your order", sender=SUPPORT, to=DAVE, message_id="<u1@x.example.com>")
        second = mail(
            "Re: Your order",
            sender=SUPPORT,
            to=DAVE,
            message_id="<u2@x.example.com>",
            **_to("u1@x", domain="example.com"),
        )
        self._sends(first)
        self._sends(second)
        self._comes(
            mail(
                "Re: Your order",
                sender=DAVE,
                message_id="<u3@x.example.org>",
                **_to("u1@x", "u2@x", domain="example.com"),
            )
        )
        self._sends(
            mail("Never answered", sender=SUPPORT, to=DAVE, message_id="<u4@x.example.com>")
        )

    def _mail_to_oneself(self) -> None:
        self._sends(mail("To do", sender=SUPPORT, to=SUPPORT, message_id="<s1@x.example.com>"))

    def _two_mailboxes(self) -> None:
        both = mail("Both", sender=NORA, message_id="<b1@x.example.net>")
        self._comes(both)
        self._comes(both, to=SALES)
        self._comes(
            mail("Re: Both", sender=BOB, message_id="<b2@x.example.net>", **_to("b1@x")), to=SALES
        )
        self._comes(mail("Bill", sender=BOB, message_id="<b3@x.example.net>"), to=BILLING)

    def _without_message_id(self) -> None:
        for _ in range(2):
            self._comes(mail("No name", "The same words.", sender=NORA))
        self._comes(b"\xff\xfe garbage that is no mail at all \x00\x01")

    def _in_the_same_moment(self) -> None:
        """Gmail counts in milliseconds, and two mails of one thread can have the same."""
        moment = self._next_minute()
        self._comes(mail("Tie", sender=NORA, message_id="<t1@x.example.net>"), at=moment)
        self._comes(
            mail("Re: Tie", sender=BOB, message_id="<t2@x.example.net>", **_to("t1@x")), at=moment
        )

    def _comes(self, raw: bytes, *, to: str = SUPPORT, at: int | None = None) -> Arrived:
        date = self._next_minute() if at is None else at
        delivered = self._desk.sandbox.deliver(to, raw, internal_date=date)
        return self._note(to, delivered["id"])

    def _sends(self, raw: bytes) -> None:
        self._next_minute()
        self._note(SUPPORT, self._desk.sandbox.act(SUPPORT, "ui_send", raw=raw)["id"])

    def _note(self, mailbox: str, gmail_id: str) -> Arrived:
        self.arrived.append(Arrived(self._desk.mailboxes[mailbox], gmail_id))
        return self.arrived[-1]

    def _next_minute(self) -> int:
        """Return the next minute in Unix milliseconds, to which Gmail's clock has moved."""
        self._minute += 1
        self._desk.sandbox.advance_clock(MINUTE_SECONDS)
        started = self._desk.clock.now().timestamp()
        return round(1000 * (started + self._minute * MINUTE_SECONDS))


def _to(*parents: str, domain: str = "example.net") -> dict[str, str]:
    """Return the threading headers of a reply to the last of these (RFC 5322 §3.6.4)."""
    names = [f"<{parent}.{domain}>" for parent in parents]
    return {"in_reply_to": names[-1], "references": " ".join(names)}


def _bounce(of: str) -> bytes:
    """Return a delivery report of a mail (RFC 3464)."""
    return f"""\
From: Mail Delivery <mailer-daemon@mx.example.net>
To: {SUPPORT}
Subject: Undelivered mail
Message-ID: <i3@mx.example.net>
In-Reply-To: {of}
References: <i1@x.example.net> {of}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=report

--report
Content-Type: text/plain

Your message could not be delivered.
--report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; nora@customers.example.net
Action: failed
Status: 5.1.1
--report--
""".encode()
