"""Every promise of shared/store/contract.py about queries, kept by every implementation."""

from __future__ import annotations

import base64
import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from shared.errors import Invalid
from shared.store.contract import Filter, MissingIndex, Order, Query
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


QUERIES = {
    "by id": Query("things"),
    "by one field": Query("things", order=(Order("rank"),)),
    "descending": Query("things", order=(Order("rank", descending=True),)),
    "by two fields": Query("things", order=(Order("rank"), Order("size", descending=True))),
    "an equality": Query("things", (Filter("kind", "==", 1),), (Order("rank", descending=True),)),
    "a choice": Query("things", (Filter("kind", "in", [0, 1, 2]),), (Order("rank"), Order("size"))),
    "a range": Query("things", (Filter("rank", ">=", 2), Filter("rank", "<", 5))),
    "a range, descending": Query(
        "things", (Filter("rank", "<", 5),), (Order("rank", descending=True),)
    ),
    "membership": Query(
        "things",
        (Filter("tags", "array_contains_any", ["a", "b"]),),
        (Order("rank", descending=True),),
    ),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
@pytest.mark.parametrize("limit", [1, 4, 7])
def test_pages_put_together_are_the_whole(store, query, limit):
    """Following the cursors visits each document once, in order, many equal values or not."""
    write(
        store,
        *(
            (f"{n:02}", {"kind": n % 3, "rank": n % 6, "size": n % 4, "tags": ["a", "b"][: n % 3]})
            for n in range(24)
        ),
    )
    whole = ids(store, replace(query, limit=100))

    pages = [store.query(replace(query, limit=limit))]
    while pages[-1].next is not None:
        pages.append(store.query(replace(query, limit=limit, cursor=pages[-1].next)))

    assert whole
    assert [one.id for page in pages for one in page.documents] == whole
    assert all(len(page.documents) == limit for page, _ in pairwise(pages))


def test_only_a_full_page_has_a_next_one(store):
    """A short page is the last; after a full one that was the last comes an empty one."""
    write(store, *((f"{n}", {}) for n in range(4)))

    full = store.query(Query("things", limit=4))
    after_it = store.query(Query("things", limit=4, cursor=full.next))
    short = store.query(Query("things", limit=5))

    assert full.next is not None
    assert after_it.documents == ()
    assert after_it.next is None
    assert short.next is None


def test_a_cursor_holds_its_place_while_documents_come_and_go(store):
    """What is added before the place or removed at it shifts nothing."""
    write(store, *((f"{n}", {"rank": n}) for n in range(1, 9)))
    query = Query("things", order=(Order("rank"),), limit=3)
    first = store.query(query)

    def work(transaction):
        transaction.create("things", "0", {"rank": 0})
        transaction.delete("things", "3")

    store.transact(work)
    second = store.query(replace(query, cursor=first.next))

    assert [one.id for one in first.documents] == ["1", "2", "3"]
    assert [one.id for one in second.documents] == ["4", "5", "6"]


@pytest.mark.parametrize(
    "place", [None, True, 7, 2**60, 0.1, NOON, "a\x00é", b"\xff", [1, "a"], {"a": None}]
)
def test_a_cursor_can_stand_at_any_value(store, place):
    """The place of a cursor is a value of any type, kept exactly."""
    write(store, ("a", {"rank": place}), ("b", {"rank": place}))
    query = Query("things", order=(Order("rank"),), limit=1)

    first = store.query(query)
    second = store.query(replace(query, cursor=first.next))

    assert [one.id for one in first.documents + second.documents] == ["a", "b"]


@pytest.mark.parametrize(
    "change",
    [
        {"collection": "others"},
        {"filters": (Filter("kind", "==", 2),)},
        {"filters": (Filter("kind", "in", [1]),)},
        {"filters": ()},
        {"order": (Order("rank", descending=True),)},
        {"order": ()},
    ],
)
def test_a_cursor_fits_its_own_query_only(store, change):
    """A cursor of another query is refused rather than misread."""
    write(store, *((f"{n}", {"kind": 1, "rank": n}) for n in range(3)))
    query = Query("things", (Filter("kind", "==", 1),), (Order("rank"),), limit=2)
    cursor = store.query(query).next
    others_indexed = change.get("collection") != "others"
    other = replace(query, cursor=cursor, **change)

    if others_indexed:
        with pytest.raises(Invalid, match=r"cursor\.invalid"):
            store.query(other)
    else:
        with pytest.raises(Invalid, match=r"cursor\.invalid"):
            store.query(Query("others", cursor=cursor))


def test_a_cursor_takes_another_limit(store):
    """The size of the pages may change on the way."""
    write(store, *((f"{n}", {}) for n in range(5)))
    first = store.query(Query("things", limit=1))

    assert ids(store, Query("things", limit=3, cursor=first.next)) == ["1", "2", "3"]


def test_garbage_is_no_cursor(store):
    """Whatever a caller sends as a cursor, it is read right or refused, never an accident."""
    write(store, ("a", {"rank": "x"}), ("b", {"rank": "x"}))
    query = Query("things", order=(Order("rank"),), limit=1)
    good = store.query(query).next
    generator = random.Random(7)
    contents = [
        b"",
        b"[]",
        b"null",
        b'"x"',
        b"{}",
        b"[" * 5_000,
        b"[1,2,3]",
        b"\xff",
        b'["x",["y"],"z"]',
    ]
    bad = [base64.urlsafe_b64encode(content).decode() for content in contents]
    bad += ["", "=", "é", "a b", good + "A", good[:-2], "x" * 100_000]
    for _ in range(100):
        place = generator.randrange(len(good))
        bad.append(good[:place] + generator.choice("ABCxyz019-_ ") + good[place + 1 :])

    answers, refused = 0, []
    for cursor in bad:
        try:
            store.query(replace(query, cursor=cursor))
        except Invalid as error:
            refused.append(error.code)
        else:
            answers += 1

    assert set(refused) == {"cursor.invalid"}
    assert answers < len(refused)


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
