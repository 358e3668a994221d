"""Ids, and the codes that people say aloud."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import ids

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_random_ids_have_their_form_and_differ() -> None:
    """A prefix and 26 Crockford characters; a thousand are a thousand."""
    made = {ids.random_id(ids.TICKET) for _ in range(1000)}

    assert len(made) == 1000
    assert all(ids.is_id("t", id) for id in made)
    assert {id[0:2] for id in made} == {"t_"}


def test_derived_ids_are_known_for_ever() -> None:
    """The documents of a running desk are named by these: another derivation would double every mail."""
    assert ids.message_id("mb_1", "18c") == "m_" + _first_128_bits("cmo1|message|mb_1|18c")
    assert ids.ticket_id("mb_1", "18c") == "t_" + _first_128_bits("cmo1|ticket|mb_1|18c|0")
    assert ids.ticket_id("mb_1", "18c", 1) != ids.ticket_id("mb_1", "18c")


def _first_128_bits(text: str) -> str:
    import hashlib

    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
    digits = ""
    for _ in range(26):
        number, digit = divmod(number, 32)
        digits = ALPHABET[digit] + digits
    return digits


@pytest.mark.parametrize(
    "text", ["", "t", "t_", "t_1", "m_" + "0" * 26, "t_" + "0" * 25, "t_" + "0" * 27, "t_" + "U" * 26,
             "t_" + "a" * 26, "t_" + "0" * 25 + "\n", "../" + "0" * 26, "__x__"],
)  # fmt: skip
def test_what_is_no_id_is_none(text: str) -> None:
    """Only the right prefix and 26 characters of the alphabet are an id."""
    assert not ids.is_id("t", text)


@given(st.text(max_size=40), st.integers(0, 50))
def test_a_code_is_read_as_people_write_it(ticket: str, attempt: int) -> None:
    """Small letters, missing hyphens, O for 0 and I or L for 1 name the same code."""
    code = ids.ticket_code(ticket, attempt)

    assert len(code) == 10
    assert code[4] == "-"
    assert set(code.replace("-", "")) <= set(ALPHABET)
    assert ids.read_code(code) == code
    assert ids.read_code(code.lower().replace("-", "")) == code
    assert ids.read_code(code.replace("0", "o").replace("1", "l")) == code
    assert ids.ticket_code(ticket, attempt) == code


@given(st.text(max_size=20), st.integers(0, 8), st.sampled_from(ALPHABET))
def test_one_mistyped_character_names_no_other_ticket(ticket: str, at: int, other: str) -> None:
    """The check character finds every single wrong character."""
    plain = ids.ticket_code(ticket).replace("-", "")
    mistyped = plain[:at] + other + plain[at + 1 :]

    assert ids.read_code(mistyped) is None or mistyped == plain


@given(st.text(max_size=20), st.integers(0, 6))
def test_two_swapped_neighbours_name_no_other_ticket(ticket: str, at: int) -> None:
    """Nor does swapping two neighbours, the commonest mistake of typing."""
    plain = ids.ticket_code(ticket).replace("-", "")
    swapped = plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :]

    assert ids.read_code(swapped) is None or swapped == plain


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    """What a subject holds in brackets may be anything."""
    read = ids.read_code(text)

    assert read is None or ids.read_code(read) == read
