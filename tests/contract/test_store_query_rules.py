"""Which queries shared/store/contract.py refuses: for want of an index, or because of its rules."""

from __future__ import annotations

import pytest

from shared.store.contract import Filter, MissingIndex, Order, Query
from tests.contract.store_doors import ids, write

KIND = Filter("kind", "==", 1)


TAGGED = Filter("tags", "array_contains", "a")


RANK = Order("rank")


@pytest.mark.parametrize(
    ("query", "needed"),
    [
        (Query("things", (Filter("size", "==", 1),), (RANK,)), ["size", "rank"]),
        (Query("things", (KIND, Filter("size", "==", 1)), (RANK,)), ["kind", "size", "rank"]),
        (Query("things", (TAGGED,), (RANK,)), ["tags", "rank"]),
        (Query("things", (TAGGED, Filter("size", "==", 1))), ["size", "tags"]),
        (Query("things", (KIND, Filter("size", ">", 1))), ["kind", "size"]),
        (Query("things", (TAGGED, Filter("size", ">", 1))), ["tags", "size"]),
        (Query("things", order=(Order("size"), RANK)), ["size", "rank"]),
        (Query("things", order=(Order("rank", True), Order("size", True))), ["rank", "size"]),
        (Query("others", (KIND,), (RANK,)), ["kind", "rank"]),
        (Query("things", (Filter("size", "in", [1]),), (RANK,)), ["size", "rank"]),
    ],
)
def test_a_query_without_its_index_is_refused(store, query, needed):
    """What Firestore could not answer fails here too, with the entry that infra/indexes.json lacks."""
    with pytest.raises(MissingIndex, match=r"infra/indexes\.json") as refusal:
        store.query(query)

    said = str(refusal.value)
    assert [said.index(f'"{field}"') for field in needed] == sorted(
        said.index(f'"{field}"') for field in needed
    )
    with pytest.raises(MissingIndex):
        store.count(query, 1)
    with pytest.raises(MissingIndex):
        store.transact(lambda transaction: transaction.query(query))


@pytest.mark.parametrize(
    "query",
    [
        Query("anything", (KIND, Filter("size", "==", 1), Filter("colour", "in", ["red"]))),
        Query("anything", (Filter("size", ">", 1), Filter("size", "<", 9))),
        Query("anything", (TAGGED,)),
        Query("things", (KIND, Filter("place", "in", ["a"])), (Order("rank", descending=True),)),
        Query("things", (KIND, TAGGED), (Order("rank", descending=True),)),
        Query("things", (KIND, TAGGED)),
        Query("things", (Filter("secret", "==", "x"),), (RANK,)),
    ],
)
def test_a_query_with_its_index_is_answered(store, query):
    """Equalities together need no index of their own; what stands in the file is served."""
    assert store.query(query).documents == ()


@pytest.mark.parametrize(
    "query",
    [
        Query("things", (Filter("secret", "==", "x"),)),
        Query("things", (Filter("secret", "==", "x"), KIND)),
        Query("things", order=(Order("secret"),)),
    ],
)
def test_a_field_that_is_exempt_from_indexing_cannot_be_asked_for(store, query):
    """A field without an index of its own is found through a composite index or not at all."""
    with pytest.raises(MissingIndex):
        store.query(query)


MANY = list(range(31))


@pytest.mark.parametrize(
    "query",
    [
        Query("things", limit=0),
        Query("things", (Filter("kind", "in", MANY),)),
        Query("things", (Filter("tags", "array_contains_any", MANY),)),
        Query(
            "things",
            (Filter("kind", "in", MANY[:6]), Filter("tags", "array_contains_any", MANY[:6])),
        ),
        Query("things", (Filter("kind", "in", []),)),
        Query("things", (Filter("kind", "in", "text"),)),
        Query("things", (Filter("kind", "in", [None]),)),
        Query("things", (Filter("tags", "array_contains_any", []),)),
        Query("things", (TAGGED, Filter("tags", "array_contains", "b"))),
        Query("things", (KIND, Filter("kind", "==", 2))),
        Query("things", (Filter("rank", ">", 1), Filter("size", ">", 1))),
        Query("things", (Filter("rank", ">", 1), Filter("rank", "==", 1))),
        Query("things", (Filter("rank", ">", 1),), (Order("size"), Order("rank"))),
        Query("things", (Filter("rank", "<", None),)),
        Query("things", (Filter("rank", "==", float("nan")),)),
        Query("things", (KIND,), (Order("kind"),)),
        Query("things", order=(RANK, RANK)),
        Query("things", (Filter("a.b", "==", 1),)),
        Query("things", order=(Order("a.b"),)),
        Query("things", (Filter("__name__", "==", "a"),)),
        Query("a/b"),
    ],
)
def test_a_query_outside_of_the_rules_is_refused(store, query):
    """What Firestore refuses, or answers in surprising ways, is a bug of the caller everywhere."""
    with pytest.raises((ValueError, TypeError)):
        store.query(query)
    with pytest.raises((ValueError, TypeError)):
        store.count(query, 1)


def test_thirty_disjunctions_are_answered(store):
    """Thirty choices are the most, however they come about."""
    write(store, *((f"{n:02}", {"kind": n, "tags": [n % 6]}) for n in range(40)))
    choice = Filter("kind", "in", MANY[:5])
    any_of = Filter("tags", "array_contains_any", MANY[:6])

    assert len(ids(store, Query("things", (Filter("kind", "in", MANY[:30]),)))) == 30
    assert ids(store, Query("things", (choice, any_of))) == ["00", "01", "02", "03", "04"]
