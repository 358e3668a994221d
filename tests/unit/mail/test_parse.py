"""Parsing: who wrote what to whom, from any bytes."""

import base64
import struct

import pytest

from shared.mail.parse import Address, Authentication, content, parse

HEAD = b"From: Jane <jane@example.net>\nTo: support@example.com\nSubject: Hi\n"


def test_a_plain_mail_is_read() -> None:
    """Sender, recipients, ids and text of an ordinary mail."""
    mail = parse(
        HEAD + b"Message-ID: <1@example.net>\nIn-Reply-To: <0@example.com>\n"
        b"References: <9@example.com> <0@example.com>\nReply-To: other@example.net\n\nText\r\nmore\r\n"
    )

    assert mail.sender == Address("Jane", "jane@example.net")
    assert mail.sender_trusted
    assert mail.reply_to == (Address("", "other@example.net"),)
    assert mail.message_id == "<1@example.net>"
    assert mail.in_reply_to == ("<0@example.com>",)
    assert mail.references == ("<9@example.com>", "<0@example.com>")
    assert mail.text == "Text\nmore\n"
    assert mail.header("SUBJECT") == "Hi"
    assert mail.problems == ()


@pytest.mark.parametrize(
    "fields",
    [
        b"From: a@example.com\nFrom: b@example.com\n",
        b"From: a@example.com, b@example.com\n",
        b"From: <a@example.com>b@example.net\n",
        b"From: b@example.net <a@example.com>\n",
        b"From: =?utf-8?q?admin?=@example.com\n",
        b"From: Jane\n",
        b"Sender: a@example.com\n",
        b"X: y\n",
    ],
)
def test_a_sender_in_doubt_is_not_trusted(fields: bytes) -> None:
    """Where two readers could name two senders, nothing may rest on the sender."""
    assert not parse(fields + b"\nText").sender_trusted


def test_only_our_own_receiver_is_believed() -> None:
    """Results that stand below what the sender wrote, or name another server, do not count."""
    ours = (
        b"Delivered-To: support@example.com\nReceived: by 2002:a05\n"
        b"Authentication-Results: mx.google.com;\n"
    )
    results = (
        b"  dkim=fail (bad) header.i=@x; dkim=pass header.i=@example.net;\n"
        b"  spf=softfail; dmarc=pass (p=NONE)\n"
    )

    believed = parse(ours + results + HEAD + b"\n").authentication
    below = parse(HEAD + ours + results + b"\n").authentication
    other = parse(ours.replace(b"mx.google.com", b"mx.example.org") + results + HEAD + b"\n")

    assert believed == Authentication(spf="softfail", dkim="pass", dmarc="pass", arc="")
    assert below == Authentication()
    assert other.authentication == Authentication()


def test_a_comment_cannot_pass_for_a_result() -> None:
    """What stands in parentheses was copied from the sender."""
    raw = b"Authentication-Results: mx.google.com; dmarc=fail (x; dmarc=pass)\n" + HEAD + b"\n"

    assert parse(raw).authentication.dmarc == "fail"


def test_honest_forwarding_is_not_called_forged() -> None:
    """DMARC fails behind a forwarder; a sealed chain explains it but proves no identity."""
    raw = b"Authentication-Results: mx.google.com; arc=pass (i=1); dmarc=fail\n" + HEAD + b"\n"

    found = parse(raw).authentication

    assert not found.forged
    assert found.dmarc == "fail"


def test_the_writer_behind_a_google_group_is_named() -> None:
    """A group replaces From; who wrote stands in its own fields."""
    raw = (
        b"From: 'Jane Doe' via Support <support@example.com>\nX-Google-Group-Id: 1\n"
        b"X-Original-Sender: jane@example.net\nX-Original-From: Jane Doe <jane@example.net>\n\nText"
    )

    assert parse(raw).original_sender == Address("Jane Doe", "jane@example.net")
    assert parse(raw.replace(b"X-Google-Group-Id", b"X-Other")).original_sender is None


def test_an_inline_image_is_told_from_a_file() -> None:
    """An image that the HTML shows is inline; its bytes are found by its path."""
    image = (
        b"Content-Type: image/png\nContent-ID: <%b>\nContent-Transfer-Encoding: base64\n\niVBORw0K"
    )
    raw = (
        HEAD + b"Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n"
        b'<img src="cid:a@x">\n--b\n' + image % b"a@x" + b"\n--b\n" + image % b"b@x" + b"\n--b--"
    )
    first, second = parse(raw).attachments

    assert (first.inline, second.inline) == (True, False)
    assert content(raw, first.part) == b"\x89PNG\r\n"
    assert content(raw, "9.9") is None
    assert content(raw, "") is None


def test_winmail_dat_is_opened_and_a_broken_one_stays_a_file() -> None:
    """The files in Outlook's container are listed themselves; forged counts do not keep us busy."""

    def attribute(level: int, name: int, data: bytes) -> bytes:
        return struct.pack("<BHHI", level, name, 2, len(data)) + data + b"\0\0"

    start = b"\x78\x9f\x3e\x22\x01\x00"
    good = (
        start
        + attribute(2, 0x9002, b"\0")
        + attribute(2, 0x8010, b"a.txt\0")
        + attribute(2, 0x800F, b"hi")
    )
    forged = start + attribute(1, 0x9003, b"\xff" * 40)

    def read(data: bytes) -> list[tuple[str, int]]:
        part = b"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"
        mail = parse(HEAD + part + base64.b64encode(data))
        return [(found.name, found.size) for found in mail.attachments]

    assert read(good) == [("a.txt", 2)]
    assert read(forged) == [("winmail.dat", len(forged))]
    assert read(good[:-6]) == [("winmail.dat", len(good) - 6)]


def test_an_opaque_signature_shows_what_it_signs() -> None:
    """The text inside S/MIME signed-data is shown; nothing claims that it was verified."""
    inner = b"Content-Type: text/plain\r\n\r\nSigned text"
    octets = b"\x04" + bytes([len(inner)]) + inner
    explicit = b"\xa0" + bytes([len(octets)]) + octets
    data_type = bytes.fromhex("06092a864886f70d010701")
    info = b"\x30" + bytes([len(data_type + explicit)]) + data_type + explicit
    body = b"\x02\x01\x01\x31\x00" + info
    signed = b"\x30" + bytes([len(body)]) + body
    wrapped = bytes.fromhex("06092a864886f70d010702") + b"\xa0" + bytes([len(signed)]) + signed
    der = b"\x30\x81" + bytes([len(wrapped)]) + wrapped
    raw = (
        HEAD + b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.b64encode(der)
    )

    mail = parse(raw)

    assert mail.text == "Signed text"
    assert [found.name for found in mail.attachments] == ["smime.p7m"]


def test_a_report_is_read_recipient_by_recipient() -> None:
    """RFC 3464 fields, and the ids of the mail that bounced."""
    raw = (
        HEAD + b"Content-Type: multipart/report; boundary=b\n\n--b\n\nFailed.\n--b\n"
        b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        b"Final-Recipient: rfc822; a@example.org\nAction: failed\nStatus: 5.1.1 (unknown)\n\n"
        b"Final-Recipient: rfc822; b@example.org\nAction: delayed\nStatus: 4.2.2\n--b\n"
        b"Content-Type: text/rfc822-headers\n\nMessage-ID: <o@example.com>\nX-CMO-Send-Id: 7f\n--b--"
    )
    mail = parse(raw)

    assert [(found.recipient, found.action, found.status) for found in mail.delivery_status] == [
        ("a@example.org", "failed", "5.1.1"),
        ("b@example.org", "delayed", "4.2.2"),
    ]
    assert mail.report.returned is not None
    assert mail.report.returned.get("message-id") == "<o@example.com>"
