"""The indexes of the embedded store: what a page costs, and that no entry is missing."""

from __future__ import annotations

import threading

import pytest

from shared.clock import SystemClock
from shared.store import entries
from shared.store.contract import Filter, Order, Query
from shared.store.entries import Registry
from shared.store.indexes import CompositeIndex, Indexes
from shared.store.sqlite import SqliteStore

INDEXES = Indexes(
    [
        CompositeIndex("db", "things", (("kind", "ascending"), ("rank", "descending"))),
        CompositeIndex("db", "things", (("tags", "array"), ("rank", "descending"))),
    ]
)


NEWEST = (Order("rank", descending=True),)


BY_KIND = Query("things", (Filter("kind", "in", ["a", "b"]),), NEWEST)


BY_TAG = Query("things", (Filter("tags", "array_contains_any", ["x", "y"]),), NEWEST)


@pytest.fixture
def path(tmp_path):
    """Return where the file will be."""
    return tmp_path / "store.sqlite"


@pytest.fixture
def store(path):
    """Give a store in a file."""
    store = SqliteStore(path, "db", INDEXES, SystemClock())
    yield store
    store.close()


def put(store, id_, **data):
    """Put one document."""
    store.transact(lambda transaction: transaction.put("things", id_, data))


def ids(store, query):
    """Return the ids on one page."""
    return [document.id for document in store.query(query).documents]


def steps_of(store, query):
    """Return how many steps SQLite's machine makes for one page."""
    ids(store, query)  # makes the index, and prepares the statements
    steps = 0

    def count():
        nonlocal steps
        steps += 1

    with store._file.reading() as connection:
        connection.set_progress_handler(count, 1)
    found = ids(store, query)
    with store._file.reading() as connection:
        connection.set_progress_handler(None, 1)
    assert len(found) == query.limit
    return steps


def fill(store, start, end):
    """Create documents of two kinds, all of them tagged."""

    def work(transaction):
        for n in range(start, end):
            data = {"kind": "ab"[n % 2], "rank": n, "tags": ["x", "xy"[n % 2]]}
            transaction.create("things", f"{n:06}", data)

    store.transact(work)


@pytest.mark.parametrize("query", [BY_KIND, BY_TAG, Query("things")], ids=["kind", "tag", "id"])
def test_a_page_costs_the_same_in_a_hundred_documents_and_in_ten_thousand(store, query):
    """What a page costs depends on the page, not on the collection."""
    fill(store, 0, 100)
    among_few = steps_of(store, query)

    fill(store, 100, 10_000)
    among_many = steps_of(store, query)

    assert among_few > query.limit
    assert among_many == among_few


def test_a_query_of_a_new_shape_finds_the_documents_that_were_there_before(store):
    """An index is made from what is there, whenever the first query of its shape comes."""
    put(store, "1", kind="a", rank=1, tags=["x"])
    put(store, "2", kind="b", rank=2, tags=["y", "x"])

    assert ids(store, BY_KIND) == ["2", "1"]
    assert ids(store, BY_TAG) == ["2", "1"]


def test_an_index_that_another_client_made_is_kept_up(store, path):
    """A client learns of an index that it has not asked for itself, and writes its entries."""
    other = SqliteStore(path, "db", INDEXES, SystemClock())
    put(store, "1", kind="a", rank=1)
    assert ids(other, BY_KIND) == ["1"]

    put(store, "2", kind="a", rank=2)
    store.transact(lambda transaction: transaction.update("things", "1", {"rank": 3}))

    assert ids(other, BY_KIND) == ["1", "2"]
    assert ids(store, BY_KIND) == ["1", "2"]
    other.close()


def test_a_query_in_a_transaction_that_fails_leaves_no_half_made_index(store):
    """An index that is undone with its transaction is made again by the next query."""
    put(store, "1", kind="a", rank=1)

    def work(transaction):
        transaction.query(BY_KIND)
        raise LookupError

    with pytest.raises(LookupError):
        store.transact(work)
    put(store, "2", kind="b", rank=2)

    assert ids(store, BY_KIND) == ["2", "1"]


def test_new_questions_are_answered_while_others_write(store):
    """Indexes that are made and learnt of by many threads at once miss no document."""
    fields = [f"field{n}" for n in range(6)]
    answers = []

    def work(number):
        for turn, field in enumerate(fields):
            put(store, f"{number}-{turn}", **dict.fromkeys(fields, number))
            mine = (Filter(field, "==", number),)
            answers.append(
                ids(store, Query("things", mine)) == [f"{number}-{n}" for n in range(turn + 1)]
            )

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [True] * 48


def test_entries_are_those_that_the_documents_have(store):
    """After any changes the indexes are what they would be if they were made anew."""
    fill(store, 0, 60)
    ids(store, BY_KIND)
    ids(store, BY_TAG)

    def work(transaction):
        for n in range(0, 60, 3):
            transaction.update("things", f"{n:06}", {"rank": -n, "tags": ["z"], "other": n})
        for n in range(0, 60, 4):
            transaction.delete("things", f"{n:06}")
        for n in range(0, 60, 5):
            transaction.put("things", f"{n:06}", {"kind": None, "rank": "r", "tags": "none"})

    store.transact(work)

    with store._file.writing() as connection:
        kept = set(connection.execute("SELECT * FROM entries"))
        shapes = Registry.load(connection).by_collection["things"]
        connection.execute("DELETE FROM entries")
        connection.execute("DELETE FROM indexes")
        for _, shape in shapes:
            entries.build(connection, "things", shape)
        made_anew = set(connection.execute("SELECT * FROM entries"))
    assert kept == made_anew
    assert len(kept) > 60
