"""Classification: machines are told from people, and each answer says why."""

import pytest

from shared.mail.classify import classify
from shared.mail.parse import parse


def mail_with(fields: str, subject: str = "Order", body: str = "Where is it?") -> bytes:
    """Return a person's mail with these fields added."""
    head = f"{fields}From: Jane <jane@example.net>\nTo: support@example.com\nSubject: {subject}\n"
    return f"{head}\n{body}".encode()


@pytest.mark.parametrize(
    ("field", "kind", "reason"),
    [
        ("Auto-Submitted: auto-generated", "automatic", "auto_submitted_auto_generated"),
        ("Auto-Submitted: auto-replied; owner-email=x", "out_of_office", "auto_submitted_vacation"),
        ("Auto-Submitted: auto-notified (comment)", "automatic", "auto_submitted_auto_notified"),
        ("Precedence: bulk", "automatic", "precedence_bulk"),
        ("Precedence: auto_reply", "automatic", "precedence_auto_reply"),
        ("Precedence: list", "list", "precedence_list"),
        ("X-Precedence: junk", "automatic", "x_precedence_junk"),
        ("X-Autoreply: yes", "automatic", "x_autoreply"),
        ("X-Autorespond: x", "automatic", "x_autorespond"),
        ("X-Autoresponder: x", "automatic", "x_autoresponder"),
        ("X-Auto-Response-Suppress: DR, AutoReply", "automatic", "x_auto_response_suppress"),
        ("X-FC-Machinegenerated: true", "automatic", "x_fc_machinegenerated"),
        ("X-Loop: yes", "automatic", "x_loop"),
        ("Delivered-To: autoresponder", "automatic", "delivered_to_autoresponder"),
        ("Return-Path: <>", "automatic", "null_return_path"),
        ("List-Id: <x.example.org>", "list", "list_id"),
        ("List-Unsubscribe: <https://example.org>", "list", "list_unsubscribe"),
    ],
)
def test_a_header_of_a_machine_mutes(field: str, kind: str, reason: str) -> None:
    """Each header rule names itself and stops the acknowledgement."""
    found = classify(parse(mail_with(f"{field}\n")))

    assert found.kind == kind
    assert reason in found.reasons
    assert not found.may_acknowledge


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: no",
        "X-Priority: 1",
        "Precedence: first-class",
        "X-Loop: abc",
        "Importance: high",
    ],
)
def test_a_header_that_people_have_mutes_nothing(field: str) -> None:
    """Ordinary fields leave a person a person."""
    found = classify(parse(mail_with(f"{field}\n")))

    assert (found.kind, found.may_acknowledge) == ("human", True)


def test_a_group_of_ours_is_no_list() -> None:
    """Customers' mail through our own Google group is not muted."""
    fields = (
        "Precedence: list\nList-ID: <support.example.com>\nMailing-list: list support@example.com\n"
    )

    assert classify(parse(mail_with(fields)), ["support@example.com"]).kind == "human"
    assert classify(parse(mail_with(fields)), ["sales@example.com"]).kind == "list"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"From: support@example.com\n\nx", "own_address"),
        (b"From: jane@example.net\nX-CMO-Send-Id: 7f\n\nx", "sent_by_us"),
        (b"From: Jane\n\nx", "no_sender"),
        (b"From: jane@example.net\nX-Spam-Flag: YES\n\nx", "marked_as_spam"),
        (
            b"Authentication-Results: mx.google.com; dmarc=fail\nFrom: jane@example.net\n\nx",
            "dmarc_failed",
        ),
    ],
)
def test_some_people_get_no_automatic_answer(raw: bytes, reason: str) -> None:
    """Loops, spam and forged senders are not answered, and stay people."""
    found = classify(parse(raw), {"support@example.com"})

    assert found.kind == "human"
    assert found.reasons == (reason,)
    assert not found.may_acknowledge


def test_a_form_of_a_web_site_is_a_person() -> None:
    """From nobody, Reply-To a customer: the mail counts as the customer's, unanswered by machines."""
    raw = b"From: no-reply@example.org\nReply-To: jane@example.net\n\nx"

    found = classify(parse(raw))

    assert (found.kind, found.may_acknowledge) == ("human", False)


def test_a_bounce_says_what_it_is_about() -> None:
    """Recipients with their permanence, and the ids of the mail that came back."""
    raw = (
        b"Return-Path: <>\nFrom: mailer-daemon@example.org\nSubject: Undelivered Mail\n"
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
        b"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822;a@example.org\nAction: failed\nStatus: 5.0.0\n"
        b"Diagnostic-Code: smtp; 450 4.2.2 mailbox full\n--b\nContent-Type: message/rfc822\n\n"
        b"Message-ID: <o@example.com>\nX-CMO-Send-Id: 7f0c\n\nx\n--b--"
    )

    found = classify(parse(raw))

    assert found.kind == "bounce"
    assert [(b.recipient, b.status, b.permanent) for b in found.bounced] == [
        ("a@example.org", "4.2.2", False)
    ]
    assert (found.original_message_id, found.original_send_id) == ("<o@example.com>", "7f0c")
    assert not found.may_acknowledge


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Undeliverable: Order",
        "Delivery of my order",
        "Notification: my address changed",
        "退信了吗？",
    ],
)
def test_a_person_who_writes_about_delivery_is_no_bounce(subject: str) -> None:
    """Words of a bounce from a person's mailbox make none."""
    body = "My mail could not be delivered (550 5.1.1 user unknown). Why?"

    assert classify(parse(mail_with("", subject, body))).kind == "human"
