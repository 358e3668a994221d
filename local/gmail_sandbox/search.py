"""Gmail's search operators, as far as the sandbox knows them.

Rule: support.google.com/mail/answer/7190 and .../gmail/api/guides/filtering.
"""

import datetime as dt
import json
import re
import sqlite3
from collections.abc import Callable
from typing import Any

from .summary import base_subject

Test = Callable[[sqlite3.Row], bool]

TOKEN = re.compile(r'(?P<minus>-?)(?:(?P<key>[A-Za-z_]+):)?(?P<value>"[^"]*"|[^\s"(){}]+)|[(){}]')
PLACES = {"inbox": "INBOX", "sent": "SENT", "draft": "DRAFT", "drafts": "DRAFT"}
PLACES |= {"spam": "SPAM", "trash": "TRASH"}
FLAGS = {"unread": "UNREAD", "starred": "STARRED", "important": "IMPORTANT"}
UNITS = {"d": 1, "m": 30, "y": 365}


class Query:
    """A parsed query: `matches` a row of Mail.newest_first.

    Terms side by side must all hold; `-` excludes, OR and {} mean any, () groups. What Gmail
    would not know as an operator is searched for as text, as there.
    """

    def __init__(self, text: str, now: float) -> None:
        self._now = now
        tokens = list(TOKEN.finditer(text))
        self.places = {
            PLACES.get(m["value"].lower(), m["value"].lower())
            for m in tokens
            if (m["key"] or "").lower() == "in" and not m["minus"]
        }
        self._test = self._all(tokens, None)

    def matches(self, row: sqlite3.Row) -> bool:
        """Say whether a message satisfies the query; Spam and Trash are the caller's rule."""
        return self._test(row)

    def _all(self, tokens: list[re.Match[str]], closing: str | None) -> Test:
        # Consumes `tokens` up to the closing bracket.
        groups: list[list[Test]] = []
        joined = False
        while tokens:
            token = tokens.pop(0)
            if token.group() in (")", "}"):
                if token.group() == closing:
                    break
                continue
            if token["value"] == "OR" and not token["key"]:
                joined = bool(groups)
                continue
            test = self._one(token, tokens)
            if joined or (closing == "}" and groups):
                groups[-1].append(test)
            else:
                groups.append([test])
            joined = False
        return lambda row: all(any(test(row) for test in group) for group in groups)

    def _one(self, token: re.Match[str], rest: list[re.Match[str]]) -> Test:
        if token.group() in ("(", "{"):
            return self._all(rest, ")" if token.group() == "(" else "}")
        test = self._term((token["key"] or "").lower(), token["value"].strip('"'))
        return (lambda row: not test(row)) if token["minus"] else test

    def _term(self, key: str, value: str) -> Test:
        word = value.casefold()
        if key in ("after", "newer", "before", "older"):
            moment = _moment(value)
            if moment is None:
                return lambda _row: False
            if key in ("after", "newer"):
                return lambda row: row["internal_date"] >= moment * 1000
            return lambda row: row["internal_date"] < moment * 1000
        if key in ("newer_than", "older_than") and re.fullmatch(r"\d{1,5}[dmy]", word):
            edge = (self._now - int(word[:-1]) * UNITS[word[-1]] * 86400) * 1000
            if key == "newer_than":
                return lambda row: row["internal_date"] >= edge
            return lambda row: row["internal_date"] < edge
        if key == "in":
            return self._place(word)
        if key == "is":
            if word == "read":
                return lambda row: "UNREAD" not in row["labels"].split()
            return lambda row: FLAGS.get(word, word.upper()) in row["labels"].split()
        if key == "label":
            return lambda row: word.upper() in row["labels"].upper().split()
        if key == "rfc822msgid":
            return lambda row: row["message_id"].strip("<>") == value.strip("<>")
        if key in ("from", "to", "cc", "bcc"):
            return lambda row: word in _headers(row).get(key, "").casefold()
        if key == "deliveredto":
            return lambda row: word in _headers(row).get("delivered-to", "").casefold()
        if key == "subject":
            return lambda row: word in base_subject(_headers(row).get("subject", ""))
        return _words(f"{key}:{word}" if key else word)

    @staticmethod
    def _place(word: str) -> Test:
        if word == "anywhere":
            return lambda _row: True
        label = PLACES.get(word, word.upper())
        return lambda row: label in row["labels"].split()


def _words(text: str) -> Test:
    # Whole words, as Gmail searches; letters of any script.
    pattern = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)", re.IGNORECASE)

    def found(row: sqlite3.Row) -> bool:
        return any(
            pattern.search(value)
            for value in (*_headers(row).values(), row["body_text"].casefold())
        )

    return found


def _headers(row: sqlite3.Row) -> dict[str, Any]:
    headers: dict[str, Any] = json.loads(row["headers"])
    return headers


def _moment(value: str) -> float | None:
    if value.isdigit() and len(value) > 8:
        return float(value)
    parts = re.fullmatch(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})", value)
    if parts is None:
        return None
    try:
        # Gmail reads a date as midnight in the account's zone; the sandbox lives in UTC.
        return dt.datetime(*map(int, parts.groups()), tzinfo=dt.UTC).timestamp()  # type: ignore[arg-type,misc]
    except ValueError:
        return None
