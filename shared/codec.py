"""Dataclasses to and from JSON and store documents, strictly.

`read_json` reads text as RFC 8259 says and no library by itself does. `decode` builds a dataclass from
what came in: unknown members, missing ones and wrong types are Invalid, naming the member. `to_json` and
`to_document` turn dataclasses into what goes out; JSON gets times as RFC 3339 text, a document keeps
datetimes and bytes.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final, Literal, NoReturn, TypeVar, Union, cast, get_args, get_origin

from shared import clock
from shared.errors import Invalid

T = TypeVar("T")


class LeftOut(Enum):
    """The type of LEFT_OUT: a change may name a member as null, or not name it at all.

    `assignee_id: str | None | LeftOut = LEFT_OUT`; nobody can send it.
    """

    LEFT_OUT = "left out"


LEFT_OUT: Final = LeftOut.LEFT_OUT


def read_json(data: bytes) -> object:
    """Return the value of a JSON text.

    Raises Invalid("request.malformed_json") for what is not UTF-8, NaN and Infinity, a member that
    stands twice (two readers could take different ones), and nesting deeper than Python reads.
    """
    try:
        return json.loads(
            data.decode(), parse_constant=_refuse_constant, object_pairs_hook=_each_once
        )
    except (ValueError, RecursionError):
        raise Invalid("request.malformed_json") from None


def decode(kind: type[T], value: object, where: str = "") -> T:
    """Return `value`, of JSON or a document, as the dataclass `kind`.

    Raises Invalid with a code `request.*` and the member's path in `member`.
    """
    decoded: T = _read(kind, value, where)
    return decoded


def from_document(kind: type[T], data: Mapping[str, Any]) -> T:
    """Return a store document as the dataclass `kind`; members of a newer version are passed over."""
    plan: Mapping[str, Any] = _plan(cast("Any", kind))
    return decode(kind, {name: value for name, value in data.items() if name in plan})


def to_json(value: Any) -> Any:
    """Return `value` as JSON types: dataclasses become objects, times RFC 3339 text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: to_json(getattr(value, name)) for name in _plan(type(value))}
    if isinstance(value, datetime):
        return clock.to_text(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(to_json(item) for item in value)
    return value


def to_document(value: Any) -> Any:
    """Return `value` as store values: dataclasses become mappings; times and bytes stay."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: to_document(getattr(value, name)) for name in _plan(type(value))}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): to_document(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_document(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(to_document(item) for item in value)
    return value


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON (RFC 8259 §6)")


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a member stands twice (RFC 8259 §4)")
    return read


@functools.cache
def _plan(kind: Any) -> dict[str, tuple[Any, bool]]:
    """Return each field's (type, required) of a dataclass, its annotations resolved once."""
    hints = typing.get_type_hints(kind)
    return {
        item.name: (
            hints[item.name],
            item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING,
        )
        for item in dataclasses.fields(kind)
    }


def _read(kind: Any, value: object, where: str) -> Any:
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(kind, value, where)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(kind), value, where)
    if origin is Literal:
        if value not in get_args(kind) or isinstance(value, bool):
            raise Invalid(
                "request.not_one_of", member=where, allowed=[str(a) for a in get_args(kind)]
            )
        return value
    if origin in (tuple, list, frozenset):
        if not isinstance(value, (list, tuple)):
            raise Invalid("request.wrong_type", member=where, expected="list")
        items = [_read(get_args(kind)[0], item, f"{where}[{i}]") for i, item in enumerate(value)]
        return origin(items)
    if origin in (dict, Mapping) or kind is dict:
        if not isinstance(value, Mapping):
            raise Invalid("request.wrong_type", member=where, expected="object")
        item_kind = get_args(kind)[1] if get_args(kind) else Any
        return {str(key): _read(item_kind, item, f"{where}.{key}") for key, item in value.items()}
    return _read_scalar(kind, value, where)


def _read_dataclass(kind: Any, value: object, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise Invalid("request.wrong_type", member=where or "body", expected="object")
    plan = _plan(kind)
    prefix = f"{where}." if where else ""
    for name in value:
        if name not in plan:
            raise Invalid("request.unknown_member", member=f"{prefix}{name}"[:100])
    arguments = {}
    for name, (item_kind, required) in plan.items():
        if name in value:
            arguments[name] = _read(item_kind, value[name], prefix + name)
        elif required:
            raise Invalid("request.missing_member", member=prefix + name)
    try:
        return kind(**arguments)
    except ValueError as error:  # a dataclass may check its own members in __post_init__
        raise Invalid("request.invalid_member", member=str(error)[:100]) from error


def _read_union(kinds: tuple[Any, ...], value: object, where: str) -> Any:
    if value is None and types.NoneType in kinds:
        return None
    kinds = tuple(kind for kind in kinds if kind not in (types.NoneType, LeftOut))
    for kind in kinds[:-1]:
        try:
            return _read(kind, value, where)
        except Invalid:
            continue
    return _read(kinds[-1], value, where)


def _read_scalar(kind: Any, value: object, where: str) -> Any:
    if kind is Any or kind is object:
        return value
    if kind is datetime:
        if isinstance(value, datetime):
            return value
        if isinstance(value, str):
            try:
                return clock.from_text(value)
            except ValueError:
                pass
        raise Invalid("request.wrong_type", member=where, expected="time")
    if isinstance(kind, type) and issubclass(kind, Enum):
        try:
            return kind(value)
        except ValueError:
            allowed = [str(item.value) for item in kind]
            raise Invalid("request.not_one_of", member=where, allowed=allowed) from None
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    raise Invalid("request.wrong_type", member=where, expected=kind.__name__)


def members(kind: type) -> dict[str, Any]:
    """Return the name and type of each member of a dataclass."""
    return {name: item_kind for name, (item_kind, _) in _plan(kind).items()}
