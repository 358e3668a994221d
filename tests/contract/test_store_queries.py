"""What shared/store/contract.py promises about the answers of queries, kept by every implementation."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.store.contract import Filter, Order, Query
from tests.contract.store_doors import NOON, ids, write
from tests.contract.store_model import expected_ids

IN_ORDER = [
    None,
    False,
    True,
    -(2**63),
    -1.5,
    -1,
    0,
    0.5,
    1,
    2,
    2**53 - 1,
    2.0**53,
    2**53 + 1,
    2**63 - 1,
    1e300,
    NOON - timedelta(days=400_000),
    NOON,
    NOON + timedelta(microseconds=1),
    "",
    "\x00",
    "A",
    "a",
    "a\x00",
    "aa",
    "b",
    "é",
    "ت",
    "\uffff",
    "🖨",
    b"",
    b"\x00",
    b"\x00\x01",
    b"\x01",
    b"\xff",
    [],
    [1],
    [1, 2],
    ["a"],
    {},
    {"a": 1},
    {"a": 1, "b": 1},
    {"a": 2},
    {"b": 0},
]
"""Values in Firestore's order: types first, numbers of both kinds together, texts by their UTF-8 bytes."""


def numbered(values, field="rank"):
    """Return documents whose ids have nothing to do with the place of their value."""
    return [(f"{(index * 29) % 97:02}", {field: value}) for index, value in enumerate(values)]


def test_values_of_all_types_have_one_order(store):
    """Ordering by a field sorts by type, then by value; descending is the reverse."""
    documents = numbered(IN_ORDER)
    expected = [id_ for id_, _ in documents]
    write(store, *documents, ("zz", {"other": 1}))

    ascending = ids(store, Query("things", order=(Order("rank"),), limit=100))
    descending = ids(store, Query("things", order=(Order("rank", descending=True),), limit=100))

    assert ascending == expected
    assert descending == expected[::-1]


def test_ties_are_broken_by_id_in_the_direction_of_the_last_order(store):
    """Equal values sort by id: upwards, or downwards where the last order descends."""
    names = ["B", "a", "aa", "b", "é", "🖨"]
    write(store, *((name, {"kind": "k", "rank": 1, "size": 2}) for name in reversed(names)))
    equal = (Filter("kind", "==", "k"),)

    def asked(*order):
        return ids(store, Query("things", equal, order))

    assert ids(store, Query("things")) == names
    assert ids(store, Query("things", equal)) == names
    assert asked(Order("rank")) == names
    assert asked(Order("rank", descending=True)) == names[::-1]
    assert asked(Order("rank"), Order("size")) == names
    assert asked(Order("rank"), Order("size", descending=True)) == names[::-1]


def test_several_orders_apply_one_after_the_other(store):
    """The second order decides where the first finds values equal, in its own direction."""
    pairs = [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]
    write(store, *((f"{rank}{size}", {"rank": rank, "size": size}) for rank, size in pairs))

    both_up = ids(store, Query("things", order=(Order("rank"), Order("size"))))
    mixed = ids(store, Query("things", order=(Order("rank"), Order("size", descending=True))))

    assert both_up == ["11", "12", "13", "21", "22"]
    assert mixed == ["13", "12", "11", "22", "21"]


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("<", 2, [-1, 0.5, 1]),
        ("<=", 2, [-1, 0.5, 1, 2]),
        (">", 1, [2, 3]),
        (">=", 1.0, [1, 2, 3]),
        (">", "a", ["b"]),
        ("<=", "a", ["", "a"]),
        ("<", NOON, []),
        (">=", NOON, [NOON]),
        (">=", False, [False]),
        ("<", b"b", [b"a"]),
    ],
)
def test_inequality_stays_inside_of_the_type(store, operator, value, expected):
    """Only values of the type that is asked for are compared, in order, both ways."""
    write(store, *numbered([None, False, -1, 0.5, 1, 2, 3, NOON, "", "a", "b", b"a", [1], {}]))
    query = Query("things", (Filter("rank", operator, value),))
    backwards = replace(query, order=(Order("rank", descending=True),))

    assert [one.data["rank"] for one in store.query(query).documents] == expected
    assert [one.data["rank"] for one in store.query(backwards).documents] == expected[::-1]


def test_a_range_has_two_bounds(store):
    """Two inequalities on one field leave what is between them."""
    write(
        store, *((f"{n}", {"kind": "even" if n % 2 == 0 else "odd", "rank": n}) for n in range(9))
    )
    between = (Filter("rank", ">", 2), Filter("rank", "<=", 6))

    assert ids(store, Query("things", between)) == ["3", "4", "5", "6"]
    assert ids(store, Query("things", (Filter("kind", "==", "even"), *between))) == ["4", "6"]
    assert ids(store, Query("things", (Filter("rank", ">", 6), Filter("rank", "<", "x")))) == []


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "a", "تذكرة", b"\x00", NOON, [1], {"a": 1}])
def test_equality_finds_equal_values_only(store, value):
    """Equality tells types apart, but not an integer from an equal float."""
    others = [
        None,
        False,
        True,
        0,
        1,
        1.5,
        "",
        "a",
        "1",
        "تذكرة",
        b"a",
        b"\x00",
        NOON,
        [1],
        {"a": 1},
    ]
    write(store, *numbered(others))

    found = store.query(Query("things", (Filter("rank", "==", value),))).documents

    assert [one.data["rank"] for one in found] == [value]
    assert [type(one.data["rank"]) for one in found] == [type(value)]


def test_an_integer_equals_a_float_of_the_same_value(store):
    """1 and 1.0 are one number to a query."""
    write(store, ("a", {"rank": 1}), ("b", {"rank": 1.0}))

    assert ids(store, Query("things", (Filter("rank", "==", 1.0),))) == ["a", "b"]
    assert ids(store, Query("things", (Filter("rank", "in", [1]),))) == ["a", "b"]


def test_in_finds_any_of_the_values_once(store):
    """`in` is a choice of equalities; a value named twice counts once; types are told apart."""
    write(
        store, *((f"{n}", {"kind": n % 4, "rank": 9 - n}) for n in range(8)), ("x", {"kind": "1"})
    )
    either = (Filter("kind", "in", [1, 3, 1, "none"]),)

    assert ids(store, Query("things", either)) == ["1", "3", "5", "7"]
    assert ids(store, Query("things", either, (Order("rank"),))) == ["7", "5", "3", "1"]
    assert ids(store, Query("things", either, (Order("rank", descending=True),), limit=3)) == [
        "1",
        "3",
        "5",
    ]


def test_array_contains_finds_elements_whole(store):
    """Membership asks for an element, of its type; a field that is no list has none."""
    write(
        store,
        ("a", {"tags": ["x", "y", "x"]}),
        ("b", {"tags": ["xy", 1, None, {"x": 1}]}),
        ("c", {"tags": "x"}),
        ("d", {"tags": []}),
        ("e", {}),
    )

    def asked(value):
        return ids(store, Query("things", (Filter("tags", "array_contains", value),)))

    assert asked("x") == ["a"]
    assert asked(1.0) == ["b"]
    assert asked({"x": 1}) == ["b"]
    assert asked("z") == []


def test_array_contains_any_finds_each_document_once(store):
    """A document with several of the elements is returned once, in its place."""
    write(
        store,
        ("a", {"tags": ["x", "y"], "rank": 1, "kind": "k"}),
        ("b", {"tags": ["y", "z"], "rank": 3, "kind": "k"}),
        ("c", {"tags": ["z"], "rank": 2, "kind": "l"}),
        ("d", {"tags": ["other"], "rank": 4, "kind": "k"}),
        ("e", {"tags": ["x"], "kind": "k"}),
    )
    any_of = Filter("tags", "array_contains_any", ["x", "y", "z"])
    newest = (Order("rank", descending=True),)

    assert ids(store, Query("things", (any_of,))) == ["a", "b", "c", "e"]
    assert ids(store, Query("things", (any_of,), newest)) == ["b", "c", "a"]
    assert ids(store, Query("things", (Filter("kind", "==", "k"), any_of), newest)) == ["b", "a"]
    assert ids(store, Query("things", (Filter("kind", "in", ["k", "l"]), any_of), newest)) == [
        "b",
        "c",
        "a",
    ]


def test_a_document_without_a_field_that_is_asked_for_is_not_returned(store):
    """Missing is not None: order and filters leave such documents out, None has its place."""
    write(
        store,
        ("null", {"rank": None, "kind": "k"}),
        ("missing", {"kind": "k"}),
        ("one", {"rank": 1}),
    )

    assert ids(store, Query("things", order=(Order("rank"),))) == ["null", "one"]
    assert ids(store, Query("things", (Filter("rank", "==", None),))) == ["null"]
    assert ids(store, Query("things", (Filter("kind", "==", "k"),), (Order("rank"),))) == ["null"]


def test_a_query_sees_every_change(store):
    """What is updated, replaced or deleted is found where it is now, and nowhere else."""
    tagged = [("a", ["x"]), ("b", ["x", "y"]), ("c", ["y"]), ("d", ["x"])]
    write(store, *((id_, {"tags": tags, "rank": 1, "kind": "k"}) for id_, tags in tagged))
    by_tag = Query(
        "things", (Filter("tags", "array_contains", "x"),), (Order("rank", descending=True),)
    )
    by_kind = Query("things", (Filter("kind", "==", "k"),), (Order("rank"),))
    before = ids(store, by_tag), ids(store, by_kind)

    def work(transaction):
        transaction.update("things", "a", {"rank": 0, "tags": ["y", "x"]})
        transaction.put("things", "b", {"tags": ["y"], "rank": 5, "kind": "l"})
        transaction.update("things", "c", {"tags": ["x"]})
        transaction.delete("things", "d")
        transaction.create("things", "e", {"tags": ["x"], "rank": 2, "kind": "k"})

    store.transact(work)

    assert before == (["d", "b", "a"], ["a", "b", "c", "d"])
    assert ids(store, by_tag) == ["e", "c", "a"]
    assert ids(store, by_kind) == ["a", "c", "e"]


def test_a_query_in_a_transaction_sees_what_is_committed(store):
    """A query of a new shape is answered inside of a transaction too, and the transaction goes on."""
    write(store, *((f"{n}", {"kind": "k", "rank": n}) for n in range(5)))
    query = Query(
        "things", (Filter("kind", "==", "k"),), (Order("rank", descending=True),), limit=2
    )

    def work(transaction):
        first = transaction.query(query)
        second = transaction.query(replace(query, cursor=first.next))
        for document in second.documents:
            transaction.update("things", document.id, {"kind": "l"})
        return [one.id for one in first.documents + second.documents]

    assert store.transact(work) == ["4", "3", "2", "1"]
    assert ids(store, query) == ["4", "3"]
    assert ids(store, replace(query, limit=9)) == ["4", "3", "0"]


def test_count_stops_where_it_is_told(store):
    """A count is exact below its limit; the query's own limit does not matter."""
    write(store, *((f"{n:02}", {"kind": n % 2, "rank": n, "tags": ["a", "b"]}) for n in range(20)))
    odd = Query("things", (Filter("kind", "==", 1),), limit=3)

    assert store.count(odd, 100) == 10
    assert store.count(odd, 10) == 10
    assert store.count(odd, 7) == 7
    assert store.count(Query("things"), 100) == 20
    assert store.count(Query("things", (Filter("kind", "in", [0, 1]),)), 15) == 15
    assert store.count(Query("things", (Filter("rank", ">", 16),)), 100) == 3
    assert (
        store.count(Query("things", (Filter("tags", "array_contains_any", ["a", "b"]),)), 99) == 20
    )
    assert store.count(Query("empty"), 100) == 0


SHAPES = [
    ((), ()),
    (("rank",), ()),
    ((), ("rank",)),
    ((), ("-rank",)),
    (("rank<",), ("rank",)),
    (("rank<",), ("-rank",)),
    (("kind",), ("rank",)),
    (("kind",), ("-rank",)),
    (("kind", "rank<"), ("rank",)),
    (("kind",), ("rank", "-size")),
    ((), ("rank", "-size")),
    (("tags",), ()),
    (("tags",), ("-rank",)),
    (("kind", "tags"), ("-rank",)),
    (("kind", "rank", "size"), ()),
]


@pytest.mark.parametrize("seed", range(4))
def test_queries_agree_with_a_plain_search(store, seed):
    """Random queries over random documents find what filtering and sorting them all would."""
    generator = random.Random(seed)
    values = [None, True, 0, 1, 1.0, 1.5, "", "a", "b", b"a", NOON, ["a"], {"a": 1}]

    def some():
        return generator.choice(values)

    documents = {}
    for _ in range(60):
        fields = {"kind": some(), "rank": some(), "size": some()}
        fields["tags"] = [generator.choice("abcd") for _ in range(generator.randrange(4))]
        for name in [*fields]:
            if generator.random() < 0.1:
                del fields[name]
        documents[f"{generator.randrange(10**6):06}"] = fields
    write(store, *documents.items())

    for filtered, ordered in SHAPES:
        for _ in range(4):
            filters = tuple(_random_filter(generator, name, values) for name in filtered)
            order = tuple(Order(name.strip("-"), name.startswith("-")) for name in ordered)
            query = Query("things", filters, order, limit=generator.choice([1, 5, 100]))
            found = []
            page = store.query(query)
            while page.next is not None:
                found += page.documents
                page = store.query(replace(query, cursor=page.next))
            found += page.documents

            assert [one.id for one in found] == expected_ids(documents, query), query
            assert all(one.data == documents[one.id] for one in found)


def _random_filter(generator, name, values):
    plain = [value for value in values if value is not None]
    if name == "tags":
        if generator.random() < 0.5:
            return Filter(name, "array_contains", generator.choice("abcde"))
        return Filter(name, "array_contains_any", generator.sample("abcde", 3))
    if name.endswith("<"):
        operator = generator.choice(["<", "<=", ">", ">="])
        return Filter(name.strip("<"), operator, generator.choice(plain))
    if generator.random() < 0.5:
        return Filter(name, "==", generator.choice(values))
    return Filter(name, "in", generator.sample(plain, 3))
