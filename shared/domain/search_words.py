"""The words by which tickets are found, in any language: the same for what is stored and what is asked.

Letters that people write in several ways become one: case and width fold (Unicode NFKC and casefold),
accents and vowel points fall away, and of Arabic also the tatweel, the seats of hamza, alef maqsura and
taa marbuta, as its readers expect of a search. Scripts that put no space between words (Han, kana, Thai,
Lao, Khmer, Burmese) are cut into pairs of characters, so that a word is found wherever it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

MAX_WORD: Final = 40  # what is longer is no word: a key, an address of a page
MAX_WORDS: Final = 60  # of one ticket; Firestore counts an index entry for each

_SAME: Final = str.maketrans(
    {
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ة": "ه",
        "ۀ": "ه",
        "ہ": "ه",
        "ک": "ك",
        "ـ": None,
        "ß": "ss",
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "æ": "ae",
        "œ": "oe",
    }
)
_VOICED: Final = frozenset("\u3099\u309a")  # in kana these marks make another letter
_ADDRESS: Final = re.compile(r"[^\s@<>()\",;:]+@[^\s@<>()\",;:]+")

# Scripts without spaces, by block: first and last code point.
_UNSPACED: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # kana
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


def words(text: str) -> tuple[str, ...]:
    """Return the different words of a text, normalised, in its order."""
    return tuple(dict.fromkeys(_words(text)))


def ticket_words(subject: str, name: str, address: str) -> tuple[str, ...]:
    """Return by which words a ticket is found: at most MAX_WORDS, those of its customer first.

    An address is one word by itself, and its parts are words too, so that its domain finds it.
    """
    found = (_address(address), *words(name), *words(subject), *words(address))
    return tuple(dict.fromkeys(word for word in found if word))[:MAX_WORDS]


def asked_words(text: str) -> tuple[str, ...]:
    """Return the words that somebody looks for; an address counts as one."""
    addresses = [_address(found) for found in _ADDRESS.findall(text)]
    return tuple(dict.fromkeys((*addresses, *words(_ADDRESS.sub(" ", text)))))


def _address(address: str) -> str:
    return unicodedata.normalize("NFKC", address).strip().casefold()


def _words(text: str) -> Iterator[str]:
    for run in _runs(_normalised(text)):
        if not _unspaced(run[0]):
            yield run[:MAX_WORD]
        elif len(run) == 1:
            yield run
        else:
            yield from (first + second for first, second in pairwise(run))


def _normalised(text: str) -> str:
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = (c for c in parts if c in _VOICED or not unicodedata.combining(c))
    visible = "".join(c for c in kept if unicodedata.category(c) != "Cf")  # marks of direction
    return unicodedata.normalize("NFC", visible).translate(_SAME)


def _runs(text: str) -> Iterator[str]:
    """Cut a text where no letter, digit or mark stands, and where a script without spaces begins."""
    run: list[str] = []
    for character in text:
        if unicodedata.category(character)[0] not in "LNM":
            yield from _finished(run)
        else:
            if run and _unspaced(run[-1]) is not _unspaced(character):
                yield from _finished(run)
            run.append(_digit(character))
    yield from _finished(run)


def _finished(run: list[str]) -> Iterable[str]:
    """Give the characters so far as a word, if there are any, and begin anew."""
    word = "".join(run)
    run.clear()
    return (word,) if word else ()


def _digit(character: str) -> str:
    """Return a decimal digit of any script as 0 to 9."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _unspaced(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in _UNSPACED)
