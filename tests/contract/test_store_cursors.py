"""What shared/store/contract.py promises about pages and cursors, kept by every implementation."""

from __future__ import annotations

import base64
import random
from dataclasses import replace
from itertools import pairwise

import pytest

from shared.errors import Invalid
from shared.store.contract import Filter, Order, Query
from tests.contract.store_doors import NOON, ids, write

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
