"""Placeholders of saved replies: what is filled, what is refused, and that no value is ever read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import placeholders
from shared.domain.placeholders import NAMES, Rendered, first_name, render, unknown

VALUES = {"customer.first_name": "Nora", "agent.name": "Demo Agent", "ticket.code": "4QWM-7Z2K9"}

# Texts that look like placeholders more often than by chance.
pieces = st.lists(
    st.one_of(
        st.sampled_from(["{{", "}}", "{", "}", "|", "\n", " ", *sorted(NAMES), "nonsense"]),
        st.text(max_size=5),
    ),
    max_size=12,
).map("".join)
plain = st.text(st.characters(exclude_characters="{}"), max_size=40)
names = st.sampled_from(sorted(NAMES))


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("Hello {{customer.first_name}}!", "Hello Nora!"),
        ("Hello {{ customer.first_name | there }}!", "Hello Nora!"),
        ("Hello {{customer.name|there}}!", "Hello there!"),
        ("Hello {{customer.name|}}!", "Hello !"),
        ("Hello {{customer.name}}!", "Hello !"),
        ("{{agent.name}} {{agent.name}}", "Demo Agent Demo Agent"),
        ("{{{ticket.code}}}", "{4QWM-7Z2K9}"),
        ("if (a) { b } else {{ c", "if (a) { b } else {{ c"),
        ("{{agent.name\n}}", "{{agent.name\n}}"),
        ("{{nonsense|x}}", "{{nonsense|x}}"),
    ],
)
def test_placeholders_are_filled(text: str, rendered: str) -> None:
    """Each by its value, else by its fallback, else by nothing; what is none stays."""
    assert render(text, VALUES).text == rendered


def test_what_is_missing_is_told() -> None:
    """Without value and fallback a name is told once, so that the page can ask before anything is sent."""
    text = "{{customer.name}} {{customer.name}} {{ticket.subject|your mail}} {{agent.name}}"

    assert render(text, VALUES) == Rendered("  your mail Demo Agent", ("customer.name",))


def test_unknown_placeholders_are_named() -> None:
    """Each once, in their order, with or without a fallback."""
    text = "{{customer.nam}} {{x|y}} {{ customer.nam }} {{customer.name}} {{}}"

    assert unknown(text) == ("customer.nam", "x", "")


@given(plain)
def test_a_text_without_braces_stays(text: str) -> None:
    """Nothing else in a text means anything."""
    assert render(text, VALUES) == Rendered(text, ())


@given(plain, names, pieces, plain)
def test_a_value_is_never_read_again(before: str, name: str, value: str, after: str) -> None:
    """Whatever a customer calls themselves stands there as it is, on one line, and fills nothing."""
    values = dict.fromkeys(NAMES, "SECRET") | {name: value}
    shown = " ".join(value.split())

    rendered = render(f"{before}{{{{{name}|fallback}}}}{after}", values).text

    assert rendered == f"{before}{shown or 'fallback'}{after}"


@given(pieces, st.dictionaries(names, pieces))
def test_rendering_agrees_with_reading_piece_by_piece(text: str, values: dict[str, str]) -> None:
    """Any text with any values gives what a reader of one piece after the other gets."""
    assert render(text, values).text == _slowly(text, values)


@given(pieces)
def test_what_is_accepted_leaves_no_placeholder(text: str) -> None:
    """A text without unknown placeholders, filled, has none of those that it had."""
    if unknown(text):
        return
    rendered = render(text, dict.fromkeys(NAMES, "x")).text
    assert not any(f"{{{{{name}}}}}" in rendered for name in NAMES if f"{{{{{name}}}}}" in text)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Nora Lind", "Nora"),
        ("Lind, Nora Maria", "Nora"),
        ("Lind,", "Lind"),
        ("نورة السالم", "نورة"),
        ("nora@customers.example.net", ""),
        ("", ""),
        (" ", ""),
    ],
)
def test_people_are_greeted_by_their_first_name(name: str, first: str) -> None:
    """Also where the family's name comes first; an address is no name."""
    assert first_name(name) == first


def _slowly(text: str, values: dict[str, str]) -> str:
    """Fill placeholders by looking for braces one by one: another way to the same end."""
    out, at = "", 0
    while at < len(text):
        end = text.find("}}", at + 2) if text.startswith("{{", at) else -1
        inner = text[at + 2 : end] if end != -1 else None
        if inner is None or any(c in inner for c in "{}\r\n"):
            out, at = out + text[at], at + 1
            continue
        name, bar, fallback = inner.partition("|")
        if name.strip() not in placeholders.NAMES:
            whole = text[at : end + 2]
        else:
            value = " ".join(values.get(name.strip(), "").split())
            whole = value or (fallback if bar else "")
        out, at = out + whole, end + 2
    return out
