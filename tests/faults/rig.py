"""One desk, taken back to the same moment for each fault; events are delivered until nothing is owed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import flask
from werkzeug.test import EnvironBuilder

from shared.app import App
from shared.bus.courier import Courier
from shared.bus.delivery import Retry
from tests.canonical import Dump, assert_equal
from tests.desk import URL, DeskUnderTest
from tests.faults.faulty import WAYS, Crash, Rule, faulty
from tests.rewinding import Moment, dump, moment, new_instances, take_back
from tests.stopped_clock import StoppedClock

Door = Callable[[flask.Request], flask.Response]

SEALERS: Final = ("seal_audit", "witness")
_ROUNDS: Final = 500
_SWEPT_SECONDS: Final = 61


@dataclass(slots=True)
class Rig:
    """A desk at the moment before an event, and the ways to disturb what follows.

    `doors` are functions that stand in the place of the product's: a bug that is planted.
    """

    desk: DeskUnderTest
    function: str
    begin: Callable[[], None]
    doors: Mapping[str, Door] = field(default_factory=dict)
    seams: Callable[[App], App] = lambda app: app
    before: Moment = field(init=False)

    def __post_init__(self) -> None:
        self.before = moment(self.desk)

    def undisturbed(self) -> tuple[Dump, list[str]]:
        """Return what the desk holds at the end when nothing fails, and the calls of its seams."""
        rule = Rule(self.function)
        return self.run(rule), rule.calls

    def planted(
        self, doors: Mapping[str, Door] | None = None, seams: Callable[[App], App] | None = None
    ) -> Rig:
        """Return the same rig, at the same moment, with a bug in it."""
        rig = copy(self)
        rig.doors = doors or self.doors
        rig.seams = seams or self.seams
        return rig

    def run(self, rule: Rule) -> Dump:
        """Begin at the same moment under a rule; return what the desk holds when it is quiet."""
        self._take_back(rule)
        self.begin()
        self.until_quiet()
        # What was left in the outbox by an instance that died is published by the next sweep.
        self.desk.clock.advance(_SWEPT_SECONDS)  # type: ignore[attr-defined]
        self.desk.queue.publish("tick-deadlines", {})
        self.until_quiet()
        return dump(self.desk)

    def until_quiet(self) -> None:
        """Deliver and redeliver, time passing, until nothing is owed and nothing is a dead letter."""
        desk = self.desk
        assert isinstance(desk.clock, StoppedClock)
        for _ in range(_ROUNDS):
            try:
                made = desk.courier.deliver_due()
            except Crash:
                self._start_anew()
                continue
            turn = desk.queue.next_turn()
            if turn is None:
                assert desk.queue.dead_letters() == []
                return
            if made == 0:
                wait = (turn - desk.clock.now()).total_seconds()
                desk.clock.advance(max(0.001, wait))
        raise AssertionError("the desk does not come to rest")

    def _take_back(self, rule: Rule) -> None:
        take_back(self.desk, self.before, sealing=self.function in SEALERS)
        self._rule = rule
        retry = Retry()  # Pub/Sub's own waits: time costs nothing here
        desk = self.desk
        desk.courier = Courier(desk.queue, self._post, desk.desk.signer, desk.clock, retry)
        self._start_anew()

    def _start_anew(self) -> None:
        new_instances(self.desk, self.before, self._disturbed)

    def _disturbed(self, app: App) -> App:
        if app.function != self._rule.function:
            return app
        return self.seams(faulty(app, self._rule))

    def _post(
        self, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, /
    ) -> int:
        door = self.doors.get(url.rpartition("/")[2])
        if door is None:
            return self.desk._post(url, headers, body, timeout_seconds)
        path = urlsplit(url).path
        builder = EnvironBuilder(path, URL, method="POST", data=body, headers=dict(headers))
        return door(flask.Request(builder.get_environ())).status_code

    _rule: Rule = field(init=False)


def check_every_fault(rig: Rig, expected: Dump, calls: list[str]) -> int:
    """Strike every call in every way; fail where the end differs from the undisturbed one.

    Returns how many runs that took.
    """
    runs = 0
    for at, name in enumerate(calls, 1):
        for when, how in WAYS:
            rule = Rule(rig.function, at, when, how)
            found = rig.run(rule)
            assert rule.struck == name, f"call {at} was {name}, now {rule.struck}"
            try:
                assert_equal(found, expected)
            except AssertionError as error:
                raise AssertionError(f"{how} {when} call {at}, {name}:\n{error}") from error
            runs += 1
    return runs


def first_difference(rig: Rig, expected: Dump, calls: list[str]) -> str:
    """Return the first fault after which the end differs; "" where there is none."""
    try:
        check_every_fault(rig, expected, calls)
    except AssertionError as error:
        return str(error).partition("\n")[0]
    return ""


def only(dump: Dump, *parts: str) -> dict[str, Any]:
    """Return some parts of a dump."""
    return {part: dump[part] for part in parts}
