"""The indexes that the product's queries need: infra/indexes.json, and the rule which query needs which.

Terraform makes the indexes from the same file, so a query that passes here is one that Firestore can
answer. The rule is Firestore's (https://firebase.google.com/docs/firestore/query-data/index-overview),
and where its documentation leaves a doubt, the stricter reading:

- every field has its own index, unless the file exempts it: it serves equality on any number of fields
  together, or membership in one array, or inequality and order on one field;
- every other combination needs a composite index: the fields of its equalities in any order, then the
  array, then the fields of its order, each in the direction asked. It may name exempt fields.

The file's format
    {"indexes": [{"database": "(default)", "collection": "tickets", "fields": [
        {"field": "state", "order": "ascending"},        # equality (either direction will do) or order
        {"field": "tag_tokens", "array": true},          # membership, at most one
        {"field": "last_message_at", "order": "descending"}]}],
     "fields": [
        {"database": ..., "collection": ..., "field": ...,
         "indexed": false,                               # has no index of its own
         "ttl": true}]}                                  # Firestore deletes the document after this time
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from shared.store.contract import MissingIndex, Query
from shared.store.plan import Plan, plan

Mode: TypeAlias = Literal["ascending", "descending", "array"]

_MODES: Final[Mapping[tuple[str, object], Mode]] = {
    ("order", "ascending"): "ascending",
    ("order", "descending"): "descending",
    ("array", True): "array",
}


@dataclass(frozen=True, slots=True)
class CompositeIndex:
    """An index over several fields of one collection, in this order."""

    database: str
    collection: str
    fields: tuple[tuple[str, Mode], ...]


@dataclass(frozen=True, slots=True)
class FieldSetting:
    """What one field has instead of the usual index."""

    database: str
    collection: str
    field: str
    indexed: bool = True
    ttl: bool = False


class Indexes:
    """The indexes of all databases."""

    def __init__(
        self, composites: Iterable[CompositeIndex] = (), fields: Iterable[FieldSetting] = ()
    ) -> None:
        self.composites = tuple(composites)
        self.fields = tuple(fields)
        self._exempt = {
            (setting.database, setting.collection, setting.field)
            for setting in self.fields
            if not setting.indexed
        }

    @classmethod
    def load(cls, path: Path) -> Indexes:
        """Read the file; raises ValueError naming the first entry that is not of the format."""
        content = json.loads(path.read_text("utf-8"))
        if not isinstance(content, dict) or content.keys() != {"indexes", "fields"}:
            raise ValueError(f'{path.name} has the members "indexes" and "fields"')
        composites = [_composite(entry) for entry in content["indexes"]]
        fields = [_field_setting(entry) for entry in content["fields"]]
        _refuse_repetition([(one.database, one.collection, one.fields) for one in composites])
        _refuse_repetition([(one.database, one.collection, one.field) for one in fields])
        return cls(composites, fields)

    def require(self, database: str, query: Query) -> None:
        """Raise MissingIndex, with the entry to add, unless an index serves the query.

        Raises ValueError or TypeError for a query that no index could serve.
        """
        self.require_for(database, plan(query))

    def require_for(self, database: str, plan: Plan) -> None:
        """Raise MissingIndex for a query that was taken apart already."""
        if self._served_by_single_fields(database, plan):
            return
        needed = _needed(plan)
        if any(
            _fits(composite, needed, len(plan.order))
            for composite in self.composites
            if (composite.database, composite.collection) == (database, plan.collection)
        ):
            return
        raise MissingIndex(_complaint(database, plan.collection, needed))

    def _served_by_single_fields(self, database: str, plan: Plan) -> bool:
        asked = len(plan.equalities) + len(plan.order) + (plan.membership is not None)
        fields = [field for field, _ in _needed(plan)]
        if any((database, plan.collection, field) in self._exempt for field in fields):
            return False
        return asked <= 1 or asked == len(plan.equalities)


def _needed(plan: Plan) -> tuple[tuple[str, Mode], ...]:
    """Return the fields of the index that serves the query by itself."""
    needed: list[tuple[str, Mode]] = [(one.field, "ascending") for one in plan.equalities]
    if plan.membership:
        needed.append((plan.membership.field, "array"))
    needed.extend(
        (order.field, "descending" if order.descending else "ascending") for order in plan.order
    )
    return tuple(needed)


def _fits(composite: CompositeIndex, needed: tuple[tuple[str, Mode], ...], ordered: int) -> bool:
    """Say whether the index has the fields: those that are fixed in any order and direction."""
    fixed = len(needed) - ordered

    def undirected(fields: tuple[tuple[str, Mode], ...]) -> set[tuple[str, bool]]:
        return {(field, mode == "array") for field, mode in fields}

    return (
        len(composite.fields) == len(needed)
        and composite.fields[fixed:] == needed[fixed:]
        and undirected(composite.fields[:fixed]) == undirected(needed[:fixed])
    )


def _complaint(database: str, collection: str, needed: tuple[tuple[str, Mode], ...]) -> str:
    if len(needed) == 1:
        return f"{collection}.{needed[0][0]} of {database} is exempt from indexing"
    entry = {
        "database": database,
        "collection": collection,
        "fields": [
            {"field": field, "array": True} if mode == "array" else {"field": field, "order": mode}
            for field, mode in needed
        ],
    }
    return f"add this to the indexes of infra/indexes.json: {json.dumps(entry)}"


def _composite(entry: Mapping[str, Any]) -> CompositeIndex:
    if entry.keys() != {"database", "collection", "fields"}:
        raise ValueError(f"an index has database, collection and fields: {entry}")
    fields = []
    for one in entry["fields"]:
        kind = next(iter(one.keys() - {"field"}), "")
        mode = _MODES.get((kind, one.get(kind)))
        if mode is None or one.keys() != {"field", kind}:
            raise ValueError(f'a field of an index has "order" or "array": {entry}')
        fields.append((one["field"], mode))
    names, modes = zip(*fields, strict=True) if fields else ((), ())
    if len(names) < 2 or len(set(names)) < len(names) or modes.count("array") > 1:
        raise ValueError(
            f"an index has two different fields or more, at most one an array: {entry}"
        )
    return CompositeIndex(entry["database"], entry["collection"], tuple(fields))


def _field_setting(entry: Mapping[str, Any]) -> FieldSetting:
    named = {"database", "collection", "field"} <= entry.keys() <= _SETTINGS
    setting = FieldSetting(**entry) if named else None
    if setting is None or (setting.indexed and not setting.ttl):
        raise ValueError(f'a field has a place, and "indexed": false or "ttl": true: {entry}')
    return setting


def _refuse_repetition(entries: list[tuple[object, ...]]) -> None:
    for entry in entries:
        if entries.count(entry) > 1:
            raise ValueError(f"stated twice: {entry}")


_SETTINGS: Final = frozenset(FieldSetting.__dataclass_fields__)
