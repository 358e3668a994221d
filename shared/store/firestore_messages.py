"""The store's values, writes and queries as Firestore's protocol messages, and back.

Plain protobuf messages rather than the proto-plus wrappers around them, which cost several times more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from google.cloud.firestore_v1.types import document, query, write

from shared.store.buffer import Write
from shared.store.contract import Data, Document, Filter, ServerTime, Value
from shared.store.cursor import Position
from shared.store.plan import Plan

_ValueMessage: Final[Any] = document.Value.pb()
_WriteMessage: Final[Any] = write.Write.pb()
_QueryMessage: Final[Any] = query.StructuredQuery.pb()
_AggregationMessage: Final[Any] = query.StructuredAggregationQuery.pb()

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_MICROSECOND: Final = timedelta(microseconds=1)
_REQUEST_TIME: Final = 1  # DocumentTransform.FieldTransform.ServerValue
_ASCENDING: Final = 1  # StructuredQuery.Direction
_DESCENDING: Final = 2
_AND: Final = 1  # StructuredQuery.CompositeFilter.Operator
_IS_NULL: Final = 3  # StructuredQuery.UnaryFilter.Operator
_OPERATORS: Final = {  # StructuredQuery.FieldFilter.Operator
    "<": 1,
    "<=": 2,
    ">": 3,
    ">=": 4,
    "==": 5,
    "array_contains": 7,
    "in": 8,
    "array_contains_any": 9,
}


def to_message(value: Value) -> Any:
    """Return a checked value as a google.firestore.v1.Value."""
    match value:
        case None:
            return _ValueMessage(null_value=0)
        case bool():
            return _ValueMessage(boolean_value=value)
        case str():
            return _ValueMessage(string_value=value)
        case int():
            return _ValueMessage(integer_value=value)
        case float():
            return _ValueMessage(double_value=value)
        case datetime():
            since = value - _EPOCH
            nanos = since % _SECOND // _MICROSECOND * 1_000
            return _ValueMessage(timestamp_value={"seconds": since // _SECOND, "nanos": nanos})
        case bytes():
            return _ValueMessage(bytes_value=value)
        case Mapping():
            return _ValueMessage(map_value={"fields": _to_fields(value)})
    assert not isinstance(value, ServerTime)
    return _ValueMessage(array_value={"values": [to_message(element) for element in value]})


def from_message(message: Any) -> Value:
    """Return what a google.firestore.v1.Value holds."""
    kind = message.WhichOneof("value_type")
    match kind:
        case "null_value":
            return None
        case "timestamp_value":
            time = message.timestamp_value
            return _EPOCH + timedelta(seconds=time.seconds, microseconds=time.nanos // 1_000)
        case "array_value":
            return [from_message(element) for element in message.array_value.values]
        case "map_value":
            return _from_fields(message.map_value.fields)
        case "boolean_value" | "integer_value" | "double_value" | "string_value" | "bytes_value":
            value: Value = getattr(message, kind)
            return value
    raise TypeError(f"the store never writes a {kind}")


def from_document(message: Any) -> Document:
    """Return a google.firestore.v1.Document of a top-level collection."""
    collection, id_ = message.name.split("/")[-2:]
    return Document(collection, id_, _from_fields(message.fields))


def to_write(name: str, change: Write) -> Any:
    """Return a write of the document with this full name as a google.firestore.v1.Write."""
    if change.verb == "delete":
        return _WriteMessage(delete=name)
    data = change.checked.data
    message = _WriteMessage(update={"name": name, "fields": _to_fields(data)})
    if change.checked.has_server_time:
        for path in _server_time_paths(data):
            message.update_transforms.add(field_path=path, set_to_server_value=_REQUEST_TIME)
    if change.verb == "create":
        message.current_document.exists = False
    if change.verb == "update":
        message.current_document.exists = True
        message.update_mask.SetInParent()  # an empty mask changes nothing; none replaces all
        message.update_mask.field_paths.extend(
            _path(name) for name, value in data.items() if not isinstance(value, ServerTime)
        )
    return message


def to_query(
    plan: Plan, filters: tuple[Filter, ...], limit: int, start: Position | None, parent: str
) -> Any:
    """Return a query as a google.firestore.v1.StructuredQuery; `parent` is the name of all documents."""
    orders = [(_path(one.field), one.descending) for one in plan.order]
    orders.append(("__name__", plan.descending))
    message = _QueryMessage(
        from_=[{"collection_id": plan.collection}],
        order_by=[
            {"field": {"field_path": path}, "direction": _DESCENDING if down else _ASCENDING}
            for path, down in orders
        ],
        limit={"value": limit},
    )
    if filters:
        message.where.composite_filter.op = _AND
        for condition in filters:
            message.where.composite_filter.filters.add(**_filter(condition))
    if start is not None:
        last = f"{parent}/{plan.collection}/{start.id}"
        message.start_at.values.extend(map(to_message, start.values))
        message.start_at.values.append(_ValueMessage(reference_value=last))
        message.start_at.before = False
    return message


def to_count(structured_query: Any, up_to: int) -> Any:
    """Return the counting of a query as a google.firestore.v1.StructuredAggregationQuery."""
    structured_query.ClearField("limit")
    return _AggregationMessage(
        structured_query=structured_query,
        aggregations=[{"alias": "count", "count": {"up_to": {"value": up_to}}}],
    )


def _to_fields(data: Data) -> dict[str, Any]:
    return {
        name: to_message(value) for name, value in data.items() if not isinstance(value, ServerTime)
    }


def _from_fields(fields: Mapping[str, Any]) -> dict[str, Value]:
    return {name: from_message(value) for name, value in fields.items()}


def _server_time_paths(data: Data, prefix: str = "") -> Iterator[str]:
    for name, value in data.items():
        if isinstance(value, ServerTime):
            yield prefix + _path(name)
        elif isinstance(value, Mapping):
            yield from _server_time_paths(value, f"{prefix}{_path(name)}.")


def _path(name: str) -> str:
    """Return the name as one segment of a field path: quoted, since it may hold dots and quotes."""
    quoted = name.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{quoted}`"


def _filter(condition: Filter) -> dict[str, Any]:
    field = {"field_path": _path(condition.field)}
    if condition.value is None:
        return {"unary_filter": {"field": field, "op": _IS_NULL}}
    operator = _OPERATORS[condition.operator]
    return {"field_filter": {"field": field, "op": operator, "value": to_message(condition.value)}}
