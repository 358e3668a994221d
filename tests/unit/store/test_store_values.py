"""Values as JSON text, and their order as bytes, for any value that there is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.store.ordering import after, inverted, kind_key, sort_key
from shared.store.values import Checked, escaped, from_json, to_json
from tests.contract.store_model import compare

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NAMES = TEXTS.filter(
    lambda name: 0 < len(name.encode()) <= 1_500 and not (name[:2] == name[-2:] == "__")
)
NUMBERS = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.integers(2**53 - 4, 2**53 + 4),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-5, 5).map(float),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    NUMBERS,
    TEXTS,
    st.binary(),
    st.datetimes(timezones=st.just(UTC)).map(lambda time: time.replace(fold=0)),
)
ELEMENTS = st.recursive(
    SCALARS, lambda inner: st.dictionaries(NAMES, inner | st.lists(inner), max_size=3), max_leaves=8
)
VALUES = ELEMENTS | st.lists(ELEMENTS, max_size=4)

REPRODUCIBLE = settings(derandomize=True, deadline=None)


@REPRODUCIBLE
@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_data_survives_json(data):
    """Whatever a document may hold, its text reads back as the same."""
    checked = Checked(data)

    text = to_json(escaped(data) if checked.has_dollar else data)

    assert repr(from_json(text)) == repr(data)


@REPRODUCIBLE
@given(VALUES, VALUES)
def test_bytes_sort_as_values_do(a, b):
    """Comparing two sort keys says what comparing the values says, also with each byte inverted."""
    first, second = sort_key(a), sort_key(b)

    assert (first > second) - (first < second) == compare(a, b)
    assert (inverted(first) < inverted(second)) - (inverted(first) > inverted(second)) == compare(
        a, b
    )


@REPRODUCIBLE
@given(VALUES, VALUES, st.binary(), st.binary())
def test_no_key_is_the_beginning_of_another(a, b, rest_of_a, rest_of_b):
    """Keys can be strung together: what follows matters between equal values only."""
    first, second = sort_key(a), sort_key(b)

    if first != second:
        longer = first + rest_of_a, second + rest_of_b
        assert (first < second) == (longer[0] < longer[1])


@REPRODUCIBLE
@given(VALUES, st.binary())
def test_after_a_prefix_comes_nothing_that_begins_with_it(value, rest):
    """The upper end of a range lies behind all that begins with the prefix."""
    key = sort_key(value)

    assert key + rest < after(key)
    assert key + rest < after(kind_key(key))
    assert kind_key(key) <= key


@pytest.mark.parametrize(
    ("data", "size"),
    [
        ({}, 32),
        ({"a": None}, 32 + 2 + 1),
        ({"a": True, "bc": 1, "d": 1.5}, 32 + (2 + 1) + (3 + 8) + (2 + 8)),
        ({"a": "é", "b": b"123"}, 32 + (2 + 3) + (2 + 3)),
        ({"é": datetime(2026, 1, 1, tzinfo=UTC)}, 32 + 3 + 8),
        ({"a": ["x", 1, {}]}, 32 + 2 + 2 + 8 + 32),
    ],
)
def test_sizes_are_counted_as_firestore_counts(data, size):
    """Each kind of value weighs what Firestore's page on storage size says."""
    assert Checked(data).bytes == size


@REPRODUCIBLE
@given(st.text())
def test_any_text_is_read_as_data_or_refused(text):
    """Text that is not of this format is a ValueError, nothing else."""
    try:
        from_json(text)
    except ValueError:
        return
    assert text.strip()
