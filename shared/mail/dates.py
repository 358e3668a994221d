"""The Date field (RFC 5322 section 3.3), read leniently and believed only where it is sane."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9,
    "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
# Zones of RFC 5322 section 4.3 and the usual others, in hours. Unknown ones count as UTC.
_ZONES = {
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "cet": 1, "cest": 2, "met": 1, "mest": 2, "eet": 2, "eest": 3, "bst": 1, "ist": 5.5, "jst": 9,
    "kst": 9, "msk": 3, "aest": 10, "aedt": 11,
}  # fmt: skip
_FIRST_YEAR, _LAST_YEAR = 1980, 2100


def read_date(value: str) -> datetime | None:
    """Return the moment of a Date field in UTC, None where it is missing, unreadable or absurd.

    Whether it lies in the future of its arrival is for the caller to judge: nothing here asks the time.
    """
    words = value[:200].partition("(")[0].replace(",", " ").replace("-", " -").split()
    day = month = 0
    year = -1
    clock: tuple[int, int, int] | None = None
    offset = timedelta()
    for raw_word in words:
        word = raw_word.lower()
        bare = word.lstrip("-")
        if ":" in word and clock is None:
            clock = _clock(word)
        elif bare[:3] in _MONTHS and not month:
            month = _MONTHS[bare[:3]]
        elif clock is not None and (word[0] in "+-" or year >= 0) and word[-1:].isdecimal():
            if word[0] in "+-" and len(word) >= 4 and bare.lstrip("+").isdecimal():
                offset = _offset(word)
            elif year < 0 and bare.isdecimal() and len(bare) <= 4:
                year = int(bare)
        elif bare.isdecimal() and len(bare) <= 4:
            if not day and len(bare) <= 2:
                day = int(bare)
            elif year < 0:
                year = int(bare)
        elif clock is not None and word in _ZONES:
            offset = timedelta(hours=_ZONES[word])
    if 0 <= year < 100:
        year += 2000 if year < 50 else 1900
    if clock is None or not month or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        hour, minute, second = clock
        moment = datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _clock(word: str) -> tuple[int, int, int] | None:
    parts = word.partition(".")[0].split(":")
    if len(parts) > 3 or not all(part.isdecimal() and len(part) <= 2 for part in parts):
        return None
    hour, minute, second = (*(int(part) for part in parts), 0, 0)[:3]
    return hour, minute, min(second, 59)  # a leap second counts as the one before it


def _offset(word: str) -> timedelta:
    digits = word[1:5].ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes >= 24 * 60:
        return timedelta()
    return timedelta(minutes=-minutes if word[0] == "-" else minutes)
