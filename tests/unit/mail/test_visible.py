"""What is new in a message: beside the fixtures, the promises that hold for all of them."""

import pytest

from shared.mail.forwards import forwarded_sender
from shared.mail.html_text import Line, html_to_text
from shared.mail.markers import attribution, header_block, separator
from shared.mail.parse import Address, parse
from shared.mail.signatures import is_mobile_footer
from shared.mail.visible import html_fold, visible


def lines(text: str) -> list[Line]:
    """Return unquoted lines."""
    return [Line(line, 0, 0, 0) for line in text.split("\n")]


def test_the_parts_of_a_reply_are_told_apart() -> None:
    """Text, quote and signature each have their lines, and nothing is lost."""
    raw = (
        b"Subject: Re: x\n\nNew.\n\n-- \nJane\n\nOn 6 May 2024 10:00 a@example.com wrote:\n> Old.\n"
    )

    found = visible(parse(raw))

    assert (found.text, found.signature) == ("New.", "-- \nJane")
    assert found.quoted == "On 6 May 2024 10:00 a@example.com wrote:\n> Old.\n".strip("\n")
    assert not found.is_forward


def test_an_empty_mail_has_nothing_new() -> None:
    """No body gives no text, not an error."""
    assert visible(parse(b"Subject: x\n\n")).text == ""


def test_a_forward_is_known_and_shown_whole() -> None:
    """What a customer passes on is what the mail is about."""
    raw = b"Subject: Fwd: x\n\nSee:\n\n---------- Forwarded message ---------\nFrom: a@example.com\n\nOld\n"

    found = visible(parse(raw))

    assert found.is_forward
    assert "Old" in found.text


def test_the_fold_of_html_stands_at_the_quote() -> None:
    """The offset is where the quote's own element begins."""
    html = "<p>New</p><blockquote type=cite><p>Old</p></blockquote>"

    assert html[html_fold(html) :].startswith("<blockquote")
    assert html_fold("<p>New</p>") == -1


def test_text_and_html_are_both_asked() -> None:
    """Where the text shows no quote but the markup does, the markup is believed."""
    raw = (
        b"Subject: Re: x\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nNew\nOld\n--b\n"
        b"Content-Type: text/html\n\n<p>New</p><blockquote type=cite>Old</blockquote>\n--b--"
    )

    assert visible(parse(raw)).text == "New"


@pytest.mark.parametrize(
    "text",
    [
        "On page 3 it says:",
        "Please note the following:",
        "He wrote:",
        "Order 4471:",
        "Dear Sir or Madam:",
        "The time is 10:30:",
        "On Monday I called at 10:30 and was told this:",
    ],
)
def test_a_sentence_is_no_certain_attribution(text: str) -> None:
    """What people write before a colon does not fold what follows."""
    found = attribution(lines(text), 0)

    assert found is None or not found[1]


@pytest.mark.parametrize(
    "text",
    [
        "From: London\nTo: Paris",
        "To: all\nSubject: none",
        "Date: 5 May",
        "From: me\nTo: you\nDate: now",
    ],
)
def test_fields_of_a_text_are_no_header_block(text: str) -> None:
    """Two or three labels do not make the headers of a mail."""
    assert header_block(lines(text), 0) == 0


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("-----Original Message-----", "original"),
        ("----- الرسالة الأصلية -----", "original"),
        ("---------- Forwarded message ---------", "forwarded"),
        ("Anfang der weitergeleiteten Nachricht:", "forwarded"),
        ("##- Please type your reply above this line -##", "original"),
        ("The original message is lost", ""),
        ("--------", ""),
    ],
)
def test_separators_are_known(text: str, meaning: str) -> None:
    """Only the line of a program says that another message follows."""
    assert separator(text) == meaning


@pytest.mark.parametrize(
    ("text", "is_footer"),
    [
        ("Sent from my iPhone", True),
        ("Get Outlook for iOS<https://aka.ms/o0ukef>", True),
        ("Sent from Yahoo Mail on Android", True),
        ("Sent from my desk, which is easier", False),
        ("Sent by post: two lamps", False),
        ("I have sent it from my phone", False),
    ],
)
def test_footers_of_phones_are_known(text: str, is_footer: bool) -> None:
    """A person's sentence is none."""
    assert is_mobile_footer(text) is is_footer


def test_markup_is_read_as_a_person_sees_it() -> None:
    """Blocks are lines, entities characters; what browsers hide is not text."""
    html = "<style>p{}</style><p>a&amp;b</p><div>c<br>d</div><!-- e --><script>f</script><pre>g\n h</pre>"

    assert html_to_text(html) == "a&b\nc\nd\ng\n h"


@pytest.mark.parametrize(
    ("subject", "body", "sender"),
    [
        (
            "Fwd: x",
            "---------- Forwarded message ---------\nFrom: Jo <jo@example.org>\nSubject: x\n\nHi",
            Address("Jo", "jo@example.org"),
        ),
        (
            "WG: x",
            "Bitte.\n\nVon: Jo [mailto:jo@example.org]\nGesendet: 5. Mai 2024 10:00\nAn: a\nBetreff: x\n\nHi",
            Address("Jo", "jo@example.org"),
        ),
        (
            "Fwd: x",
            "Begin forwarded message:\n\n> From: jo@example.org\n> Subject: x\n>\n> Hi",
            Address("", "jo@example.org"),
        ),
        (
            "Re: x",
            "Yes.\n\nFrom: Jo <jo@example.org>\nSent: 5 May 2024 10:00\nTo: a\nSubject: x\n\nHi",
            None,
        ),
        ("Fwd: x", "No header block here.", None),
    ],
)
def test_the_sender_of_a_forwarded_mail_is_found(
    subject: str, body: str, sender: Address | None
) -> None:
    """An agent who forwards a customer's mail can open the ticket for the customer."""
    mail = parse(f"From: agent@example.com\nSubject: {subject}\n\n{body}".encode())

    assert forwarded_sender(mail) == sender
