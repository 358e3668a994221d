"""The feed: every change is told once, however late it was committed, and nothing that is not one's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local import seed
from shared.domain.people import USERS
from shared.domain.tickets import COLLECTION
from shared.store.contract import SERVER_TIME, Transaction
from tests.desk import BILLING, SALES, SUPPORT, DeskBrowser, DeskUnderTest, desk_in, mail
from tests.stopped_clock import StoppedClock


class Reader:
    """A page that keeps asking, with the cursor that it was given last."""

    def __init__(self, desk: DeskUnderTest, role: str = "agent") -> None:
        self.browser: DeskBrowser = desk.browser(role)
        self.cursor: str | None = None

    def ask(self, limit: int = 50) -> dict[str, Any]:
        """Ask once and remember the cursor."""
        query = f"?limit={limit}" + (f"&cursor={self.cursor}" if self.cursor else "")
        answer = self.browser.get(f"/api/tickets/feed{query}")
        assert answer.status_code == 200, answer.json
        self.cursor = answer.json["next"]
        page: dict[str, Any] = answer.json
        return page

    def told(self, limit: int = 50) -> list[tuple[str, str]]:
        """Ask until there is no more; return kind and id of everything that was told."""
        rows = []
        while True:
            page = self.ask(limit)
            rows += [(row["kind"], row["id"]) for row in page["items"]]
            if not page["more"]:
                return rows


@pytest.fixture
def clock(desk: DeskUnderTest) -> StoppedClock:
    """Give the desk's clock."""
    assert isinstance(desk.clock, StoppedClock)
    return desk.clock


def touch(desk: DeskUnderTest, id: str, **fields: Any) -> None:
    """Change a ticket as any part of the desk does: a version more, at the store's time."""
    version = desk.documents(COLLECTION)[id]["version"] + 1
    changes = {"changed_at": SERVER_TIME, "version": version} | fields
    desk.app().store.transact(lambda tx: tx.update(COLLECTION, id, changes))


def tickets_of(desk: DeskUnderTest, *subjects: str) -> list[str]:
    """Let mails arrive and return the ids of their tickets, in this order."""
    ids = []
    for subject in subjects:
        before = set(desk.documents(COLLECTION))
        desk.deliver(mail(subject))
        ids += set(desk.documents(COLLECTION)) - before
    return ids


def test_a_change_is_told_once(desk: DeskUnderTest, clock: StoppedClock) -> None:
    """The first answer is a cursor; then each change comes once, with the ticket's row as it is now."""
    desk.connect()
    [id] = tickets_of(desk, "Printer")
    clock.advance(60)
    reader = Reader(desk)

    assert reader.told() == []
    version = desk.documents(COLLECTION)[id]["version"]
    desk.browser("supervisor").send(
        "PATCH", f"/api/tickets/{id}", {"state": "pending"}, if_match=f'"{version}"'
    )
    [row] = reader.ask()["items"]
    assert (row["kind"], row["ticket"]["state"], row["version"]) == (
        "changed",
        "pending",
        version + 1,
    )
    for seconds in (0, 3, 30):
        clock.advance(seconds)
        assert reader.told() == []


def test_two_changes_within_the_overlap_are_two(desk: DeskUnderTest, clock: StoppedClock) -> None:
    """What was told of a ticket a second ago hides no later change of it."""
    desk.connect()
    [id] = tickets_of(desk, "Printer")
    clock.advance(60)
    reader = Reader(desk)
    reader.told()

    for _ in range(4):
        touch(desk, id)
        assert reader.told() == [("changed", id)]
        clock.advance(1)
        assert reader.told() == []


def test_new_mail_is_a_change(desk: DeskUnderTest, clock: StoppedClock) -> None:
    """A ticket that a mail opens is told to everybody in the mailbox."""
    desk.connect()
    reader = Reader(desk)
    reader.told()
    clock.advance(5)

    [id] = tickets_of(desk, "Printer")

    assert reader.told() == [("changed", id)]


def test_what_a_slow_writer_commits_late_is_told(desk: DeskUnderTest, clock: StoppedClock) -> None:
    """Its time stands before the last look, by which it was not there to be seen."""
    desk.connect()
    early, late = tickets_of(desk, "Early", "Late")
    clock.advance(60)
    reader = Reader(desk)
    reader.told()
    clock.advance(5)
    touch(desk, early)
    assert reader.told() == [("changed", early)]

    touch(desk, late, changed_at=clock.now() - timedelta(seconds=4))

    assert reader.told() == [("changed", late)]
    assert reader.told() == []


def test_two_writers_in_one_moment(desk: DeskUnderTest, clock: StoppedClock) -> None:
    """Equal times across the edge of a page, and across two looks, lose and repeat nothing."""
    desk.connect()
    ids = tickets_of(desk, "One", "Two", "Three", "Four")
    clock.advance(60)
    reader = Reader(desk)
    reader.told()
    moment = clock.now()
    for id in ids[:3]:
        touch(desk, id, changed_at=moment)

    first = reader.told(limit=1)
    touch(desk, ids[3], changed_at=moment)
    second = reader.told(limit=1)

    assert sorted(first) == sorted(("changed", id) for id in ids[:3])
    assert second == [("changed", ids[3])]


def test_many_changes_come_in_pages(desk: DeskUnderTest, clock: StoppedClock) -> None:
    """A page is bounded; `more` asks for the next at once, and changes meanwhile are told too."""
    desk.connect()
    ids = tickets_of(desk, *(f"Number {n}" for n in range(5)))
    clock.advance(60)
    reader = Reader(desk)
    reader.told()
    for id in ids:
        clock.advance(1)
        touch(desk, id)

    page = reader.ask(limit=2)
    clock.advance(1)
    touch(desk, ids[0])
    rest = reader.told(limit=2)

    assert page["more"]
    assert [row["id"] for row in page["items"]] == ids[:2]
    assert [id for _, id in rest] == [*ids[2:], ids[0]]
    assert reader.told() == []


def test_a_merged_ticket_is_gone(desk: DeskUnderTest, clock: StoppedClock) -> None:
    """The page is told to take it away, and where it went."""
    desk.connect()
    source, target = tickets_of(desk, "One", "Two")
    clock.advance(60)
    reader = Reader(desk)
    reader.told()

    touch(desk, source, merged_into=target)

    [row] = reader.ask()["items"]
    assert (row["kind"], row["id"], row["merged_into"], row["ticket"]) == (
        "gone",
        source,
        target,
        None,
    )


def test_a_mailbox_that_one_leaves_is_gone(desk: DeskUnderTest, clock: StoppedClock) -> None:
    """Membership lost and won is told once; of a mailbox that one left nothing is told any more."""
    support, sales = desk.connect(SUPPORT), desk.connect(SALES)
    billing = desk.connect(BILLING)
    [id] = tickets_of(desk, "Printer")
    clock.advance(60)
    reader = Reader(desk)
    reader.told()
    agent = next(id for id, user in desk.documents(USERS).items() if user["role"] == "agent")

    desk.app().store.transact(lambda tx: tx.update(USERS, agent, {"mailbox_ids": [sales, billing]}))
    touch(desk, id)
    [gone, appeared] = reader.ask()["items"]

    assert (gone["kind"], gone["id"]) == ("gone", support)
    assert (appeared["kind"], appeared["id"]) == ("appeared", billing)
    assert reader.told() == []


def test_nothing_of_other_mailboxes_is_told(desk: DeskUnderTest, clock: StoppedClock) -> None:
    """A colleague's cursor in another's browser shows that one's own mailboxes only."""
    desk.connect(SUPPORT)
    billing = desk.connect(BILLING)
    supervisor, agent = Reader(desk, "supervisor"), Reader(desk)
    supervisor.told()
    agent.cursor = supervisor.cursor
    clock.advance(5)

    desk.deliver(mail("Bill", to=BILLING), to=BILLING)

    assert len(supervisor.told()) == 1
    assert agent.told() == [("gone", billing)]


@pytest.mark.parametrize(
    "cursor", ["", "x", "W10", "e30", "bnVsbA", "WzEsMiwzLDQsNSw2XQ", "A" * 2_000]
)
def test_a_cursor_that_is_none(desk: DeskUnderTest, cursor: str) -> None:
    """It is refused as what it is."""
    answer = desk.browser("agent").get(f"/api/tickets/feed?cursor={cursor}")

    assert (answer.status_code, answer.json["code"]) == (400, "cursor.invalid")


def test_nothing_new_costs_three_reads(desk: DeskUnderTest, clock: StoppedClock) -> None:
    """Session, person and one query that finds nothing; nothing is written."""
    desk.connect()
    tickets_of(desk, *(f"Number {n}" for n in range(4)))
    clock.advance(60)
    reader = Reader(desk)
    reader.told()
    clock.advance(60)
    reader.told()
    desk.counts.reset()

    assert reader.told() == []

    assert (desk.counts.reads, desk.counts.writes) == (3, 0)


def test_a_member_of_no_mailbox_is_told_nothing(desk: DeskUnderTest) -> None:
    """An empty feed is no error."""
    assert Reader(desk).told() == []


@pytest.fixture
def shared_file(tmp_path: Path) -> Iterator[DeskUnderTest]:
    """Give a desk whose store is a file, in which one may read while another writes."""
    with desk_in(tmp_path / "home", in_memory=False) as desk:
        yield desk


def test_a_transaction_that_began_before_a_look_and_ends_after_it(
    shared_file: DeskUnderTest,
) -> None:
    """Its change is told by the next look, though its writer had begun long before the last."""
    desk = shared_file
    mailbox_id = desk.connect()
    [id] = tickets_of(desk, "Printer")
    seed.join(desk.app(), desk.people["agent"][0], mailbox_id)
    reader = Reader(desk)
    reader.told()
    desk.clock.advance(60)  # type: ignore[attr-defined]
    reader.told()
    began, may_end = threading.Event(), threading.Event()

    def slow(tx: Transaction) -> None:
        found = tx.get(COLLECTION, id)
        assert found is not None
        began.set()
        assert may_end.wait(30)
        tx.update(COLLECTION, id, {"changed_at": SERVER_TIME, "version": 9})

    writer = threading.Thread(target=lambda: desk.app().store.transact(slow))
    writer.start()
    assert began.wait(30)
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(5)
    looked = reader.told()
    may_end.set()
    writer.join()

    assert looked == []
    assert reader.told() == [("changed", id)]
    assert reader.told() == []
