"""Composing: what we send is threaded, 7-bit, says its direction, and holds no header of others."""

import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.mail.compose import Outgoing, OutgoingFile, Quoted, compose, direction, reply_subject
from shared.mail.parse import Address, content, parse

MAIL = Outgoing(
    sender=Address("Example Desk", "support@example.com"),
    to=[Address("Jane", "jane@example.net")],
    subject="Re: Lamp",
    text="It is on its way.",
    date=datetime(2024, 5, 6, 10, tzinfo=UTC),
    message_id="<t_1.r_1.abc@example.com>",
    send_id="7f0c-1",
)


def test_a_reply_is_read_back_as_it_was_written() -> None:
    """Recipients, ids, both bodies, the quote and the files arrive."""
    raw = compose(
        replace(
            MAIL,
            cc=[Address("ليلى", "layla@example.org")],
            subject="Re: المصباح",
            in_reply_to="<b@example.net>",
            references=["<a@example.net>", "<b@example.net>"],
            quoted=Quoted("On Monday, Jane wrote:", "Where is it?\n> What?"),
            files=[OutgoingFile("فاتورة.pdf", "application/pdf", b"%PDF")],
        )
    )
    mail = parse(raw)

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert mail.subject == "Re: المصباح"
    assert mail.cc == (Address("ليلى", "layla@example.org"),)
    assert (mail.in_reply_to, mail.references) == (
        ("<b@example.net>",),
        ("<a@example.net>", "<b@example.net>"),
    )
    assert mail.text.startswith(
        "It is on its way.\n\nOn Monday, Jane wrote:\n> Where is it?\n>> What?"
    )
    assert "<blockquote" in mail.html
    assert mail.header("X-CMO-Send-Id") == "7f0c-1"
    assert mail.message_id == MAIL.message_id
    assert [content(raw, found.part) for found in mail.attachments] == [b"%PDF"]
    assert mail.attachments[0].name == "فاتورة.pdf"


def test_each_paragraph_says_its_direction() -> None:
    """Arabic paragraphs are marked right to left, English ones left to right."""
    html = parse(compose(replace(MAIL, text="مرحباً\n\nHello"))).html

    assert (
        html.index('dir="rtl"')
        < html.index("مرحباً")
        < html.index('dir="ltr"')
        < html.index("Hello")
    )
    assert [direction(text) for text in ("123 مرحبا", "123 a", "123")] == ["rtl", "ltr", "ltr"]


@pytest.mark.parametrize("breaker", ["\r\n", "\n", "\r", "\v", "\x85", "\u2028", "\0"])
def test_typed_text_adds_no_header(breaker: str) -> None:
    """A line break in a subject, a name or a file name is no line break in the mail."""
    evil = f"x{breaker}Bcc: all@example.org"
    raw = compose(
        replace(
            MAIL,
            subject=evil,
            sender=Address(evil, "support@example.com"),
            files=[OutgoingFile(evil, "text/plain", b"x")],
        )
    )

    head = raw.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    assert not [line for line in head if line.startswith(b"bcc:")]
    assert "bcc" not in parse(raw).headers
    assert b"\0" not in raw


@pytest.mark.parametrize(
    "change",
    [
        {"to": []},
        {"to": [Address("", "jane@example.net\r\nBcc: x@example.org")]},
        {"to": [Address("", "jane")]},
        {"to": [Address("", "a@example.com, b@example.com")]},
        {"to": [Address("", f"u{number}@example.com") for number in range(501)]},
        {"message_id": "no-brackets@example.com"},
        {"message_id": "<a@example.com>\r\nX: y"},
        {"in_reply_to": "<a b@example.com>"},
        {"send_id": "a\r\nb"},
        {"send_id": ""},
        {"date": datetime(2024, 5, 6, 10)},  # noqa: DTZ001  # a date without a zone is the point
    ],
)
def test_what_is_malformed_is_refused(change: dict[str, object]) -> None:
    """Nothing goes out that other programs would read otherwise."""
    with pytest.raises(ValueError, match=r"mail|id"):
        compose(replace(MAIL, **change))  # type: ignore[arg-type]


def test_long_references_keep_the_first_and_the_last() -> None:
    """The first id names the thread, the last ones the parents; long ids stay whole."""
    long_id = f"<{'a' * 200}@example.net>"
    references = [long_id, *(f"<{number}@example.net>" for number in range(60))]

    found = parse(compose(replace(MAIL, references=references))).references

    assert found[0] == long_id
    assert found[-1] == "<59@example.net>"
    assert len(found) == 20


def test_an_automatic_answer_says_so() -> None:
    """No machine answers what a machine wrote (RFC 3834)."""
    mail = parse(compose(replace(MAIL, automatic=True)))

    assert mail.header("Auto-Submitted") == "auto-replied"
    assert mail.header("X-Auto-Response-Suppress") == "All"
    assert parse(compose(MAIL)).header("Auto-Submitted") == ""


def test_outlook_finds_its_thread() -> None:
    """The parent's Thread-Index goes on by five bytes; a malformed one is left out."""
    parent = base64.b64encode(b"\x01" * 22).decode()

    index = parse(compose(replace(MAIL, thread_index=parent))).header("Thread-Index")

    assert base64.b64decode(index).startswith(b"\x01" * 22)
    assert len(base64.b64decode(index)) == 27
    assert parse(compose(replace(MAIL, thread_index="x\r\ny"))).header("Thread-Index") == ""


def test_an_answer_has_one_prefix() -> None:
    """Prefixes of other languages give way to one."""
    assert reply_subject("AW: رد: Lamp") == "Re: Lamp"
    assert reply_subject("") == "Re:"


def test_html_takes_the_place_of_the_texts_own_form() -> None:
    """Both forms are in the mail; what is quoted and the signature stand in both."""
    mail = parse(compose(replace(MAIL, html="<p>See <b>this</b></p>", signature="Jo\nSupport")))

    assert "<b>this</b>" in mail.html
    assert "Jo<br>" in mail.html
    assert "-- \nJo\nSupport" in mail.text
