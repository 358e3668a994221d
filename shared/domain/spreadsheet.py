"""Tables as CSV that spreadsheets open without running anything (RFC 4180; OWASP: CSV Injection).

A spreadsheet takes a cell for a formula when it begins with = + - @, or with a look-alike of them that it
folds, also behind blanks and quotes. Such a cell gets an apostrophe in front. Since nobody knows by which
separator a file is cut when it is opened, the same is done behind every separator within a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

Cell: TypeAlias = str | int | float | None

MEDIA_TYPE: Final = "text/csv; charset=utf-8"

# Every character that NFKC makes a text begin with one of = + - @, and the minus sign.
FORMULA: Final = "=+-@⁺⁻⁼₊₋₌−⩵⩶﬩﹢﹣﹦﹫＋－＝＠"
_SEPARATORS: Final = ",;\t\r\n|"
# What a reader may drop before it looks: blanks, controls, marks without width, quotes.
_PASSED: Final = (
    r"\s\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\"'`´‘’‚‛“”„‟«»‹›＂＇"
)
_BEGINS: Final = re.compile(rf"(?:^|(?<=[{_SEPARATORS}]))(?=[{_PASSED}]*[{re.escape(FORMULA)}])")
_BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel takes UTF-8 for the code page of the country


def csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return rows as a file: UTF-8 with a byte order mark, texts in quotes, lines ended by CRLF."""
    lines = (",".join(_cell(value) for value in row) + "\r\n" for row in rows)
    return (_BYTE_ORDER_MARK + "".join(lines)).encode("utf-8", "replace")


def harmless(text: str) -> str:
    """Return a text in which no spreadsheet finds a formula; most texts are as they were."""
    return _BEGINS.sub("'", text)


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return '"' + harmless(value).replace('"', '""') + '"'
    return str(value)
