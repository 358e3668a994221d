"""A query taken apart: equalities, array membership, inequality and order, checked against Firestore's rules.

Both implementations run what stands here, so that they refuse the same queries: as ValueError, because
a query outside of the rules is a bug of its writer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from shared.store.contract import MAX_DISJUNCTIONS, Filter, Order, Query, ServerTime, Value
from shared.store.ordering import sort_key
from shared.store.values import Checked, check_key, check_name


@dataclass(frozen=True, slots=True)
class Condition:
    """A field that must equal, or an array field that must hold, one of the values."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a query asks. `inequalities` are all on the field that `order` begins with."""

    collection: str
    equalities: tuple[Condition, ...]  # by field name
    membership: Condition | None
    inequalities: tuple[Filter, ...]
    order: tuple[Order, ...]

    @property
    def descending(self) -> bool:
        """Whether ties are broken by descending id: the last order's direction."""
        return bool(self.order) and self.order[-1].descending

    def disjunctions(self) -> Iterator[tuple[Value, ...]]:
        """Return each choice of one value for every equality, and last for the membership."""
        conditions = [*self.equalities, *([self.membership] if self.membership else [])]
        return product(*(condition.values for condition in conditions))


def plan(query: Query) -> Plan:
    """Take `query` apart; raises ValueError or TypeError where Firestore would refuse it."""
    check_key(query.collection)
    if query.limit < 1:
        raise ValueError("a query's limit is at least 1")
    equalities: dict[str, Condition] = {}
    memberships: list[Condition] = []
    inequalities: list[Filter] = []
    for condition in query.filters:
        _check_field(condition.field)
        match condition.operator:
            case "==":
                _check_value(condition, condition.value)
                _add(equalities, Condition(condition.field, (condition.value,)))
            case "in":
                _add(equalities, Condition(condition.field, _choices(condition)))
            case "array_contains":
                _check_choice(condition, condition.value)
                memberships.append(Condition(condition.field, (condition.value,)))
            case "array_contains_any":
                memberships.append(Condition(condition.field, _choices(condition)))
            case _:
                _check_choice(condition, condition.value)
                inequalities.append(condition)
    if len(memberships) > 1:
        raise ValueError("a query has at most one condition on array membership")
    taken = Plan(
        collection=query.collection,
        equalities=tuple(equalities[field] for field in sorted(equalities)),
        membership=memberships[0] if memberships else None,
        inequalities=tuple(inequalities),
        order=_order(query, inequalities, equalities),
    )
    conditions = [*taken.equalities, *memberships]
    if math.prod(len(condition.values) for condition in conditions) > MAX_DISJUNCTIONS:
        raise ValueError(f"a query has at most {MAX_DISJUNCTIONS} disjunctions")
    return taken


def _add(equalities: dict[str, Condition], condition: Condition) -> None:
    if condition.field in equalities:
        raise ValueError(f"{condition.field}: two equalities on one field")
    equalities[condition.field] = condition


def _choices(condition: Filter) -> tuple[Value, ...]:
    """Return the different values of an `in` or `array_contains_any`."""
    values = condition.value
    if not isinstance(values, Sequence) or isinstance(values, (str, bytes)) or not values:
        raise ValueError(f"{condition.field}: {condition.operator} takes a list that is not empty")
    for value in values:
        _check_choice(condition, value)
    return tuple({sort_key(value): value for value in values}.values())


def _order(
    query: Query, inequalities: list[Filter], equalities: dict[str, Condition]
) -> tuple[Order, ...]:
    order = query.order
    for one in order:
        _check_field(one.field)
        if one.field in equalities:
            raise ValueError(f"{one.field}: a query cannot be ordered by a field that it fixes")
    if len({one.field for one in order}) < len(order):
        raise ValueError("a query is ordered by a field once")
    unequal = {condition.field for condition in inequalities}
    if len(unequal) > 1 or unequal & equalities.keys():
        raise ValueError("inequality is on one field, which has no other condition")
    if unequal and not order:
        return tuple(Order(field) for field in unequal)
    if unequal and order[0].field not in unequal:
        raise ValueError("a query with an inequality is ordered by its field first")
    return order


def _check_field(field: str) -> None:
    check_name(field)
    if "." in field or "`" in field:
        raise ValueError("a query names top-level fields only")


def _check_choice(condition: Filter, value: Value) -> None:
    if value is None:
        raise ValueError(f"{condition.field}: only == takes None")
    _check_value(condition, value)


def _check_value(condition: Filter, value: Value) -> None:
    if isinstance(value, ServerTime):
        raise TypeError(f"{condition.field}: SERVER_TIME cannot be asked for")
    Checked({condition.field: value})
