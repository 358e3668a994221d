"""The fault tables of merging customers and of their answers: whatever fails, once more is enough."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared.app import App
from tests.canonical import assert_equal
from tests.desk import URL, DeskUnderTest, desk_in, mail
from tests.faults.faulty import WAYS, Crash, Rule, faulty
from tests.faults.rig import only
from tests.rating import link_of_first_ticket, mail_from_a_customer, say
from tests.rewinding import Moment, dump, moment, new_instances, take_back

_TRIES = 3
_SWEPT_SECONDS = 61
_PARTS = ("customers", "tickets", "messages", "keys", "outbox", "audit")

_SEED = 7

Attempt = Callable[[], bool]


def held(desk: DeskUnderTest, before: Moment, rule: Rule, attempt: Attempt) -> dict[str, Any]:
    """Do something under a rule, again after each failure; return what the desk holds at the end."""

    def disturbed(app: App) -> App:
        return faulty(app, rule) if app.function == rule.function else app

    take_back(desk, before)
    new_instances(desk, before, disturbed)
    random.seed(_SEED)  # which slots of a throttle are tried, and in which order
    for _ in range(_TRIES):
        try:
            done = attempt()
        except Crash:
            new_instances(desk, before, disturbed)
            continue
        if done:
            break
    else:
        raise AssertionError(f"not done after {_TRIES} tries: {rule}")
    desk.settle()
    desk.clock.advance(_SWEPT_SECONDS)  # type: ignore[attr-defined]
    desk.queue.publish("tick-deadlines", {})
    desk.settle()
    return only(dump(desk), *_PARTS)


def check_every_fault(desk: DeskUnderTest, function: str, attempt: Attempt) -> dict[str, Any]:
    """Strike each call in each way, and fail where the end is another; return the undisturbed end."""
    before = moment(desk)
    undisturbed = Rule(function)
    expected = held(desk, before, undisturbed, attempt)
    calls = list(undisturbed.calls)
    assert len(calls) > 5
    for at, name in enumerate(calls, 1):
        for when, how in WAYS:
            rule = Rule(function, at, when, how)
            found = held(desk, before, rule, attempt)
            assert rule.struck == name
            try:
                assert_equal(found, expected)
            except AssertionError as error:
                raise AssertionError(f"{how} {when} call {at}, {name}:\n{error}") from error
    return expected


def test_every_fault_of_merging_two_customers(tmp_path: Path) -> None:
    """Who is not sure looks again; the two are one, with one event, and mail of either finds them."""
    with desk_in(tmp_path / "home") as desk:
        desk.connect()
        desk.deliver(mail("From work", sender="Nora <nora@work.example.net>"))
        desk.deliver(mail("From home", sender="Nora at home <nora@home.example.net>"))
        supervisor = desk.browser("supervisor")
        ids = {row["name"]: row["id"] for row in _customers(desk)}
        path = f"/api/tickets/customers/{ids['Nora at home']}"

        def attempt() -> bool:
            seen = supervisor.get(path)
            kept = supervisor.get(f"/api/tickets/customers/{ids['Nora']}")
            if 503 in (seen.status_code, kept.status_code):
                return False
            if seen.json["customer"]["id"] == ids["Nora"]:
                return True
            body = {"into": ids["Nora"], "into_version": kept.json["customer"]["version"]}
            version = f'"{seen.json["customer"]["version"]}"'
            answer = supervisor.send("POST", f"{path}/merge", body, if_match=version)
            assert answer.status_code in (200, 503), answer.data
            return answer.status_code == 200

        expected = check_every_fault(desk, "tickets", attempt)

        merged = expected["customers"]["nora@work.example.net"]
        assert merged["known"]["addresses"] == ["nora@work.example.net", "nora@home.example.net"]
        assert merged["merged"] == ["nora@home.example.net"]
        others = [event for event in expected["audit"]["others"] if event[0] == "customer.merged"]
        assert len(others) == 1


def test_every_fault_of_an_answer_that_is_sent_twice(tmp_path: Path) -> None:
    """A form that a browser sends until it is answered, and once more, is one answer and one event."""
    with desk_in(tmp_path / "home") as desk:
        mail_from_a_customer(desk)
        path = link_of_first_ticket(desk).removeprefix(URL)

        def attempt() -> bool:
            answer = say(desk, path, "good", "Thanks")
            assert answer.status_code in (303, 503), answer.data
            return answer.status_code == 303

        def twice() -> bool:
            return attempt() and attempt()

        expected = check_every_fault(desk, "public", twice)

        rated = [event for event in expected["audit"]["others"] if event[0] == "ticket.rated"]
        assert len(rated) == 1
        assert len(desk.documents("ratings")) == 1
        assert desk.tickets()[0]["rating"] == "good"


def _customers(desk: DeskUnderTest) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (
        desk.browser("supervisor").get("/api/tickets/customers").json["items"]
    )
    return items
