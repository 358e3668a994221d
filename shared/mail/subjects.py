"""Subjects: their reply and forward prefixes in many languages."""

from __future__ import annotations

from shared.mail.phrases import FORWARD_PREFIXES, REPLY_PREFIXES

_PREFIXES_REMOVED = 10
_LONGEST_PREFIX = 24


def base_subject(subject: str) -> str:
    """Return a subject without the reply and forward prefixes of many languages.

    "Re[2]: AW: Invoice" and "رد: Invoice" are both "Invoice".
    """
    for _ in range(_PREFIXES_REMOVED):
        prefix, rest = _prefix(subject)
        if not prefix:
            break
        subject = rest
    return subject.strip()


def is_forward_subject(subject: str) -> bool:
    """Return whether the outermost prefix of a subject says that the mail passes another one on."""
    prefix, _ = _prefix(subject)
    return prefix in FORWARD_PREFIXES


def _prefix(subject: str) -> tuple[str, str]:
    """Return the first prefix in lower case, "" where there is none, and the rest."""
    text = subject.lstrip(" \t\u200e\u200f\u202a\u202b\u2068")
    head = text[:_LONGEST_PREFIX]
    colon = min((head.find(mark) for mark in (":", "：") if mark in head), default=-1)
    if colon < 1:
        return "", subject
    word = head[:colon].strip().lower()
    if word.endswith(("]", ")")):  # a count, as in "Re[2]:" and "Re (3):"
        word = word.rpartition("[" if word[-1] == "]" else "(")[0].strip()
    word = word.rstrip("0123456789^").strip()
    if word in REPLY_PREFIXES or word in FORWARD_PREFIXES:
        return word, text[colon + 1 :].lstrip()
    return "", subject
