"""Every query in the code has its index in infra/indexes.json, whether or not a test happens to ask it.

The code is read, not run: each `Query(...)` is put together from what stands there, in all its variants. A
query that is built while running is named below, with the cases that stand for it.
"""

from __future__ import annotations

import ast
import importlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, cast

import pytest

from shared.domain import presence, satisfaction
from shared.domain.disconnects import PARTS
from shared.domain.tickets import Priority, TicketState
from shared.domain.views import TicketFilter
from shared.services.exchange import export_plan
from shared.services.finding import split_queries, ticket_lists
from shared.services.keys import keyring_copies
from shared.services.privacy import erasing_people
from shared.services.reports import report_reading
from shared.services.restoring import after_restore
from shared.store.contract import Filter, Order, Query
from shared.store.indexes import Indexes
from tests.architecture import ROOT, module_name, product_files
from tests.stopped_clock import StoppedClock
from tools.doctor import desk as doctor_checks

INDEXES = Indexes.load(ROOT / "infra" / "indexes.json")
NOW = StoppedClock().now()
# By collection; the others are in (default).
AUDIT = ("bundles", "checkpoints", "entries", "epochs", "log", "removals", "tiles")
DATABASES = {**dict.fromkeys(AUDIT, "audit"), "cosigned": "witness", "keys": "keyring"}


class Unclear(Exception):
    """What stands in the code cannot be read without running it: its cases belong into BUILT."""


@dataclass(frozen=True, slots=True)
class Place:
    """A query in the code: its module, the function around it, and the call."""

    module: str
    function: ast.FunctionDef | None
    call: ast.Call

    def __str__(self) -> str:
        name = f".{self.function.name}" if self.function else ""
        return f"{self.module}{name}"


def places() -> list[Place]:
    """Return every `Query(...)` of what is deployed, and of the tools."""
    found = []
    for path in product_files():
        name = module_name(str(path.relative_to(ROOT)))
        if name.startswith(("shared.store", "local")):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        inside: dict[ast.Call, ast.FunctionDef] = {}
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                inside |= dict.fromkeys(_queries(function), function)
        found += [Place(name, inside.get(one), one) for one in _queries(tree)]
    return found


def _queries(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Query":
            yield node


class Reader:
    """Reads expressions of one function: each way in which a value can come out."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.module: ModuleType = importlib.import_module(place.module)
        source = ast.parse((ROOT / _path(place.module)).read_text("utf-8"))
        self.scopes: list[ast.AST] = [*([place.function] if place.function else []), source]

    def queries(self) -> Iterator[Query]:
        """Return every variant of the place's query."""
        given = dict(zip(("collection", "filters", "order"), self.place.call.args, strict=False))
        given |= {k.arg: k.value for k in self.place.call.keywords if k.arg}
        collection = self.constant(given["collection"])
        filters = self.parts(given["filters"]) if "filters" in given else [()]
        orders = self.parts(given["order"]) if "order" in given else [()]
        split = tuple(Filter(field, "in", ["x"]) for field in self.split())
        for chosen, order in itertools.product(filters, orders):
            yield Query(collection, (*split, *chosen), order)

    def split(self) -> Iterator[str]:
        """Return the field by which the function splits its query over many values, if it does."""
        for node in ast.walk(self.scopes[0]):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "split":
                queries = self.bound(node.args[0]) if len(node.args) == 3 else []
                if any(ast.dump(one) == ast.dump(self.place.call) for one in queries):
                    yield self.constant(node.args[1])

    def bound(self, node: ast.expr) -> list[ast.expr]:
        """Return an expression, or what its name is bound to."""
        return self.values(node.id) if isinstance(node, ast.Name) else [node]

    def parts(self, node: ast.expr) -> list[tuple[Any, ...]]:
        """Return the variants of a tuple of filters or orders."""
        if isinstance(node, ast.Tuple | ast.List):
            variants = [self.parts(one) for one in node.elts]
            return [tuple(itertools.chain(*one)) for one in itertools.product(*variants)]
        if isinstance(node, ast.Starred):
            return self.parts(node.value)
        if isinstance(node, ast.IfExp):
            return self.parts(node.body) + self.parts(node.orelse)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tuple":
            return self.parts(node.args[0])
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Filter":
            return [(self.filter(node),)]
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Order":
            return [(self.order(node),)]
        if isinstance(node, ast.Name):
            return [part for value in self.values(node.id) for part in self.parts(value)]
        raise Unclear(ast.unparse(node))

    def filter(self, node: ast.Call) -> Filter:
        """Return a filter of the same field and operator, with some value."""
        field, operator = (self.constant(argument) for argument in node.args[:2])
        value = ["x"] if operator in ("in", "array_contains_any") else "x"
        return Filter(field, operator, value)

    def order(self, node: ast.Call) -> Order:
        """Return an order."""
        given = [*node.args[1:], *(k.value for k in node.keywords)]
        return Order(self.constant(node.args[0]), descending=any(map(self.constant, given)))

    def values(self, name: str) -> list[ast.expr]:
        """Return what a name is bound to in the nearest scope that binds it."""
        for scope in self.scopes:
            bound = [
                node.value
                for node in ast.walk(scope)
                if isinstance(node, ast.Assign | ast.AnnAssign)
                and node.value is not None
                and name in [getattr(t, "id", "") for t in _targets(node)]
            ]
            if bound:
                return bound
        raise Unclear(name)

    def constant(self, node: ast.expr) -> Any:
        """Return a value that the module itself knows."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name) and hasattr(self.module, node.id):
            return getattr(self.module, node.id)
        if isinstance(node, ast.Attribute):
            return getattr(self.constant(node.value), node.attr)
        if isinstance(node, ast.Name):
            return self.constant(self.values(node.id)[0])
        raise Unclear(ast.unparse(node))


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _path(module: str) -> str:
    file = f"{module.replace('.', '/')}.py"
    return file if (ROOT / file).exists() else f"{module.replace('.', '/')}/__init__.py"


def filters() -> Iterator[TicketFilter]:
    """Return filters with every set of members that decides which index is asked."""
    for states, chosen, merged in itertools.product(
        ((), (TicketState.NEW,), (TicketState.NEW, TicketState.OPEN), tuple(TicketState)),
        ({}, {"assignee": "u"}, {"assignee": "none"}, {"tag": "a"}, {"team_id": "t"}),
        (False, True),
    ):
        for others in (
            {},
            {"breached": True},
            {"breached": False},
            {"snoozed": True},
            {"priority": Priority.HIGH},
        ):
            yield TicketFilter(states=states, merged=merged, **chosen, **others)  # type: ignore[arg-type]


def lists() -> Iterator[Query]:
    """Return what a list of tickets asks and counts under every filter."""
    for wanted in filters():
        for query in (ticket_lists.query_of(wanted), ticket_lists._count_query(wanted, NOW)):
            if query is not None:
                yield from split_queries.split(query, "mailbox_id", [f"mb_{n}" for n in range(40)])


def exported() -> Iterator[Query]:
    """Return what an export asks for: each collection by the field that names its owner."""
    yield Query("messages", (Filter("mailbox_id", "==", "x"),))
    for source in export_plan.SOURCES:
        if source.by != "id":
            operator: Any = "array_contains" if source.list else "=="
            by = (Filter(source.by, operator, "x"),) if source.by else ()
            yield Query(source.collection, by)


def beside_customers() -> Iterator[Query]:
    """Return what an export asks for beside customers."""
    for collection, name in export_plan.WITH_CUSTOMERS.items():
        yield Query(collection, (Filter(name, "in", ["x"]),))


def of_tickets() -> Iterator[Query]:
    """Return what an erasure asks for of a ticket."""
    for collection in ("messages", "notes", "replies", "uploads", "notifications"):
        yield Query(collection, (Filter("ticket_id", "==", "x"),))


def of_people() -> Iterator[Query]:
    """Return what an erasure asks for of somebody who works here."""
    for collection, name in erasing_people._THEIRS.items():
        yield Query(collection, (Filter(name, "==", "x"),))
    for collection, name, operator in erasing_people._NAMING.values():
        yield Query(collection, (Filter(name, cast("Any", operator), "x"),))


def present() -> Iterator[Query]:
    """Return who is asked for: people at one ticket, and people in many mailboxes."""
    for where in (Filter("ticket_id", "==", "x"), Filter("mailbox_id", "in", ["x"])):
        newest = (Order("seen_at", descending=True),)
        yield Query(presence.COLLECTION, (where, Filter("seen_at", ">", NOW)), newest)


def reported() -> Iterator[Query]:
    """Return what reports ask for; each is split by mailboxes."""
    reading = report_reading.Reading
    for name, collection in (
        ("first_message_at", "tickets"),
        ("solved_at", "tickets"),
        ("rated_at", satisfaction.COLLECTION),
    ):
        yield from _split(
            Query(
                collection,
                (Filter(name, ">=", NOW), Filter(name, "<", NOW)),
                (Order(name),),
            )
        )
    received = (Filter("received_at", ">=", NOW), Filter("received_at", "<", NOW))
    mails = (Filter("direction", "==", "in"), *received)
    yield from _split(Query("messages", mails, (Order("received_at"),)))
    yield from _split(reading._unsolved(cast("Any", None)))


def _split(query: Query) -> tuple[Query, ...]:
    return split_queries.split(query, "mailbox_id", [f"mb_{n}" for n in range(40)])


def cleared() -> Iterator[Query]:
    """Return what a disconnect asks for: each collection by the mailbox."""
    for collection in PARTS:
        yield Query(collection, (Filter("mailbox_id", "==", "x"),))


def held() -> Iterator[Query]:
    """Return what is counted before a disconnect."""
    for collection in ("tickets", "messages", "notes", "uploads"):
        yield Query(collection, (Filter("mailbox_id", "==", "x"),))
    of_state = (Filter("mailbox_id", "==", "x"), Filter("state", "==", "draft"))
    yield Query("replies", of_state)


# Queries that are built while running, by the function in which they stand, and every case of each.
def asked_of_each_index() -> Iterator[Query]:
    """Yield what a doctor asks to see whether an index is there."""
    for index in INDEXES.composites:
        if index.database == "(default)":
            yield doctor_checks._query_of(index)


BUILT: dict[str, Callable[[], Iterator[Query]]] = {
    "shared.services.keys.keyring_copies._all": lambda: map(Query, keyring_copies.READ),
    "shared.services.restoring.after_restore._void_entrances": lambda: map(
        Query, after_restore.ENTRANCES
    ),
    "shared.services.disconnecting.clearing._page": cleared,
    "shared.services.disconnecting.disconnects.count": held,
    "shared.services.finding.ticket_lists.query_of": lists,
    "shared.services.finding.ticket_lists._count_query": lists,
    "shared.services.exchange.exporting._page": exported,
    "shared.services.exchange.export_rows._beside": beside_customers,
    "shared.services.privacy.data_sources.read": of_people,
    "shared.services.privacy.erasing_mentions._rewrite": of_tickets,
    "shared.services.privacy.erasing_people.step": of_people,
    "shared.services.privacy.erasing_people._change": of_people,
    "shared.services.privacy.erasing_tickets._page": of_tickets,
    "shared.services.tickets.presence._there": present,
    "shared.services.reports.report_reading.mails": reported,
    "shared.services.reports.report_reading._in_period": reported,
    "shared.services.reports.report_reading._unsolved": reported,
    "tools.doctor.desk._query_of": asked_of_each_index,
}

PLACES = places()


@pytest.mark.parametrize("place", PLACES, ids=[f"{p}:{p.call.lineno}" for p in PLACES])
def test_a_query_in_the_code_has_its_index(place: Place) -> None:
    """Firestore would answer 400 to one without: refused here, before anybody deploys it."""
    built = BUILT.get(str(place))
    variants = list(built() if built else Reader(place).queries())

    assert variants
    for query in variants:
        INDEXES.require(DATABASES.get(query.collection, "(default)"), query)


def test_queries_are_found() -> None:
    """There are many, and what is named as built while running is among them."""
    assert len(PLACES) > 40
    assert {str(place) for place in PLACES} >= set(BUILT)


def test_every_filter_of_a_list_is_tried() -> None:
    """The cases that stand for lists are many, so that they could fail."""
    assert len(list(lists())) > 400
