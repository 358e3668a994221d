"""A restored database serves nobody before it was made good."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.services.restoring import readiness
from tests.desk import DeskUnderTest, desk_in
from tests.rewinding import moment, new_instances


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskUnderTest]:
    """Give a desk with its people."""
    with desk_in(tmp_path / "home") as desk:
        yield desk


def serve_from(desk: DeskUnderTest, database: str) -> None:
    """Deploy the functions anew, over a database of this name."""
    desk.desk.settings = dataclasses.replace(desk.desk.settings, database=database)
    new_instances(desk, moment(desk), lambda app: app)


def test_under_another_name_nothing_is_served(desk: DeskUnderTest) -> None:
    """Pages, pushes and ticks are answered 503, also with a good session; nothing is written."""
    browser = desk.browser("agent")
    serve_from(desk, "restored-1")
    before = list(desk.files["(default)"].dump())

    answers = [
        browser.get("/api/tickets/"),
        browser.get("/api/session/"),
        browser.send("POST", "/api/session/", {"email": "a@example.com", "password": "x"}),
        desk.tick("apply_deadlines"),
        desk.push("create_ticket", {"mailbox_id": "mb_" + "0" * 26, "gmail_id": "1"}),
    ]

    assert [answer.status_code for answer in answers] == [503] * 5
    assert answers[0].json["code"] == "store.restored_not_ready"
    assert list(desk.files["(default)"].dump()) == before


def test_what_was_published_before_still_enters_the_log(desk: DeskUnderTest) -> None:
    """write_audit works, so that the removal ledger is whole before it is repeated."""
    desk.browser("agent")
    desk.settle()
    entry = desk.audit()[0]
    serve_from(desk, "restored-1")

    assert desk.push("write_audit", {"id": entry["id"], "entry": entry}).status_code == 204


def test_asking_costs_one_read_in_five_minutes(desk: DeskUnderTest) -> None:
    """The answer is remembered; a refusal is not, so that a desk opens as soon as it may."""
    app = desk.app()
    asked = readiness.Readiness(app)
    desk.counts.reset()

    for _ in range(3):
        asked.require()
    assert desk.counts.reads == 1
    desk.clock.advance(301)  # type: ignore[attr-defined]
    asked.require()
    assert desk.counts.reads == 2
