"""infra/indexes.json: what its format is, and which query needs which index."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest

from shared.store.contract import Filter, MissingIndex, Order, Query
from shared.store.indexes import CompositeIndex, FieldSetting, Indexes

THE_FILE = Path(__file__).resolve().parents[3] / "infra" / "indexes.json"
INDEX = {
    "database": "db",
    "collection": "things",
    "fields": [{"field": "a", "order": "ascending"}, {"field": "b", "order": "descending"}],
}
SETTING = {"database": "db", "collection": "things", "field": "secret", "indexed": False}


def load(folder, content):
    """Read a file with this content."""
    path = folder / "indexes.json"
    path.write_text(json.dumps(content), "utf-8")
    return Indexes.load(path)


def test_the_projects_own_file_is_of_the_format():
    """What Terraform and the stores read is well formed, and names the product's databases only."""
    indexes = Indexes.load(THE_FILE)

    assert indexes.composites
    assert {one.database for one in (*indexes.composites, *indexes.fields)} <= {
        "(default)",
        "keyring",
        "audit",
        "witness",
    }


def test_a_file_is_read_as_it_says(tmp_path):
    """Indexes and settings of fields come out with their databases, in the file's order."""
    array = {"field": "tags", "array": True}
    time = {"database": "db", "collection": "things", "field": "until", "ttl": True}
    content = {
        "indexes": [INDEX, {**INDEX, "fields": [array, *INDEX["fields"]]}],
        "fields": [SETTING, time],
    }

    indexes = load(tmp_path, content)

    fields = (("a", "ascending"), ("b", "descending"))
    assert indexes.composites == (
        CompositeIndex("db", "things", fields),
        CompositeIndex("db", "things", (("tags", "array"), *fields)),
    )
    assert indexes.fields == (
        FieldSetting("db", "things", "secret", indexed=False),
        FieldSetting("db", "things", "until", ttl=True),
    )


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"indexes": []},
        {"indexes": [], "fields": [], "more": []},
        {"indexes": [{"collection": "things", "fields": INDEX["fields"]}], "fields": []},
        {"indexes": [{**INDEX, "scope": "group"}], "fields": []},
        {"indexes": [{**INDEX, "fields": INDEX["fields"][:1]}], "fields": []},
        {"indexes": [{**INDEX, "fields": [{"field": "a"}, *INDEX["fields"]]}], "fields": []},
        {"indexes": [{**INDEX, "fields": [{"field": "a", "order": "up"}] * 2}], "fields": []},
        {"indexes": [{**INDEX, "fields": [{"field": "a", "array": False}] * 2}], "fields": []},
        {"indexes": [{**INDEX, "fields": [{"field": "a", "array": True}] * 2}], "fields": []},
        {"indexes": [{**INDEX, "fields": [INDEX["fields"][0]] * 2}], "fields": []},
        {"indexes": [INDEX, INDEX], "fields": []},
        {"indexes": [], "fields": [{**SETTING, "indexed": True}]},
        {"indexes": [], "fields": [{**SETTING, "expires": True}]},
        {"indexes": [], "fields": [{"field": "secret", "indexed": False}]},
        {"indexes": [], "fields": [SETTING, SETTING]},
    ],
)
def test_a_file_of_another_format_is_refused(tmp_path, content):
    """A mistake in the file is told when it is read, not when a query fails."""
    with pytest.raises(ValueError, match=r"\w"):
        load(tmp_path, content)


def equal(*fields):
    """Return an equality for each field."""
    return tuple(Filter(field, "==", 1) for field in fields)


def test_the_fixed_fields_may_stand_in_any_order_and_direction(tmp_path):
    """An index serves equalities however it sorts by them."""
    query = Query("things", equal("a", "b", "c"), (Order("rank"),))

    for fields in permutations(["a", "b", "c"]):
        entry = [{"field": field, "order": "descending"} for field in fields]
        entry.append({"field": "rank", "order": "ascending"})
        indexes = load(tmp_path, {"indexes": [{**INDEX, "fields": entry}], "fields": []})

        indexes.require("db", query)


@pytest.mark.parametrize(
    "query",
    [
        Query("things", equal("a"), (Order("b"),)),
        Query("things", equal("b"), (Order("a", descending=True),)),
        Query("things", equal("a", "c"), (Order("b", descending=True),)),
        Query("things", equal("a"), (Order("b", descending=True), Order("c"))),
        Query("things", (Filter("a", "array_contains", 1),), (Order("b", descending=True),)),
        Query("others", equal("a"), (Order("b", descending=True),)),
    ],
)
def test_the_order_must_be_the_indexes_own(tmp_path, query):
    """The order's fields and directions, the kinds of the fields and the collection must be the same."""
    indexes = load(tmp_path, {"indexes": [INDEX], "fields": []})
    indexes.require("db", Query("things", equal("a"), (Order("b", descending=True),)))

    with pytest.raises(MissingIndex):
        indexes.require("db", query)
    with pytest.raises(MissingIndex):
        indexes.require("other", Query("things", equal("a"), (Order("b", descending=True),)))


def test_what_is_missing_can_be_pasted_into_the_file(tmp_path):
    """The refusal holds the entry as JSON; with it, the query is served."""
    filters = (*equal("b", "a"), Filter("tags", "array_contains", 1))
    query = Query("things", filters, (Order("rank"), Order("size", descending=True)))
    with pytest.raises(MissingIndex) as refusal:
        Indexes().require("db", query)

    entry = json.loads(str(refusal.value).partition(": ")[2])

    assert entry["fields"] == [
        {"field": "a", "order": "ascending"},
        {"field": "b", "order": "ascending"},
        {"field": "tags", "array": True},
        {"field": "rank", "order": "ascending"},
        {"field": "size", "order": "descending"},
    ]
    load(tmp_path, {"indexes": [entry], "fields": []}).require("db", query)


def test_an_exempt_field_is_named(tmp_path):
    """A query on a field without an index of its own says so."""
    indexes = load(tmp_path, {"indexes": [], "fields": [SETTING]})

    with pytest.raises(MissingIndex, match=r"things\.secret of db is exempt"):
        indexes.require("db", Query("things", equal("secret")))
    indexes.require("other", Query("things", equal("secret")))
