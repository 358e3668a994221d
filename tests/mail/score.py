"""Measure the reading of mail on folders of fixtures: `python -m tests.mail.score FOLDER... [--show]`.

A case is `<case>.eml` with `<case>.expected.json` beside it; what the latter leaves out is not scored.
One JSON object is printed, with a member a folder. `--show` lists the mismatches on stderr, but never
those of a folder named `untuned`: nobody can tune a rule on what nobody sees.
"""

import argparse
import json
import math
import re
import statistics
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Inspect = Callable[[bytes], Mapping[str, Any]]

FIELDS = (
    "subject",
    "sender",
    "sender_name",
    "attachments",
    "to",
    "cc",
    "reply_to",
    "message_id",
    "in_reply_to",
    "references",
    "bounce_recipients",
)
LOST_BELOW = 0.9  # share of the expected words; under it a reader misses something
# Zero-width characters and directional marks cannot be seen, and clients differ in keeping them.
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Case:
    """A message and what a careful person states about it."""

    name: str
    raw: bytes
    expected: Mapping[str, Any]


@dataclass(slots=True)
class Tally:
    """How often a question was asked, and how often the answer was yes."""

    yes: int = 0
    asked: int = 0

    def add(self, answer: bool) -> bool:
        """Count one answer and hand it back."""
        self.yes += answer
        self.asked += 1
        return answer

    def __str__(self) -> str:
        return f"{self.yes}/{self.asked}"


@dataclass(slots=True)
class Score:
    """What was measured on one folder; `mismatches` are (case, question, expected, got)."""

    crashes: list[str] = field(default_factory=list)
    exact: Tally = field(default_factory=Tally)
    lost: Tally = field(default_factory=Tally)
    f1: list[float] = field(default_factory=list)
    phrases_missing: Tally = field(default_factory=Tally)
    phrases_leaked: Tally = field(default_factory=Tally)
    fields: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in FIELDS})
    bounce_recall: Tally = field(default_factory=Tally)
    bounce_false_positives: Tally = field(default_factory=Tally)
    auto_recall: Tally = field(default_factory=Tally)
    auto_false_positives: Tally = field(default_factory=Tally)
    milliseconds: list[float] = field(default_factory=list)
    mismatches: list[tuple[str, str, Any, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the figures alone, without the names of cases."""
        spent = sorted(self.milliseconds)
        return {
            "cases": len(spent),
            "crashes": len(self.crashes),
            "visible": {
                "exact": str(self.exact),
                "f1": round(statistics.mean(self.f1), 3) if self.f1 else None,
                "lost": str(self.lost),
                "phrases_missing": str(self.phrases_missing),
                "phrases_leaked": str(self.phrases_leaked),
            },
            "fields": {name: str(tally) for name, tally in self.fields.items() if tally.asked},
            "bounce": {
                "recall": str(self.bounce_recall),
                "false_positives": str(self.bounce_false_positives),
            },
            "auto": {
                "recall": str(self.auto_recall),
                "false_positives": str(self.auto_false_positives),
            },
            "ms": {
                "median": round(statistics.median(spent), 3),
                "p99": round(spent[math.ceil(len(spent) * 0.99) - 1], 3),
                "max": round(spent[-1], 3),
            },
        }


def load(folder: Path) -> Iterator[Case]:
    """Yield the cases of a folder by name; a message without its expectation is an error."""
    for path in sorted(folder.glob("*.eml")):
        stated = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
        yield Case(path.stem, path.read_bytes(), stated)


def score(cases: Iterator[Case], inspect: Inspect) -> Score:
    """Run `inspect` over the cases; what it raises counts as a crash and as an empty answer."""
    total = Score()
    for case in cases:
        begun = time.perf_counter()
        try:
            got = inspect(case.raw)
        except Exception as error:  # noqa: BLE001  # whatever it raises is what is counted
            total.crashes.append(case.name)
            total.mismatches.append((case.name, "crash", None, type(error).__name__))
            got = {}
        total.milliseconds.append((time.perf_counter() - begun) * 1000)
        _score_visible(total, case, str(got.get("visible_text") or ""))
        _score_fields(total, case, got)
        _score_class(total, case, got)
    return total


def _score_visible(total: Score, case: Case, text: str) -> None:
    got = fold(text)
    if "visible_text" in case.expected:
        want = fold(case.expected["visible_text"])
        recall, f1 = overlap(want, got)
        total.f1.append(f1)
        total.lost.add(recall < LOST_BELOW)
        if not total.exact.add(want == got):
            total.mismatches.append((case.name, "visible_text", want, got))
    for phrase in case.expected.get("visible_contains", []):
        if total.phrases_missing.add(fold(phrase) not in got):
            total.mismatches.append((case.name, "missing phrase", phrase, got))
    for phrase in case.expected.get("visible_not_contains", []):
        if total.phrases_leaked.add(fold(phrase) in got):
            total.mismatches.append((case.name, "leaked phrase", phrase, got))


def _score_fields(total: Score, case: Case, got: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in case.expected:
            want, have = case.expected[name], got.get(name)
            if not total.fields[name].add(_comparable(want) == _comparable(have)):
                total.mismatches.append((case.name, name, want, have))
    if "sender_not" in case.expected:
        forged, have = case.expected["sender_not"], got.get("sender")
        if not total.fields["sender"].add(_comparable(forged) != _comparable(have)):
            total.mismatches.append((case.name, "sender_not", forged, have))


def _score_class(total: Score, case: Case, got: Mapping[str, Any]) -> None:
    for key, recall, false_positives in (
        ("is_bounce", total.bounce_recall, total.bounce_false_positives),
        ("is_auto_reply", total.auto_recall, total.auto_false_positives),
    ):
        if key in case.expected:
            want, have = bool(case.expected[key]), bool(got.get(key))
            (recall if want else false_positives).add(have)
            if want != have:
                total.mismatches.append((case.name, key, want, have))


def fold(text: str) -> str:
    """Return the text as it is compared: NFC, no invisible marks, each run of white space one space."""
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def overlap(want: str, got: str) -> tuple[float, float]:
    """Return recall and F1 of the words of `got` against those of `want`, as multisets."""
    wanted, found = Counter(re.findall(r"\w+", want)), Counter(re.findall(r"\w+", got))
    if not wanted:
        return 1.0, float(not found)
    common = (wanted & found).total()
    return common / wanted.total(), 2 * common / (wanted.total() + found.total())


def _comparable(value: Any) -> list[str]:
    """One value and a list of one compare equal, as do absent and empty; order and <> do not count.

    Of a mailbox given as {name, address} the address counts.
    """
    values = value if isinstance(value, list | tuple) else [value or ""]
    plain = [item["address"] if isinstance(item, Mapping) else str(item) for item in values if item]
    return sorted(fold(item).removeprefix("<").removesuffix(">") for item in plain)


def main() -> None:
    """Score each folder named on the command line with tools.inspect_mail."""
    from tools.inspect_mail import inspect

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--show", action="store_true", help="list mismatches of tuned folders")
    arguments = parser.parse_args()
    figures = {}
    for folder in arguments.folders:
        measured = score(load(folder), inspect)
        if not measured.milliseconds:
            parser.error(f"no messages in {folder}")
        figures[str(folder)] = measured.as_json()
        if arguments.show and folder.resolve().name != "untuned":
            for mismatch in measured.mismatches:
                sys.stderr.write(json.dumps(mismatch, ensure_ascii=False) + "\n")
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
