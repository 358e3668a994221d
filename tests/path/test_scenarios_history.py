"""Acceptance scenarios of following a mailbox: pushes, leases, history, resync."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final

from shared.app import AccessToken
from shared.bus.contract import Event
from shared.gmail.contract import HistoryPage
from tests.desk import SUPPORT, DeskUnderTest
from tests.path.steps import all_are_in, numbered, poll, run_out, untold

MISSED: Final = 300
BACKLOG: Final = 2_000


def test_scenario_01_pushes_twice_reordered_and_lost(desk: DeskUnderTest) -> None:
    """Gmail tells some things twice, some late and some never: the poll finds what was never told."""
    desk.connect()
    desk.sandbox.set_push(copies=2, reorder=True)
    for number in range(20):
        desk.sandbox.deliver(SUPPORT, numbered(number))
    desk.sandbox.advance_clock(10)
    run_out(desk)
    desk.sandbox.set_push(copies=1, reorder=False, drop=1_000)
    for number in range(20, 30):
        desk.sandbox.deliver(SUPPORT, numbered(number))

    poll(desk)

    all_are_in(desk, 30)


def test_scenario_02_two_receivers_at_once(desk: DeskUnderTest) -> None:
    """Eight pushes of one mailbox at a time: one of them lists, nobody waits, nothing is missed."""
    desk.connect()
    untold(desk)
    last = [desk.sandbox.deliver(SUPPORT, numbered(n))["historyId"] for n in range(40)][-1]
    event = {"emailAddress": SUPPORT, "historyId": int(last)}

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: desk.push("gmail_push", event).status_code, range(24)))
    run_out(desk)

    assert set(answers) == {204}
    all_are_in(desk, 40)


def test_scenario_02_a_lease_ends_in_the_middle(desk: DeskUnderTest) -> None:
    """A run that was overtaken writes nothing more: the cursor only goes forward."""
    desk.connect()
    untold(desk)
    first = desk.sandbox.deliver(SUPPORT, numbered(0))
    _hold_lease(desk, seconds=150)
    last = desk.sandbox.deliver(SUPPORT, numbered(1))

    desk.push("gmail_push", {"emailAddress": SUPPORT, "historyId": int(last["historyId"])})
    desk.settle()
    assert _sync(desk)["dirty"] is True
    assert desk.documents("messages") == {}
    desk.clock.advance(151)  # type: ignore[attr-defined]
    run_out(desk)

    assert first["historyId"] < last["historyId"]
    assert int(_sync(desk)["cursor"]) == int(last["historyId"])
    all_are_in(desk, 2)


def test_scenario_02_an_overtaken_run_moves_nothing_back(desk: DeskUnderTest) -> None:
    """A run whose lease ended while Gmail was slow finds another fence, and leaves the cursor alone."""
    desk.connect()
    untold(desk)
    first = desk.sandbox.deliver(SUPPORT, numbered(0))
    overtaking = _OvertakenListing(desk)

    desk.push("gmail_push", {"emailAddress": SUPPORT, "historyId": int(first["historyId"])})

    assert int(_sync(desk)["cursor"]) == overtaking.newest > int(first["historyId"])
    run_out(desk)
    all_are_in(desk, 2)


def test_scenario_04_a_backlog_of_two_thousand(desk: DeskUnderTest) -> None:
    """A run ends after its 60 seconds, keeps the pages that it has, and asks for the rest."""
    desk.connect()
    untold(desk)
    for number in range(BACKLOG):
        last = desk.sandbox.deliver(SUPPORT, numbered(number), labels=["INBOX"])
    slow = _SlowGmail(desk, seconds_a_page=25)

    desk.push("gmail_push", {"emailAddress": SUPPORT, "historyId": int(last["historyId"])})
    first_run = len(slow.asked_for)
    desk.push("gmail_push", {"mailbox_id": desk.mailboxes[SUPPORT]})

    assert first_run == 1_500  # the third page of 500 ended after 75 seconds
    assert len(slow.asked_for) == len(set(slow.asked_for)) == BACKLOG
    assert int(_sync(desk)["cursor"]) == int(last["historyId"])


def test_scenario_05_history_is_gone_with_300_missed(desk: DeskUnderTest) -> None:
    """A cursor that Gmail has forgotten is a bounded resync: what was missed comes in, once."""
    desk.connect()
    desk.deliver(numbered(1_000))
    untold(desk)
    for number in range(MISSED):
        desk.sandbox.deliver(SUPPORT, numbered(number))
    floor = desk.sandbox.raise_history_floor(SUPPORT)

    poll(desk)

    all_are_in(desk, MISSED + 1)
    assert int(_sync(desk)["cursor"]) >= int(floor)
    assert desk.sandbox.calls(SUPPORT)["messages.get"] == MISSED + 1


def test_scenario_05_a_resync_goes_on_where_it_stopped(desk: DeskUnderTest) -> None:
    """Gmail fails between two pages of a resync: the pages before it are not listed again."""
    desk.connect()
    untold(desk)
    for number in range(700):
        desk.sandbox.deliver(SUPPORT, numbered(number))
    desk.sandbox.raise_history_floor(SUPPORT)
    desk.sandbox.plant("messages.list", "status", nth=2, status=503)
    desk.sandbox.reset_calls()

    poll(desk)

    all_are_in(desk, 700)
    assert desk.sandbox.calls(SUPPORT)["messages.list"] == 3


def test_scenario_05_history_gone_twice_waits(desk: DeskUnderTest) -> None:
    """A fresh anchor that is unknown at once does not turn in circles."""
    desk.connect()
    untold(desk)
    desk.sandbox.deliver(SUPPORT, numbered(0))
    desk.sandbox.plant(
        "history.list", "error", times=3, status=404, reason="notFound", message="Not found"
    )
    desk.sandbox.reset_calls()

    desk.tick("poll_mailboxes")
    desk.settle()

    assert desk.sandbox.calls(SUPPORT)["history.list"] == 3
    assert _sync(desk)["last_error"] == "history_gone_twice"
    run_out(desk)
    all_are_in(desk, 1)


def test_scenario_05_late_indexing(desk: DeskUnderTest) -> None:
    """Gmail pushes before history shows the mail: it is looked for once more, a minute later."""
    desk.connect()
    desk.sandbox.set_history(lag=30)
    desk.sandbox.deliver(SUPPORT, numbered(0))
    desk.settle()
    assert desk.documents("messages") == {}

    desk.sandbox.advance_clock(60)
    run_out(desk)

    all_are_in(desk, 1)


def test_scenario_05_empty_pages_with_a_next_one(desk: DeskUnderTest) -> None:
    """A page of history without records does not end the listing."""
    desk.connect()
    desk.sandbox.plant("history.list", "empty_page", times=3)

    desk.deliver(numbered(0))

    all_are_in(desk, 1)


class _OvertakenListing:
    """Answers the first listing so late that another run has done all of it, and more, meanwhile."""

    def __init__(self, desk: DeskUnderTest) -> None:
        self.newest = 0
        self._desk = desk
        self._app = desk.desk.app("gmail_push")
        self._gmail = self._app.gmail
        vars(self._app)["gmail"] = self._begin

    def history(self, start: str, page: str | None = None) -> HistoryPage:
        vars(self._app)["gmail"] = self._gmail
        answer = self._inner.history(start, page)
        self._desk.clock.advance(151)  # type: ignore[attr-defined]
        self.newest = int(self._desk.sandbox.deliver(SUPPORT, numbered(1))["historyId"])
        event = {"emailAddress": SUPPORT, "historyId": self.newest}
        assert self._desk.push("gmail_push", event).status_code == 204
        return answer

    def _begin(self, token: AccessToken) -> _OvertakenListing:
        self._inner = self._gmail(token)
        return self


class _SlowGmail:
    """Lets time pass with each page of history that gmail_push lists, and notes what it asks for."""

    def __init__(self, desk: DeskUnderTest, seconds_a_page: float) -> None:
        self.asked_for: list[str] = []
        self._clock = desk.clock
        self._seconds = seconds_a_page
        app = desk.desk.app("gmail_push")
        self._gmail, self._bus = app.gmail, app.bus
        vars(app).update(gmail=self._begin, bus=self)

    def publish(self, topic: str, event: Event, not_before: datetime | None = None) -> None:
        self._bus.publish(topic, event, not_before)

    def publish_all(self, topic: str, events: Sequence[Event]) -> None:
        del topic
        self.asked_for += [str(event["gmail_id"]) for event in events]

    def history(self, start: str, page: str | None = None) -> HistoryPage:
        self._clock.advance(self._seconds)  # type: ignore[attr-defined]
        return self._inner.history(start, page)

    def _begin(self, token: AccessToken) -> _SlowGmail:
        self._inner = self._gmail(token)
        return self


def _sync(desk: DeskUnderTest) -> Any:
    return desk.documents("sync")[desk.mailboxes[SUPPORT]]


def _hold_lease(desk: DeskUnderTest, seconds: float) -> None:
    """Put the lease of a run that died into the store."""
    until = desk.clock.now() + timedelta(seconds=seconds)
    desk.files["(default)"].transact(
        lambda tx: tx.update("sync", desk.mailboxes[SUPPORT], {"lease_until": until, "fence": 99})
    )
