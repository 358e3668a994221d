"""Gmail's search operators, as far as the sandbox knows them.

Rule: support.google.com/mail/answer/7190 and .../gmail/api/guides/filtering.
"""

import datetime as dt
import json
import re
import sqlite3
from collections.abc import Callable

Test = Callable[[sqlite3.Row], bool]

TOKEN = re.compile(
    r'(?P<minus>-?)(?:(?P<key>[A-Za-z_0-9]+):)?(?:(?P<open>[({])|(?P<value>"[^"]*"|[^\s"(){}]+))'
    r"|(?P<close>[)}])"
)
PLACES = {"inbox": "INBOX", "sent": "SENT", "draft": "DRAFT", "drafts": "DRAFT"}
PLACES |= {"spam": "SPAM", "trash": "TRASH"}
FLAGS = {"unread": "UNREAD", "starred": "STARRED", "important": "IMPORTANT"}
# Operators that look into one indexed header.
HEADERS = {"from": "from", "to": "to", "cc": "cc", "bcc": "bcc", "subject": "subject"}
HEADERS |= {"list": "list-id", "deliveredto": "delivered-to"}
DAYS = {"d": 1, "m": 30, "y": 365}
SIZES = {"": 1, "k": 1024, "m": 1024 * 1024}


class Query:
    """A parsed query: `matches` a row of Mail.newest_first.

    Terms side by side must all hold; `-` excludes, OR and {} mean any, () groups, also after an
    operator. What Gmail would not know as an operator is searched for as text, as there.
    `reads_text` says whether the query looks into bodies.
    """

    def __init__(self, text: str, now: float) -> None:
        self._now = now
        tokens = list(TOKEN.finditer(text))
        # What `in:` names, as label ids: Spam and Trash show only where they are asked for.
        self.places = {
            PLACES.get(token["value"].lower(), token["value"].lower())
            for token in tokens
            if (token["key"] or "").lower() == "in" and token["value"] and not token["minus"]
        }
        self.reads_text = False
        self._test = self._group(tokens, "", any_of=False)

    def matches(self, row: sqlite3.Row) -> bool:
        """Say whether a message satisfies the query; Spam and Trash are the caller's rule."""
        return self._test(row)

    def _group(self, tokens: list[re.Match[str]], key: str, *, any_of: bool) -> Test:
        # Consumes tokens up to the closing bracket; every inner list holds alternatives.
        groups: list[list[Test]] = []
        joined = False
        while tokens:
            token = tokens.pop(0)
            if token["close"]:
                break
            if token["value"] == "OR" and not token["key"]:
                joined = bool(groups)
                continue
            test = self._one(token, tokens, key)
            if joined or (any_of and groups):
                groups[-1].append(test)
            else:
                groups.append([test])
            joined = False
        return lambda row: all(any(test(row) for test in group) for group in groups)

    def _one(self, token: re.Match[str], rest: list[re.Match[str]], key: str) -> Test:
        key = (token["key"] or key).lower()
        if token["open"]:
            test = self._group(rest, key, any_of=token["open"] == "{")
        else:
            test = self._term(key, token["value"].strip('"'))
        return (lambda row: not test(row)) if token["minus"] else test

    def _term(self, key: str, value: str) -> Test:
        word = value.casefold()
        if key in HEADERS:
            return _words(word, lambda row: [_headers(row).get(HEADERS[key], "")])
        if key in ("after", "newer", "before", "older"):
            moment = _moment(value)
            if moment is None:
                return lambda _row: False
            return _date(moment * 1000, after=key in ("after", "newer"))
        if key in ("newer_than", "older_than") and re.fullmatch(r"\d{1,5}[dmy]", word):
            edge = self._now - int(word[:-1]) * DAYS[word[-1]] * 86400
            return _date(edge * 1000, after=key == "newer_than")
        if key in ("larger", "smaller") and (size := re.fullmatch(r"(\d{1,12})([km]?)b?", word)):
            bound = int(size[1]) * SIZES[size[2]]
            return lambda row: (row["size"] > bound) == (key == "larger")
        if key == "in" and word == "anywhere":
            return lambda _row: True
        if key == "is" and word == "read":
            return _labelled("UNREAD", present=False)
        if key in ("in", "is", "label"):
            return _labelled(PLACES.get(word, FLAGS.get(word, word.upper())), present=True)
        if key == "has" and word == "attachment":
            return lambda row: bool(row["attached"])
        if key == "rfc822msgid":
            return lambda row: row["message_id"].strip("<>") == value.strip("<>")
        self.reads_text = True
        text = f"{key}:{word}" if key else word
        return _words(text, lambda row: [*_headers(row).values(), row["body_text"]])


def _words(text: str, texts: Callable[[sqlite3.Row], list[str]]) -> Test:
    # Whole words, as Gmail searches, in letters of any script.
    pattern = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)", re.IGNORECASE)
    return lambda row: any(pattern.search(value) for value in texts(row))


def _labelled(label: str, *, present: bool) -> Test:
    return lambda row: (label in row["labels"].split()) == present


def _date(edge: float, *, after: bool) -> Test:
    return lambda row: (row["internal_date"] >= edge) == after


def _headers(row: sqlite3.Row) -> dict[str, str]:
    headers: dict[str, str] = json.loads(row["headers"])
    return headers


def _moment(value: str) -> float | None:
    if value.isdigit() and len(value) > 8:
        return float(value)
    parts = re.fullmatch(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})", value)
    if parts is None:
        return None
    try:
        # Gmail reads a date as midnight in the account's zone; the sandbox lives in UTC.
        year, month, day = (int(part) for part in parts.groups())
        return dt.datetime(year, month, day, tzinfo=dt.UTC).timestamp()
    except ValueError:
        return None
