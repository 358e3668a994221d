"""The words by which tickets are found."""

from __future__ import annotations

import pytest

from shared.domain.search_words import MAX_WORD, MAX_WORDS, asked_words, ticket_words, words


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Rechnung Nr. 4711", "RECHNUNG nr 4711"),
        ("Café crème", "cafe CRÈME"),
        ("Straße", "STRASSE"),
        ("İstanbul'da kargo", "istanbul da KARGO"),
        ("Łódź", "lodz"),
        ("الفَاتُورَة رقم ٤٧١١", "الفاتوره رقم 4711"),
        ("أحمد إلى القاهرة", "احمد الي القاهره"),
        ("مـــرحبا", "مرحبا"),
        ("فاكتور کتاب", "فاكتور كتاب"),
        ("ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("שָׁלוֹם עולם", "שלום עולם"),
        ("Ψυχή", "ψυχη"),
        ("a\u200eb\u00adc", "abc"),
    ],
)
def test_one_word_written_in_several_ways(written: str, asked: str) -> None:
    """Case, accents, vowel points, width, digits and look-alike letters make no difference."""
    assert words(written) == words(asked)
    assert words(written)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("東京都庁の請求書", "請求書"),
        ("请问发票在哪里", "发票"),
        ("ใบแจ้งหนี้เดือนนี้", "แจ้งหนี้"),
        ("注文Order123の件", "order123"),
    ],
)
def test_a_script_without_spaces(written: str, asked: str) -> None:
    """A word is found in the middle of a sentence that has no gaps."""
    assert set(words(asked)) <= set(words(written))


@pytest.mark.parametrize(("one", "other"), [("はば", "はは"), ("한국", "한글"), ("कल", "काल")])
def test_letters_that_differ_stay_different(one: str, other: str) -> None:
    """What looks like an accent and is a letter of its own is kept."""
    assert words(one) != words(other)


def test_an_address_is_one_word_and_several() -> None:
    """It is found as a whole, by its name and by its domain; as a whole it is asked for as one."""
    found = ticket_words("Printer", "Nora Lind", "Nora@Customers.example.net")

    assert found[0] == "nora@customers.example.net"
    assert set(asked_words("customers.example.net")) <= set(found)
    assert asked_words("<NORA@customers.example.net> printer") == (
        "nora@customers.example.net",
        "printer",
    )


def test_there_are_never_more_words_than_a_ticket_may_have() -> None:
    """A subject of hundreds of words costs no more index entries than the limit, each of bounded length."""
    found = ticket_words(" ".join(f"word{i}" for i in range(500)) + "x" * 900, "N", "n@example.net")

    assert len(found) == MAX_WORDS
    assert found[0] == "n@example.net"
    assert max(map(len, words("y" * 900))) == MAX_WORD


def test_what_has_no_words() -> None:
    """Signs and emptiness find nothing and break nothing."""
    assert words("") == words("  ... !!! \ud800 --- ") == ()
    assert ticket_words("", "", "") == ()
