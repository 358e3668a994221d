"""What several agents do to tickets at the same moment, on either store: nothing lost, and all are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from shared import codec
from shared.app import App
from shared.auth import sessions
from shared.auth.visitor import Visitor
from shared.domain.messages import COLLECTION as MESSAGES
from shared.domain.tickets import COLLECTION, Priority, Ticket
from shared.errors import ProductError
from shared.permissions import Actor, Permission
from shared.services.accounts import sign_in
from shared.services.tickets import linking, merging, splitting, ticket_changes, ticket_fields
from shared.services.tickets.merging import Source
from shared.services.tickets.splitting import Chosen
from shared.services.tickets.ticket_fields import Change
from shared.store.contract import Query
from shared.store.firestore import FirestoreStore
from tests.contract.emulators import FirestoreEmulator
from tests.desk import DeskUnderTest, desk_in, mail

PROJECT = "demo-agents"
VISITOR = Visitor("192.0.2.0/24", "Firefox on Linux")
AT_ONCE = 4
TOLD = frozenset({"ticket.changed_meanwhile", "ticket.merged", "store.contended"})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskUnderTest]:
    """Give a desk whose stores are files, as a laptop has them."""
    with desk_in(tmp_path / "home", in_memory=False) as desk:
        yield desk


@pytest.fixture(params=["sqlite", "firestore"])
def app(desk: DeskUnderTest, request: pytest.FixtureRequest) -> Iterator[App]:
    """Give a desk with three tickets, the first of which has two messages, over each kind of store."""
    desk.connect()
    for number in range(3):
        desk.deliver(mail(f"Number {number}", message_id=f"<{number}@x.example.net>"))
        desk.sandbox.advance_clock(60)
    desk.deliver(mail("Re: Number 0", references="<0@x.example.net>"))
    whole = desk.app()
    if request.param == "sqlite":
        yield whole
        return
    emulator: FirestoreEmulator = request.getfixturevalue("firestore_emulator")
    emulator.reset(PROJECT, "(default)")
    store = FirestoreStore(PROJECT, "(default)", emulator=emulator.address)
    for kept in desk.files["(default)"].dump():
        if kept.collection != "sessions":
            store.transact(lambda tx, d=kept: tx.create(d.collection, d.id, d.data))  # type: ignore[misc]
    yield App(
        whole.settings,
        "tickets",
        clock=whole.clock,
        store=store,
        keyring=whole.keyring,
        bus=whole.bus,
        keys=whole.keys,
    )
    store.close()


def supervisor(app: App, desk: DeskUnderTest) -> Actor:
    """Sign somebody in who may do all that is done to tickets."""
    address, password = desk.people["supervisor"]
    signed_in = sign_in.sign_in(app, address, password, VISITOR)
    return sessions.find(app.store, app.clock, sessions.session_id(signed_in.cookie))


def at_once(*work: Callable[[], object]) -> Counter[str]:
    """Do these at the same moment; count the outcomes by their codes."""
    barrier = Barrier(len(work))

    def one(each: Callable[[], object]) -> str:
        barrier.wait()
        try:
            each()
        except ProductError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(len(work)) as pool:
        return Counter(pool.map(one, work))


def tickets(app: App) -> dict[str, Ticket]:
    """Return all tickets by their ids, those of the first mail first."""
    page = app.store.query(Query(COLLECTION, limit=100))
    read = {d.id: codec.from_document(Ticket, d.data) for d in page.documents}
    return dict(sorted(read.items(), key=lambda one: one[1].first_message_at))


def until_done(work: Callable[[], object]) -> None:
    """Do something again with what is current, as a person does who was told."""
    for _ in range(50):
        try:
            work()
        except ProductError as error:
            if error.code not in TOLD:
                raise
        else:
            return
    raise AssertionError("never done")


def test_of_four_changes_against_one_version_one_is_made(app: App, desk: DeskUnderTest) -> None:
    """The others are told that somebody was faster, and the timeline has one row."""
    actor = supervisor(app, desk)
    id, before = next(iter(tickets(app).items()))

    outcomes = at_once(
        *(
            lambda p=priority: ticket_fields.change(
                app, actor, id, Change(priority=p, add_tags=(p.value,)), before.version
            )
            for priority in Priority
        )
    )

    after = tickets(app)[id]
    assert outcomes["done"] == 1
    assert set(outcomes) <= {"done", *TOLD}
    assert (after.version, after.tags) == (before.version + 1, (after.priority.value,))
    rows = app.store.query(Query(ticket_changes.CHANGES)).documents
    assert len(rows) == 1


def test_four_who_look_again_all_get_their_change(app: App, desk: DeskUnderTest) -> None:
    """Whoever was told takes the current version; no tag is lost, and no event."""
    actor = supervisor(app, desk)
    id = next(iter(tickets(app)))

    def add(tag: str) -> None:
        seen = ticket_changes.load(app.store, actor, id, Permission.TICKET_WRITE)
        ticket_fields.change(app, actor, id, Change(add_tags=(tag,)), seen.version)

    outcomes = at_once(*(lambda t=tag: until_done(lambda: add(t)) for tag in "abcd"))

    assert outcomes == {"done": 4}
    assert tickets(app)[id].tags == ("a", "b", "c", "d")
    assert len(app.store.query(Query(ticket_changes.CHANGES)).documents) == 4


def test_two_tickets_merged_into_each_other_at_once_make_no_circle(
    app: App, desk: DeskUnderTest
) -> None:
    """One of the two merges is made; whoever comes second is told."""
    actor = supervisor(app, desk)
    (one, first), (other, second), *_ = tickets(app).items()

    outcomes = at_once(
        lambda: merging.merge(app, actor, one, first.version, Source(other, second.version)),
        lambda: merging.merge(app, actor, other, second.version, Source(one, first.version)),
    )

    after = tickets(app)
    assert outcomes["done"] == 1
    assert set(outcomes) <= {"done", *TOLD}
    assert sorted(after[id].merged_into is None for id in (one, other)) == [False, True]
    [left] = [after[id] for id in (one, other) if after[id].merged_into is None]
    assert left.message_count == 3


def test_tickets_merged_in_a_chain_at_once_end_in_one(app: App, desk: DeskUnderTest) -> None:
    """However the two merges come, every message counts once and every pointer leads to the last."""
    actor = supervisor(app, desk)
    a, b, c = tickets(app)

    def merge(target: str, source: str) -> None:
        into, gone = (
            ticket_changes.load(app.store, actor, id, Permission.TICKET_MERGE)
            for id in (target, source)
        )
        merging.merge(app, actor, target, into.version, Source(source, gone.version))

    at_once(lambda: merge(b, a), lambda: merge(c, b))
    after = tickets(app)
    roots = [id for id in (a, b, c) if after[id].merged_into is None]
    while len(roots) > 1:  # one of them was told, and looks again
        merge(roots[-1], roots[0])
        after = tickets(app)
        roots = [id for id in (a, b, c) if after[id].merged_into is None]

    [root] = roots
    assert after[root].message_count == 4
    assert {after[id].merged_into for id in (a, b, c) if id != root} == {root}
    assert sorted(after[root].merged_from) == sorted({a, b, c} - {root})


def test_changing_and_merging_at_once(app: App, desk: DeskUnderTest) -> None:
    """A change of the source is either part of what was merged, or its author is told."""
    actor = supervisor(app, desk)
    (target, into), (source, gone), *_ = tickets(app).items()

    outcomes = at_once(
        lambda: merging.merge(app, actor, target, into.version, Source(source, gone.version)),
        lambda: ticket_fields.change(app, actor, source, Change(add_tags=("x",)), gone.version),
    )

    after = tickets(app)
    assert outcomes["done"] == 1
    assert set(outcomes) <= {"done", *TOLD}
    merged = after[source].merged_into == target
    assert ("x" in after[source].tags) is not merged


def test_one_message_is_split_once(app: App, desk: DeskUnderTest) -> None:
    """Four people who split the same message at once have one new ticket between them."""
    actor = supervisor(app, desk)
    id, before = next(iter(tickets(app).items()))
    [last] = [
        d.id
        for d in app.store.query(Query(MESSAGES, limit=100)).documents
        if d.data["ticket_id"] == id and d.id != before.first_message_id
    ]

    outcomes = at_once(
        *[lambda: splitting.split(app, actor, id, before.version, Chosen((last,)))] * AT_ONCE
    )

    after = tickets(app)
    assert outcomes["done"] >= 1
    assert set(outcomes) <= {"done", *TOLD}
    assert len(after) == 4
    assert sorted(ticket.message_count for ticket in after.values()) == [1, 1, 1, 1]
    [new] = [one for one in after if one not in (*tickets_before(desk),)]
    assert after[id].links == (new,)


def tickets_before(desk: DeskUnderTest) -> set[str]:
    """Return the ids of the tickets that mail opened."""
    return {
        document["ticket_id"]
        for document in desk.documents("codes").values()
        if desk.documents(COLLECTION)[document["ticket_id"]]["generation"] == 0
    }


def test_links_made_at_once_are_all_there(app: App, desk: DeskUnderTest) -> None:
    """Each link stands at both of its tickets."""
    actor = supervisor(app, desk)
    a, b, c = tickets(app)

    outcomes = at_once(
        *(
            lambda x=one, y=other: until_done(lambda: linking.link(app, actor, x, y))
            for one, other in ((a, b), (b, c), (c, a), (b, a))
        )
    )

    after = tickets(app)
    assert outcomes == {"done": 4}
    assert {id: set(after[id].links) for id in (a, b, c)} == {a: {b, c}, b: {a, c}, c: {a, b}}
