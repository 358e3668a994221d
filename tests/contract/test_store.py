"""What shared/store/contract.py promises about documents, kept by every implementation.

Transactions, queries, cursors and the rules of queries have files of their own: test_store_*.py.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

import pytest

from shared.store.contract import (
    MAX_DOCUMENT_BYTES,
    SERVER_TIME,
    Document,
    TooBig,
)
from tests.contract.store_doors import NOON, OTHER_DATABASE, contents, read, write

VALUES = {
    "null": None,
    "false": False,
    "true": True,
    "zero": 0,
    "least integer": -(2**63),
    "greatest integer": 2**63 - 1,
    "beyond a float's integers": 2**53 + 1,
    "float": 0.1,
    "whole float": 1.0,
    "negative zero": -0.0,
    "least float": 5e-324,
    "greatest float": 1.7976931348623157e308,
    "empty text": "",
    "Arabic": "تذكرة جديدة",
    "beyond the basic plane": "🖨🔥",
    "null character": "a\x00b",
    "line ends": "a\r\nb\u2028c",
    "empty bytes": b"",
    "all bytes": bytes(range(256)),
    "microseconds": NOON,
    "first time": datetime(1, 1, 1, tzinfo=UTC),
    "last time": datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    "empty list": [],
    "mixed list": [None, True, 1, 1.5, "x", b"y", NOON, {"a": [1]}],
    "empty map": {},
    "nested maps": {"a": {"b": {"c": [{"d": NOON}]}}},
    "names that look special": {
        "$time": "x",
        "$$bytes": {"$": 1},
        "a.b": 1,
        "`": 2,
        "é": 3,
        " ": 4,
    },
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_a_value_comes_back_as_it_was_written(store, value):
    """Every value that a document may hold comes back equal and of the same type."""
    write(store, ("a", {"value": value}))

    found = read(store, "a")

    assert exact(found) == exact({"value": value})


def exact(value):
    """Return the value with its types, which == alone does not compare; the order of names is no matter."""
    if isinstance(value, dict):
        return {name: exact(member) for name, member in value.items()}
    if isinstance(value, list):
        return [exact(element) for element in value]
    return type(value), repr(value)


def test_other_mappings_and_sequences_come_back_as_dicts_and_lists(store):
    """A tuple or a read-only mapping is as good as a list or a dict."""
    write(store, ("a", MappingProxyType({"list": (1, 2), "map": MappingProxyType({"b": ()})})))

    assert read(store, "a") == {"list": [1, 2], "map": {"b": []}}


def test_a_time_of_another_offset_comes_back_in_utc(store):
    """A time is an instant: it comes back in UTC."""
    write(store, ("a", {"at": NOON.astimezone(timezone(timedelta(hours=3)))}))

    assert repr(read(store, "a")) == repr({"at": NOON})


REFUSED_VALUES = {
    "an integer of 65 bits": 2**63,
    "not a number": float("nan"),
    "infinity": float("-inf"),
    "a time without offset": NOON.replace(tzinfo=None),
    "a list in a list": [[1]],
    "a tuple in a list": [(1,)],
    "a set": {1},
    "an object": object(),
    "a bytearray": bytearray(b"x"),
    "half a surrogate pair": "\ud800",
    "SERVER_TIME in a list": [SERVER_TIME],
    "a name that is no text": {1: 2},
    "an empty name": {"": 1},
    "a name of Firestore's own": {"__name__": 1},
    "a name of 1,501 bytes": {"n" * 1_501: 1},
}


@pytest.mark.parametrize("value", REFUSED_VALUES.values(), ids=REFUSED_VALUES.keys())
def test_what_no_document_may_hold_is_refused(store, value):
    """A value outside of the contract is a bug, told before anything is written."""
    with pytest.raises((ValueError, TypeError)):
        write(store, ("good", {}), ("bad", {"value": value}))

    assert contents(store) == {}


def test_values_nest_twenty_levels_deep(store):
    """Twenty levels of maps are taken, the document itself counted; one more is refused."""
    deepest = 1
    for _ in range(19):
        deepest = {"in": deepest}

    write(store, ("a", {"in": deepest}))

    assert read(store, "a") == {"in": deepest}
    with pytest.raises(ValueError, match="nested deeper"):
        write(store, ("b", {"in": {"in": deepest}}))


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "__x__", "n" * 1_501, "\ud800"])
def test_names_that_firestore_refuses_are_refused(store, name):
    """Collections and ids have Firestore's restrictions, in reads and in writes."""
    with pytest.raises(ValueError, match=r"\w"):
        store.get("things", name)
    with pytest.raises(ValueError, match=r"\w"):
        store.get_all([(name, "a")])
    with pytest.raises(ValueError, match=r"\w"):
        write(store, (name, {}))


def test_unusual_names_are_kept(store):
    """Ids are any other text, told apart by case and by every character."""
    unusual = ["a", "A", "a b", "é", "تذكرة", "🖨", "a'b\"c", "__x", "a%2Fb", "a.b", "1"]

    write(store, *((name, {"name": name}) for name in unusual))

    assert contents(store) == {name: {"name": name} for name in unusual}


def test_a_missing_document_is_none(store):
    """Reading what is not there is no error."""
    assert store.get("things", "a") is None
    assert store.transact(lambda transaction: transaction.get("things", "a")) is None


def test_get_all_answers_in_the_order_asked(store):
    """Documents come in the order of the keys, None for a missing one, twice if asked twice."""
    write(store, ("a", {"n": 1}), ("b", {"n": 2}))
    write(store, ("a", {"n": 3}), collection="others")
    keys = [("things", "b"), ("things", "x"), ("others", "a"), ("things", "a"), ("things", "b")]
    expected = [
        Document("things", "b", {"n": 2}),
        None,
        Document("others", "a", {"n": 3}),
        Document("things", "a", {"n": 1}),
        Document("things", "b", {"n": 2}),
    ]

    outside = store.get_all(keys)
    inside = store.transact(lambda transaction: transaction.get_all(keys))

    assert outside == expected
    assert inside == expected
    assert store.get_all([]) == []


def test_put_replaces_the_whole_document(store):
    """Nothing of what was there before remains."""
    write(store, ("a", {"old": 1, "both": 1}))

    write(store, ("a", {"both": 2}))

    assert read(store, "a") == {"both": 2}


def test_update_replaces_the_named_fields_only(store):
    """Other fields stay; a map is replaced whole; a dot in a name is a part of the name."""
    write(store, ("a", {"kept": NOON, "map": {"x": 1, "y": 2}, "list": [1, 2], "a.b": 1}))
    changes = {"map": {"z": 3}, "list": [3], "a.b": 2, "gone": None, "`odd`": b"\x00"}

    store.transact(lambda transaction: transaction.update("things", "a", changes))

    assert read(store, "a") == {"kept": NOON, **changes}


def test_delete_removes_a_document(store):
    """Deleting removes; deleting what is not there is no error."""
    write(store, ("a", {}), ("b", {}))

    def work(transaction):
        transaction.delete("things", "a")
        transaction.delete("things", "never")

    store.transact(work)

    assert contents(store) == {"b": {}}


def test_what_was_written_is_there_for_another_client(door):
    """Documents live in the database, not in the client that wrote them."""
    first, second = door.open(), door.open()

    write(first, ("a", {"n": 1}))

    assert read(second, "a") == {"n": 1}


def test_databases_are_apart(door):
    """The same collection and id in two databases are two documents."""
    first, second = door.open(), door.open(OTHER_DATABASE)

    write(first, ("a", {"n": 1}), ("b", {}))
    write(second, ("a", {"n": 2}))

    assert contents(first) == {"a": {"n": 1}, "b": {}}
    assert contents(second) == {"a": {"n": 2}}


def test_a_document_of_one_mebibyte_is_taken(store):
    """The limit counts the document's name, 32 bytes, the names of fields and the values."""
    overhead = len("things") + 1 + len("a") + 1 + 16 + 32 + 2 * (len("text") + 2 + 1)
    half = "x" * (MAX_DOCUMENT_BYTES // 2)
    rest = "x" * (MAX_DOCUMENT_BYTES - overhead - len(half))

    write(store, ("a", {"text1": half, "text2": rest}))

    assert read(store, "a") == {"text1": half, "text2": rest}
    with pytest.raises(TooBig):
        write(store, ("b", {}), ("a", {"text1": half, "text2": rest + "x"}))
    assert contents(store) == {"a": {"text1": half, "text2": rest}}


@pytest.mark.parametrize("largest", ["x" * 1_048_487, b"x" * 1_048_487, "é" * 524_243])
def test_one_value_leaves_89_bytes_of_the_mebibyte(store, largest):
    """Firestore takes no longer text or bytes than this, however short the names are."""
    write(store, ("a", {"f": largest}))

    assert read(store, "a") == {"f": largest}
    with pytest.raises(TooBig):
        write(store, ("a", {"f": largest + largest[:1]}))


def test_an_update_cannot_grow_a_document_over_the_limit(store):
    """What counts is the document that an update would leave, and nothing of it is written."""
    half = "x" * (MAX_DOCUMENT_BYTES // 2)
    write(store, ("a", {"first": half}))

    def work(transaction):
        transaction.put("things", "b", {})
        transaction.update("things", "a", {"second": half})

    with pytest.raises(TooBig):
        store.transact(work)

    assert contents(store) == {"a": {"first": half}}


def test_a_list_has_a_limit_of_its_own(store):
    """Firestore keeps at most 40,000 index entries a document; nothing is written of one that needs more."""
    write(store, ("a", {"list": [1] * 39_998}))

    with pytest.raises(TooBig, match="index entries"):
        write(store, ("b", {"list": [1] * 39_999}))

    assert list(contents(store)) == ["a"]


def test_a_transaction_of_ten_mebibytes_is_the_most(store):
    """A transaction that writes over 10 MiB is refused whole."""
    part = {"text": "x" * 1_000_000}

    with pytest.raises(TooBig):
        write(store, *((f"{number}", part) for number in range(11)))

    assert contents(store) == {}


def test_dump_returns_every_document_by_collection_and_id(store):
    """Tests see the whole database, in one order."""
    write(store, ("b", {"n": 1}), ("a", {"n": 2}), collection="second")
    write(store, ("c", {"n": 3}), collection="first")

    dumped = list(store.dump())

    assert dumped == [
        Document("first", "c", {"n": 3}),
        Document("second", "a", {"n": 2}),
        Document("second", "b", {"n": 1}),
    ]
