"""The removal ledger: what was taken away is kept in the audit database, with its audit entry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.services import audit_log, outbox
from tests.desk import DeskUnderTest, desk_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskUnderTest]:
    """Give a desk with its people and one mailbox."""
    with desk_in(tmp_path / "home") as desk:
        desk.connect()
        yield desk


def recorded(desk: DeskUnderTest, happened: Happened) -> str:
    """Record an event as a service does; return its id when it stands in the log."""
    app = desk.app()
    id = outbox.commit(app, lambda _, box: audit_log.record(app, box, happened))
    desk.settle()
    return id


def test_taking_access_away_enters_the_ledger_with_its_entry(desk: DeskUnderTest) -> None:
    """The row has the entry's id, time, target and changes."""
    change = {"field": "role", "before": "agent", "after": "viewer"}
    happened = Happened(
        Action.USER_ROLE_CHANGED, Who("user", "act_1"), Target("user", "act_2"), changes=(change,)
    )

    id = recorded(desk, happened)

    row = desk.documents("removals", "audit")[id]
    entry = next(entry for entry in desk.audit() if entry["id"] == id)
    assert (row["action"], row["target_id"]) == ("user.role_changed", "act_2")
    assert row["at"].isoformat(timespec="milliseconds").replace("+00:00", "Z") == entry["time"]
    assert row["changes"] == [change]


def test_a_second_delivery_leaves_one_row(desk: DeskUnderTest) -> None:
    """write_audit delivered twice finds entry and row, and changes neither."""
    happened = Happened(Action.USER_DISABLED, Who("user", "act_1"), Target("user", "act_2"))
    id = recorded(desk, happened)
    before = desk.documents("removals", "audit")
    entry = next(entry for entry in desk.audit() if entry["id"] == id)

    desk.clock.advance(5)  # type: ignore[attr-defined]
    assert desk.push("write_audit", {"id": id, "entry": entry}).status_code == 204

    assert desk.documents("removals", "audit") == before


@pytest.mark.parametrize(
    "happened",
    [
        Happened(Action.TICKET_CREATED, Who("user", "act_1"), Target("ticket", "t_1")),
        Happened(
            Action.USER_DISABLED, Who("user", "act_1"), Target("user", "act_2"), outcome="failure"
        ),
    ],
)
def test_what_takes_nothing_away_has_no_row(desk: DeskUnderTest, happened: Happened) -> None:
    """Most actions, and what failed."""
    assert recorded(desk, happened) not in desk.documents("removals", "audit")
