"""The contract of Gmail where something is sent: what stands in the mailbox, and who got what."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.gmail.api import JSON_BYTES
from shared.gmail.contract import MAX_SEND_BYTES, Refused, SendAs, Sent
from shared.mail.addresses import Address
from shared.mail.compose import Outgoing, OutgoingFile, compose, reply_subject
from tests.local_google import MAILBOX, deliver

CUSTOMER = "ann@example.net"
QUESTION = (
    b"From: ann@example.net\r\nTo: support@example.com\r\nSubject: Question\r\n"
    b"Message-ID: <question@example.net>\r\n\r\nHello?\r\n"
)


def answer(sender: str = MAILBOX, subject: str = "Re: Question", body: bytes = b"Yes.") -> bytes:
    """Return an answer to QUESTION as the desk composes it."""
    head = (
        f"Message-ID: <ours@desk.example.com>\r\nX-CMO-Send-Id: send-1\r\n"
        f"In-Reply-To: <question@example.net>\r\nReferences: <question@example.net>\r\n"
        f"From: {sender}\r\nTo: {CUSTOMER}\r\nSubject: {subject}\r\n"
        "Date: Mon, 05 Jan 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\n"
    )
    return head.encode() + b"\r\n" + body + b"\r\n"


def test_an_answer_goes_into_its_thread_and_to_its_recipient(gmail, sandbox):
    """One POST, one message in the customer's mailbox, and history shows it as sent."""
    sandbox.add_account(CUSTOMER, "Ann")
    question = sandbox.deliver(MAILBOX, QUESTION)
    start = gmail.profile().history_id
    sandbox.reset_calls()

    sent = gmail.send(answer(), question["threadId"])

    assert sandbox.calls() == {"messages.send": 1}
    assert sent.thread_id == question["threadId"] != sent.gmail_id
    assert [(c.gmail_id, c.labels) for c in gmail.history(start).candidates] == [
        (sent.gmail_id, frozenset({"SENT"}))
    ]
    assert len(sandbox.messages(CUSTOMER)) == 1
    assert sandbox.sends()[0]["submitted"] == answer()


def test_what_the_desk_composes_joins_its_thread_in_any_language(gmail, sandbox):
    """Encoded subjects and long References are read by Gmail as they were meant."""
    arabic = QUESTION.replace(b"Subject: Question", "Subject: رد: سؤال عن الفاتورة".encode())
    question = sandbox.deliver(MAILBOX, arabic)
    mail = Outgoing(
        sender=Address("فريق الدعم", MAILBOX),
        to=[Address("Ann", CUSTOMER)],
        bcc=[Address("", "archive@example.org")],
        subject=reply_subject("رد: سؤال عن الفاتورة"),
        text="نعم",
        date=datetime(2026, 1, 5, 8, tzinfo=UTC),
        message_id="<ours@desk.example.com>",
        send_id="send-1",
        in_reply_to="<question@example.net>",
        references=[f"<{number}{'x' * 60}@example.net>" for number in range(30)],
        files=[OutgoingFile("فاتورة.bin", "application/octet-stream", bytes(range(256)))],
    )

    sent = gmail.send(compose(mail), question["threadId"])

    assert sent.thread_id == question["threadId"]
    assert sandbox.sends()[0]["recipients"] == [CUSTOMER, "archive@example.org"]
    assert gmail.headers(sent.gmail_id, ["From"]) == {"from": f"فريق الدعم <{MAILBOX}>"}


@pytest.mark.parametrize(
    ("thread", "subject"), [(True, "Re: Something else"), (False, "Re: Question")]
)
def test_gmail_begins_another_thread_where_subject_or_thread_id_is_missing(
    gmail, sandbox, thread, subject
):
    """The caller learns it from the answer alone."""
    question = sandbox.deliver(MAILBOX, QUESTION)

    sent = gmail.send(answer(subject=subject), question["threadId"] if thread else None)

    assert sent == Sent(sent.gmail_id, sent.gmail_id)


def test_the_message_id_that_gmail_gave_is_read_back(gmail):
    """Ours is replaced; our mark stays; names come in lower case; what is not there is missing."""
    sent = gmail.send(answer(), None)

    headers = gmail.headers(sent.gmail_id, ["Message-ID", "X-CMO-Send-Id", "From", "Bcc"])

    assert set(headers) == {"message-id", "x-cmo-send-id", "from"}
    assert headers["message-id"].endswith("@mail.gmail.com>")
    assert headers["x-cmo-send-id"] == "send-1"
    assert gmail.messages(f"rfc822msgid:{headers['message-id']}").ids == (
        (sent.gmail_id, sent.thread_id),
    )
    assert gmail.messages("rfc822msgid:<ours@desk.example.com>").ids == ()


def test_a_mark_that_gmail_drops_is_missing_and_no_error(gmail, sandbox):
    """Then the message is found by nothing of ours, and the caller has to know that."""
    sandbox.set_sending(x_headers=False)

    sent = gmail.send(answer(), None)

    assert gmail.headers(sent.gmail_id, ["X-CMO-Send-Id"]) == {}


def test_a_from_that_is_not_verified_is_seen_to_be_replaced(gmail, sandbox):
    """Gmail says nothing when it sends; reading back shows it."""
    sandbox.add_send_as(MAILBOX, "help@example.com")
    sandbox.add_send_as(MAILBOX, "ceo@example.com", verification_status="pending")

    seen = [
        gmail.headers(gmail.send(answer(sender), None).gmail_id, ["From"])["from"]
        for sender in ("Help <help@example.com>", "Boss <ceo@example.com>", "x@example.org")
    ]

    own = f"Support <{MAILBOX}>"
    assert seen == ["Help <help@example.com>", own, own]


def test_addresses_to_send_from_tell_whether_they_may_be_used(gmail, sandbox):
    """Pending ones are named as such; a native alias without a status is usable."""
    sandbox.add_send_as(MAILBOX, "Help@example.com", "Help desk")
    sandbox.add_send_as(MAILBOX, "ceo@example.com", verification_status="pending")
    sandbox.add_send_as(MAILBOX, "native@example.org", verification_status=None)

    addresses = gmail.send_as()

    assert addresses == (
        SendAs(MAILBOX, "Support", primary=True, default=True, usable=True),
        SendAs("ceo@example.com", "", primary=False, default=False, usable=False),
        SendAs("help@example.com", "Help desk", primary=False, default=False, usable=True),
        SendAs("native@example.org", "", primary=False, default=False, usable=True),
    )


def test_a_thread_shows_the_headers_of_each_message_in_order(gmail, sandbox):
    """Oldest first, by Gmail id: a sent message is found among them by our mark in one call."""
    question = sandbox.deliver(MAILBOX, QUESTION)
    sent = gmail.send(answer(), question["threadId"])
    deliver(sandbox, b"Elsewhere")
    sandbox.reset_calls()

    thread = gmail.thread_headers(question["threadId"], ["x-cmo-send-id", "Message-ID"])

    assert sandbox.calls() == {"threads.get": 1}
    assert list(thread) == [question["id"], sent.gmail_id]
    assert thread[question["id"]] == {"message-id": "<question@example.net>"}
    assert thread[sent.gmail_id]["x-cmo-send-id"] == "send-1"


def test_headers_are_asked_for_by_name(gmail):
    """Without names Gmail would give all of them, which nobody wants."""
    with pytest.raises(ValueError, match="name the headers"):
        gmail.headers("18c0ffee18c0ffee", [])
    with pytest.raises(ValueError, match="name the headers"):
        gmail.thread_headers("18c0ffee18c0ffee", [])


def test_8_bit_mail_goes_bit_for_bit_on_both_ways(gmail, sandbox):
    """Bytes of any value, small by JSON and large by upload, arrive as they were composed."""
    body = bytes(value for value in range(256) if value not in b"\r\n")
    small, large = answer(body=body), answer(body=body * (JSON_BYTES // 200))

    gmail.send(small, None)
    gmail.send(large, None)

    assert [sent["via"] for sent in sandbox.sends()] == ["json", "multipart"]
    assert [sent["submitted"] for sent in sandbox.sends()] == [small, large]


@pytest.mark.parametrize(
    ("size", "via"),
    [(JSON_BYTES, "json"), (JSON_BYTES + 1, "multipart"), (30_000_000, "multipart")],
)
def test_a_message_of_any_size_is_one_post_with_its_thread(gmail, sandbox, size, via):
    """30 MB go by one upload, into the thread, as a small message does."""
    question = sandbox.deliver(MAILBOX, QUESTION)
    raw = answer(body=b"x" * (size - len(answer(body=b""))))
    sandbox.reset_calls()

    sent = gmail.send(raw, question["threadId"])

    assert len(raw) == size
    assert sandbox.calls() == {"messages.send": 1}
    assert sandbox.sends()[0]["via"] == via
    assert sandbox.sends()[0]["submitted"] == raw
    assert sent.thread_id == question["threadId"]


def test_the_largest_message_goes_and_a_larger_one_is_refused_unsent(gmail, sandbox):
    """Gmail's own limit, to the byte; above it nothing is transmitted."""
    raw = answer(body=b"x" * (MAX_SEND_BYTES - len(answer(body=b""))))

    gmail.send(raw, None)

    assert len(sandbox.sends()[0]["submitted"]) == MAX_SEND_BYTES
    sandbox.reset_calls()
    with pytest.raises(Refused, match="too_large"):
        gmail.send(raw + b"x", None)
    assert sandbox.calls() == {}
