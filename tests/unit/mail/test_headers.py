"""Header fields: encoded words, parameters, ids, dates, folding."""

from datetime import UTC, datetime

import pytest

from shared.mail.dates import read_date
from shared.mail.encoded_words import decode_words
from shared.mail.headers import message_ids, read_block, shown
from shared.mail.parameters import parameters


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?B?4pyT?=", "✓"),
        ("=?utf-8?B?4pw=?= =?utf-8?B?kw==?=", "✓"),
        ("a =?utf-8?Q?=C3=BC?= b", "a ü b"),
        ("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
        ("=?utf-8?Q?a?=\t=?iso-8859-1?Q?=FC?=", "aü"),
        ('"=?utf-8?Q?=C3=BC?="', '"ü"'),
        ("x=?utf-8?Q?=C3=BC?=y", "xüy"),
        ("=?utf-8*de?Q?=C3=BC_5?=", "ü 5"),
        ("=?utf-8?Q?two words?=", "two words"),
        ("=?utf-8?B?w7w?=", "ü"),
        ("=?utf-8?Q?=C3=BC", "ü"),
        ("=?no?such", "=?no?such"),
        ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        ("=?iso-2022-jp?B?GyRCJCIbKEI=?=", "あ"),
    ],
)
def test_encoded_words_are_read_wherever_they_stand(value: str, text: str) -> None:
    """RFC 2047 with what senders get wrong."""
    assert decode_words(value) == text


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        ("a/b; name=x.pdf", "name", "x.pdf"),
        ('a/b; name="a;b.pdf"', "name", "a;b.pdf"),
        ("a/b; filename*=utf-8''%C3%BC.pdf", "filename", "ü.pdf"),
        ("a/b; filename*0*=utf-8''%C3; filename*1*=%BC; filename*2=.pdf", "filename", "ü.pdf"),
        ("a/b; filename*1=b; filename*0=a", "filename", "ab"),
        ('a/b; name="C:\\temp\\x.pdf"', "name", "C:\\temp\\x.pdf"),
        ("a/b; name=two words.pdf", "name", "two words.pdf"),
        ("a/b;; name=x", "name", "x"),
    ],
)
def test_parameters_are_read(value: str, name: str, text: str) -> None:
    """RFC 2231 with what senders get wrong."""
    assert parameters(value)[1][name] == text


def test_ids_keep_their_order_and_occur_once() -> None:
    """Commas, missing spaces and comments between ids do not matter."""
    found = message_ids(["<a@example.com><b@example.com>,<a@example.com>", "c@example.com"])

    assert found == ("<a@example.com>", "<b@example.com>", "<c@example.com>")


def test_a_badly_folded_field_goes_on_and_a_text_ends_the_block() -> None:
    """A line that is no field belongs to the one above only where fields follow."""
    folded, _, _ = read_block(b"Subject: a\nb\nTo: x\n\nbody", 0, 21)
    raw = b"Subject: a\nThis is the body.\nIt goes on.\nAnd on.\nAnd on.\n"
    ended, body, _ = read_block(raw, 0, len(raw))

    assert folded.get("subject") == "a b"
    assert ended.fields == (("subject", "a"),)
    assert raw[body:].startswith(b"This is")


def test_what_is_shown_holds_nothing_that_deceives() -> None:
    """Controls and marks that turn text around are gone; letters and joiners stay."""
    assert shown("a\u202eb\0c\u2066d\r\ne") == "abcd  e"
    assert shown("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("Mon, 06 May 2024 10:00:00 +0200", datetime(2024, 5, 6, 8, tzinfo=UTC)),
        ("6 May 24 10:00 EST", datetime(2024, 5, 6, 15, tzinfo=UTC)),
        ("Mon, 6 May 2024 10:00:00 GMT (comment)", datetime(2024, 5, 6, 10, tzinfo=UTC)),
        ("Mon May  6 10:00:00 2024", datetime(2024, 5, 6, 10, tzinfo=UTC)),
        ("Mon, 06-May-2024 10:00:60 -0130", datetime(2024, 5, 6, 11, 30, 59, tzinfo=UTC)),
        ("", None),
        ("yesterday", None),
        ("Mon, 31 Feb 2024 10:00:00 +0000", None),
        ("Mon, 06 May 1804 10:00:00 +0000", None),
        ("Mon, 06 May 99999 10:00:00 +0000", None),
        ("Mon, 06 May 2024 99:00:00 +0000", None),
    ],
)
def test_dates_are_read_and_absurd_ones_refused(value: str, moment: datetime | None) -> None:
    """A date is UTC or nothing."""
    assert read_date(value) == moment
