"""CSV: whoever opens it, by whichever separator, finds no formula, and gets every text back."""

from __future__ import annotations

import csv
import io
import sys
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.domain import spreadsheet

BLANK = "\"“”„«»'’" + "".join(chr(n) for n in range(0x21)) + "\u200b\u200e\u202e\ufeff\xa0\xad"
# Texts that are mostly made of what is dangerous.
HOSTILE = st.text(
    st.one_of(
        st.sampled_from(spreadsheet.FORMULA),
        st.sampled_from(BLANK),
        st.sampled_from(",;\t\r\n|\"'"),
        st.characters(exclude_categories=["Cs"]),
    )
)


def cells(table: bytes, separator: str) -> list[str]:
    """Return all cells of a file that is cut by this separator."""
    text = table.decode("utf-8-sig")
    return [
        cell
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        for cell in row
    ]


def is_formula(cell: str) -> bool:
    """Say whether a careless spreadsheet would calculate this cell."""
    rest = cell
    while rest and rest[0] != "'" and (rest[0] in BLANK or rest[0].isspace()):
        rest = rest[1:]
    folded = unicodedata.normalize("NFKC", rest[:1])
    return folded[:1] in ("=", "+", "-", "@", "−") and folded != ""


@settings(deadline=None)
@given(st.lists(HOSTILE, min_size=1, max_size=4), st.sampled_from([",", ";", "\t", "|"]))
@example(["=1+1"], ",")
@example(["x", 'a;=HYPERLINK("http://x.example.net")'], ";")
@example(["x", "a\t＝cmd"], "\t")
@example(["\u200b\u200b@SUM(A1)"], ",")
@example(['"=1'], ",")
@example(["safe\r\n-1"], ",")
def test_no_cell_is_a_formula(row: list[str], separator: str) -> None:
    """Whatever the texts hold, and whichever separator the reader takes."""
    assert not [cell for cell in cells(spreadsheet.csv([row]), separator) if is_formula(cell)]


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=5))
def test_texts_come_back(row: list[str]) -> None:
    """What is read is what was written, but for apostrophes in front of what looked like a formula."""
    read = next(csv.reader(io.StringIO(spreadsheet.csv([row]).decode("utf-8-sig"), newline="")))

    assert read == [spreadsheet.harmless(text) for text in row]
    assert [text.replace("'", "") for text in read] == [text.replace("'", "") for text in row]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Nora Lind", "Nora Lind"),
        ("a=b", "a=b"),
        ("nora@example.net", "nora@example.net"),
        ("تذكرة", "تذكرة"),
        ("=1", "'=1"),
        ("  +1", "'  +1"),
        ("＠SUM", "'＠SUM"),
        ("a,-1", "a,'-1"),
        ("'=1", "''=1"),
        ("", ""),
    ],
)
def test_only_what_looks_like_a_formula_is_changed(text: str, kept: str) -> None:
    """Names, addresses and words stay."""
    assert spreadsheet.harmless(text) == kept


def test_every_look_alike_is_known() -> None:
    """Each character that compatibility folding makes one of = + - @ at the beginning."""
    folded = {
        chr(code)
        for code in range(sys.maxunicode + 1)
        if not 0xD800 <= code < 0xE000
        and unicodedata.normalize("NFKC", chr(code))[:1] in ("=", "+", "-", "@")
    }

    assert folded <= set(spreadsheet.FORMULA)


def test_the_form_of_a_file() -> None:
    """A byte order mark, quotes around texts, numbers as they are, nothing for nothing, CRLF."""
    table = spreadsheet.csv([["day", "a"], ['5" disk', 1, 2.5, None]])

    assert table == b'\xef\xbb\xbf"day","a"\r\n"5"" disk",1,2.5,\r\n'
    assert spreadsheet.csv([["\ud800"]]) == b'\xef\xbb\xbf"?"\r\n'
