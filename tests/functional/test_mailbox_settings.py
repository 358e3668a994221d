"""How a mailbox is worked in: shown to who may see it, changed by administrators, sealed where it is text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.desk import SUPPORT, DeskBrowser, DeskUnderTest, mail


@pytest.fixture
def path(desk: DeskUnderTest) -> str:
    """Connect a mailbox and give the path of its settings."""
    return f"/api/admin/mailboxes/{desk.connect()}/settings"


def change(browser: DeskBrowser, path: str, version: int = 0, **members: Any) -> Any:
    """Change settings against a version."""
    return browser.send("PATCH", path, members, if_match=f'"{version}"')


def test_a_new_mailbox_has_office_hours_and_promises_nothing(
    desk: DeskUnderTest, path: str
) -> None:
    """Before anybody changes them, settings are those that do no harm."""
    shown = desk.browser("agent").get(path).json

    assert shown["version"] == 0
    assert shown["hours"]["mon"] == ["09:00-17:00"]
    assert shown["targets"] == {}
    assert (shown["acknowledge"], shown["satisfaction"]) == (False, False)
    assert (shown["undo_seconds"], shown["reopen_within_days"]) == (15, 30)


def test_what_an_administrator_changes_everybody_of_the_mailbox_sees(
    desk: DeskUnderTest, path: str
) -> None:
    """Hours, promises and texts come back as they were set; what was left out stays."""
    administrator = desk.browser("administrator")
    first = change(
        administrator,
        path,
        time_zone="Asia/Riyadh",
        hours={"sun": ["08:00-12:00", "13:00-17:00"], "thu": ["22:00-06:00"]},
        holidays=["2026-09-23"],
        targets={"urgent": {"first_reply_minutes": 30}},
        signature="مع التحية",
        acknowledgement_text="We have it.",
    )
    assert first.status_code == 200, first.data

    second = change(administrator, path, 1, undo_seconds=30, acknowledgement_text="")

    shown = desk.browser("viewer").get(path).json
    assert shown == second.json
    assert shown["hours"] == {"sun": ["08:00-12:00", "13:00-17:00"], "thu": ["22:00-06:00"]}
    assert shown["targets"]["urgent"]["first_reply_minutes"] == 30
    assert (shown["signature"], shown["acknowledgement_text"]) == ("مع التحية", "")
    assert (shown["time_zone"], shown["undo_seconds"], shown["version"]) == ("Asia/Riyadh", 30, 2)


def test_texts_are_sealed_and_the_log_names_what_was_changed_only(
    desk: DeskUnderTest, path: str
) -> None:
    """Neither the store nor the audit log holds the words."""
    change(
        desk.browser("administrator"),
        path,
        signature="Kind regards, Ann",
        from_address="s@example.com",
    )
    desk.settle()

    stored = json.dumps(desk.documents("mailbox_settings"), default=str)
    assert "Kind regards" not in stored
    assert "s@example.com" not in stored
    [entry] = [e for e in desk.audit() if e["action"] == "mailbox.settings_changed"]
    assert [c["field"] for c in entry["changes"]] == ["signature", "from_address"]
    assert "Kind regards" not in json.dumps(entry)


def test_changing_nothing_is_no_change(desk: DeskUnderTest, path: str) -> None:
    """No new version, no event."""
    answer = change(desk.browser("administrator"), path, satisfaction=False, signature="")
    desk.settle()

    assert answer.json["version"] == 0
    assert "mailbox.settings_changed" not in [e["action"] for e in desk.audit()]


def test_a_change_against_an_older_version_is_refused(desk: DeskUnderTest, path: str) -> None:
    """Whoever comes second is told, and nothing is overwritten."""
    administrator = desk.browser("administrator")
    change(administrator, path, undo_seconds=20)

    late = change(administrator, path, undo_seconds=40)

    assert (late.status_code, late.json["code"]) == (409, "mailbox_settings.changed_meanwhile")
    assert late.json["params"]["version"] == 1
    assert administrator.get(path).json["undo_seconds"] == 20


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"time_zone": "Europe/Atlantis"}, "time_zone"),
        ({"hours": {}}, "hours"),
        ({"hours": {"mon": []}}, "hours"),
        ({"hours": {"mon": ["09:00-09:59"]}}, "hours"),
        ({"hours": {"mon": ["9-17"]}}, "hours"),
        ({"hours": {"monday": ["09:00-17:00"]}}, "hours"),
        ({"holidays": ["2026-02-30"]}, "holidays"),
        ({"targets": {"huge": {}}}, "targets"),
        ({"targets": {"low": {"solve_minutes": 0}}}, "targets.solve_minutes"),
        ({"undo_seconds": 3_600}, "undo_seconds"),
        ({"reopen_within_days": -1}, "reopen_within_days"),
        ({"signature": "x" * 5_001}, "signature"),
        ({"acknowledgement_subject": "a\nBcc: x@example.net"}, "acknowledgement_subject"),
        ({"from_address": "not an address"}, "from_address"),
    ],
)
def test_what_makes_no_sense_is_refused_and_named(
    desk: DeskUnderTest, path: str, members: dict[str, Any], named: str
) -> None:
    """An empty week, a day that does not exist, a number out of bounds: refused when it is set."""
    administrator = desk.browser("administrator")

    answer = change(administrator, path, **members)

    assert (answer.status_code, answer.json["params"]["member"]) == (400, named)
    assert administrator.get(path).json["version"] == 0


def test_new_promises_count_for_the_next_mail(desk: DeskUnderTest, path: str) -> None:
    """A ticket that comes in after the change has its due time."""
    always = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    targets = {"normal": {"first_reply_minutes": 30}}
    change(desk.browser("administrator"), path, hours=always, targets=targets)
    desk.clock.advance(31)  # type: ignore[attr-defined] # other instances remember for 30 s

    desk.deliver(mail(), to=SUPPORT)

    [ticket] = desk.documents("tickets").values()
    [received] = ticket["inbound_times"]
    assert (ticket["first_reply_due_at"] - received).total_seconds() == 30 * 60
    assert ticket["deadline_at"] == ticket["first_reply_due_at"]


def test_hours_that_cannot_be_read_stop_no_mail(desk: DeskUnderTest, path: str) -> None:
    """A time zone that this deployment does not know promises nothing; the mail still is a ticket."""
    change(desk.browser("administrator"), path, targets={"normal": {"first_reply_minutes": 30}})
    [(mailbox_id, settings)] = desk.documents("mailbox_settings").items()
    moved = dict(settings) | {"time_zone": "Europe/Atlantis"}
    desk.app().store.transact(lambda tx: tx.put("mailbox_settings", mailbox_id, moved))
    desk.clock.advance(31)  # type: ignore[attr-defined]

    desk.deliver(mail())

    [ticket] = desk.documents("tickets").values()
    assert ticket["first_reply_due_at"] is None
