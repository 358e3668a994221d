"""The measure of mail reading counts what it says it counts."""

from collections.abc import Mapping
from typing import Any

from tests.mail.score import Case, score

EXPECTED: Mapping[str, Any] = {
    "subject": "Broken lamp",
    "to": ["support@example.com"],
    "visible_text": "The lamp is broken.\nPlease help.",
    "visible_contains": ["lamp is broken"],
    "visible_not_contains": ["Sent from"],
    "is_bounce": False,
    "is_auto_reply": True,
}
ANSWER: Mapping[str, Any] = {
    "subject": "Broken lamp",
    "to": [{"name": "Support", "address": "support@example.com"}],
    "visible_text": "The lamp\u200f is broken. Please\u00a0help.\n",
    "is_bounce": False,
    "is_auto_reply": True,
}


def figures(answer: Mapping[str, Any], expected: Mapping[str, Any] = EXPECTED) -> dict[str, Any]:
    """Return the figures of one case for which the reader gives this answer."""
    return score(iter([Case("lamp", b"", expected)]), lambda _raw: answer).as_json()


def test_a_right_answer_counts_whatever_its_white_space_and_marks() -> None:
    """Line ends, no-break spaces and directional marks do not make an answer wrong."""
    got = figures(ANSWER)

    assert got["visible"] == {
        "exact": "1/1",
        "f1": 1.0,
        "lost": "0/1",
        "phrases_missing": "0/1",
        "phrases_leaked": "0/1",
    }
    assert got["fields"] == {"subject": "1/1", "to": "1/1"}
    assert got["bounce"] == {"recall": "0/0", "false_positives": "0/1"}
    assert got["auto"] == {"recall": "1/1", "false_positives": "0/0"}


def test_lost_and_leaked_words_count_apart() -> None:
    """Folding away what a person wrote is told from showing too much."""
    folded_away = figures({**ANSWER, "visible_text": "Please help."})["visible"]
    left_standing = figures(
        {**ANSWER, "visible_text": ANSWER["visible_text"] + "Sent from a phone"}
    )["visible"]

    assert (folded_away["lost"], folded_away["phrases_missing"]) == ("1/1", "1/1")
    assert (left_standing["lost"], left_standing["phrases_leaked"]) == ("0/1", "1/1")
    assert folded_away["exact"] == left_standing["exact"] == "0/1"
    assert 0 < folded_away["f1"] < left_standing["f1"] < 1


def test_a_false_alarm_and_a_forged_sender_are_counted() -> None:
    """An ordinary mail called a bounce, and an address that must not be taken for the sender."""
    got = figures(
        {**ANSWER, "is_bounce": True, "sender": "boss@example.com"},
        {**EXPECTED, "sender_not": "boss@example.com"},
    )

    assert got["bounce"]["false_positives"] == "1/1"
    assert got["fields"]["sender"] == "0/1"


def test_a_reader_that_raises_is_counted_and_does_not_end_the_run() -> None:
    """One crash costs its own case only."""

    def inspect(raw: bytes) -> Mapping[str, Any]:
        if raw == b"poison":
            raise ValueError
        return ANSWER

    got = score(
        iter([Case("bad", b"poison", EXPECTED), Case("good", b"", EXPECTED)]), inspect
    ).as_json()

    assert (got["cases"], got["crashes"]) == (2, 1)
    assert got["visible"]["exact"] == "1/2"
