"""Caps hold before anything is read that could take quadratic time or memory; the reason is named."""

import sys

import pytest

from shared.mail.headers import MAX_HEADERS
from shared.mail.mime import MAX_PARTS, read_parts
from shared.mail.parse import MAX_MESSAGE_BYTES, parse
from shared.mail.sanitize import sanitize
from shared.mail.visible import visible

HEAD = b"From: jane@example.com\nSubject: Caps\n"


def test_too_many_parts_are_capped_and_the_text_is_kept() -> None:
    """Of 20,000 parts the first 500 are read."""
    parts = b"--b\n\nhello\n" * 20_000
    mail = parse(HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + parts)

    assert "too_many_parts" in mail.problems
    assert mail.text.count("hello") == MAX_PARTS - 1
    assert mail.subject == "Caps"


def test_deep_nesting_is_capped() -> None:
    """2,000 nested multiparts neither recurse nor fail."""
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2_000)
    )
    mail = parse(HEAD + nested)

    assert "too_deep" in mail.problems
    assert mail.subject == "Caps"


def test_header_caps_are_named() -> None:
    """Too many fields, too large a block, too long a field."""
    many = parse(HEAD + b"X-A: b\n" * 1_000 + b"\nbody")
    large = parse(HEAD + b"X-A: " + b"b" * 300_000 + b"\n\nbody")

    assert "too_many_headers" in many.problems
    assert len(many.headers.fields) == MAX_HEADERS
    assert {"headers_too_large", "header_too_long"} <= set(large.problems)
    assert (many.text, large.text) == ("body", "body")


def test_too_many_recipients_are_named() -> None:
    """A header with thousands of recipients gives the first thousand."""
    recipients = b", ".join(b"u%d@example.com" % number for number in range(3_000))
    mail = parse(HEAD + b"To: " + recipients + b"\n\nbody")

    assert "too_many_recipients" in mail.problems
    assert len(mail.to) == 1_000


def test_a_message_too_large_is_named_and_read_all_the_same() -> None:
    """More than 25 MB has its reason; headers, text and file are there."""
    file = b"Content-Type: application/x-big; name=big.bin\n\n" + b"x" * MAX_MESSAGE_BYTES
    raw = b"%bContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n--b\n%b\n--b--" % (
        HEAD,
        file,
    )
    mail = parse(raw)

    assert mail.problems == ("message_too_large",)
    assert mail.text == "hello"
    assert [(found.name, found.size) for found in mail.attachments] == [
        ("big.bin", MAX_MESSAGE_BYTES)
    ]


@pytest.mark.parametrize(
    "line", ["> x\n", "On Mon, 6 May 2024 10:00 a@example.com wrote:\n", "a:\n", ">\n"]
)
def test_a_megabyte_of_quote_marks_is_read_in_one_pass(line: str) -> None:
    """The lines that are looked at are counted, not the seconds: growing tenfold costs about tenfold."""
    counts = []
    for size in (20_000, 200_000):
        mail = parse(HEAD + b"\n" + (line * (size // len(line))).encode())
        counts.append(_steps(mail))

    assert counts[1] <= counts[0] * 15


def _steps(mail: object) -> int:
    """Return how many lines of our own code reading the body executes."""
    steps = 0

    def trace(_frame: object, event: str, _arg: object) -> object:
        nonlocal steps
        steps += event == "line"
        return trace

    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        visible(mail)  # type: ignore[arg-type]
    finally:
        sys.settrace(None)
    return steps


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000,
        "<script>" * 100_000,
        "<style>" * 100_000,
        "&" * 1_000_000,
        "<a " * 300_000,
        f"<div {'a=b ' * 250_000}>",
        "<" * 1_000_000,
        "<blockquote>x" * 80_000,
    ],
    ids=lambda html: html[:12],
)
def test_hostile_markup_is_shown_as_text_or_safely(html: str) -> None:
    """What a browser-grade parser would take minutes for is shown as text."""
    clean = sanitize(html, cid_url=lambda _: None)

    assert "<script" not in clean.html
    assert "<style" not in clean.html


def test_a_boundary_that_matches_everywhere_makes_no_parts() -> None:
    """Lines that only begin like a delimiter are text."""
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--bx\n" * 50_000

    root, problems = read_parts(raw)

    assert root.children == ()
    assert problems == ()
