"""Replies of a mailbox that sends by an SMTP server: the same states, and the desk keeps what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from shared.smtp.contract import (
    NotSubmitted,
    SubmitError,
    SubmitRefused,
    SubmitUnknown,
)
from tests.desk import SUPPORT, DeskUnderTest, mail
from tests.replying import NORA, act, asked, draft, opened, passes, queue, read, received, replied


class Server:
    """An SMTP server that answers what it is told to, and remembers what it took."""

    def __init__(self, desk: DeskUnderTest, *answers: SubmitError | None) -> None:
        self._answers = list(answers)
        self.taken: list[tuple[EmailMessage, list[str]]] = []
        self.attempts = 0
        vars(desk.desk.app("send_reply"))["smtp_by"] = lambda _: self

    def submit(self, raw: bytes, sender: str, recipients: Sequence[str]) -> None:
        """Take the mail, unless another answer is due."""
        assert sender == SUPPORT
        self.attempts += 1
        answer = self._answers.pop(0) if self._answers else None
        if answer is not None:
            raise answer
        message = message_from_bytes(raw, EmailMessage, policy=default)
        self.taken.append((message, list(recipients)))


@pytest.fixture
def ticket(desk: DeskUnderTest) -> dict[str, Any]:
    """Let a customer ask a mailbox that sends by SMTP; give the ticket."""
    ticket = asked(desk)
    server = {"host": "smtp.example.com", "port": 465, "security": "tls", "sender": SUPPORT}
    path = f"/api/admin/mailboxes/{ticket['mailbox_id']}/smtp"
    administrator = desk.browser("administrator")
    answer = administrator.send("PATCH", path, server, if_match='"0"')
    assert answer.status_code == 200, answer.data
    desk.clock.advance(31)  # type: ignore[attr-defined]  # instances know it by now
    return ticket


def test_the_server_gets_the_mail_and_the_desk_keeps_it(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """It stands in no mailbox, so its sealed copy stays as the ticket's message, for good."""
    server = Server(desk)
    reply = replied(desk, ticket, bcc=[{"address": "boss@example.com"}])
    passes(desk)
    passes(desk, 40 * 86_400)

    [(message, recipients)] = server.taken
    [_, kept] = opened(desk, ticket)["messages"]
    body = desk.browser("agent").get(kept["body_url"]).json
    assert message["In-Reply-To"] == "<q@x.example.net>"
    assert recipients == ["nora@customers.example.net", "boss@example.com"]
    assert (kept["direction"], kept["reply_id"]) == ("out", reply["id"])
    assert "Somebody is on the way." in body["text"]
    assert read(desk, reply)["state"] == "sent"
    assert received(desk) == []  # nothing went out through Gmail


def test_the_customers_answer_joins_by_our_own_id(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """An SMTP server keeps our Message-ID, which is signed."""
    server = Server(desk)
    replied(desk, ticket)
    passes(desk)
    [(message, _)] = server.taken
    passes(desk, 60)
    named = message["Message-ID"].encode()
    desk.deliver(
        b"From: " + NORA.encode() + b"\r\nTo: support@example.com\r\nSubject: Other words\r\n"
        b"Message-ID: <a@x.example.net>\r\nReferences: " + named + b"\r\n\r\nThanks.\r\n"
    )

    [_, _, answer] = opened(desk, ticket)["messages"]
    assert answer["thread_reason"] == "reply_token"


def test_a_refusal_says_why_and_is_not_repeated(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """A person corrects it and sends it."""
    server = Server(desk, SubmitRefused("recipients", recipients=["nora@customers.example.net"]))
    reply = replied(desk, ticket)
    passes(desk)
    failed = read(desk, reply)
    passes(desk, 7200)
    attempts = server.attempts
    act(desk.browser("agent"), reply, "retry", {"conversation": 2})
    passes(desk)

    assert (failed["state"], failed["failure"]) == ("failed", "smtp_recipients")
    assert attempts == 1
    assert len(server.taken) == 1


def test_a_server_that_cannot_now_is_asked_later(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Nothing was sent, so it is sent again by itself."""
    server = Server(desk, NotSubmitted("unreachable"), NotSubmitted("busy"))
    reply = replied(desk, ticket)
    passes(desk)
    waits = read(desk, reply)
    passes(desk, 60)
    passes(desk, 120)

    assert (waits["state"], waits["failure"]) == ("queued", "smtp_unreachable")
    assert len(server.taken) == 1
    assert read(desk, reply)["state"] == "sent"


def test_an_unclear_outcome_is_reviewed_and_never_repeated(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """An SMTP server shows nothing that could be looked for: a person decides."""
    server = Server(desk, SubmitUnknown("timeout"))
    reply = replied(desk, ticket)
    passes(desk)
    doubtful = read(desk, reply)["state"]
    passes(desk, 120)
    passes(desk, 86_400)
    asked_for = read(desk, reply)
    attempts = server.attempts
    agent = desk.browser("agent")
    act(agent, reply, "settle", {"decision": "send_again", "conversation": 2})
    passes(desk)

    assert doubtful == "unknown"
    assert (asked_for["state"], asked_for["failure"]) == ("needs_review", "not_found")
    assert attempts == 1
    assert len(server.taken) == 1


def test_said_to_be_sent_its_words_are_kept(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """What a person says was sent stands nowhere else, so the reply keeps it."""
    Server(desk, SubmitUnknown("timeout"))
    reply = replied(desk, ticket)
    passes(desk)
    passes(desk, 120)

    settled = act(desk.browser("agent"), reply, "settle", {"decision": "sent"}).json

    assert (settled["state"], settled["text"]) == ("sent", "Somebody is on the way.")


def test_servers_differ_but_the_rules_do_not(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Mail that came meanwhile holds the reply here too."""
    server = Server(desk)
    agent = desk.browser("agent")
    reply = draft(agent, ticket)
    queue(agent, reply, 1)
    desk.deliver(
        mail(
            "Re: The printer is on fire",
            sender=NORA,
            message_id="<q2@x.example.net>",
            in_reply_to="<q@x.example.net>",
        )
    )
    passes(desk)

    assert read(desk, reply)["failure"] == "conversation_moved"
    assert server.attempts == 0
