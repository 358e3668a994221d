"""Pausing a mailbox and letting it go on, at the administrator's door."""

from __future__ import annotations

from typing import Any

from tests.desk import SUPPORT, DeskUnderTest
from tests.path.steps import all_are_in, numbered, run_out


def test_a_paused_mailbox_takes_nothing_in_and_goes_on_later(desk: DeskUnderTest) -> None:
    """What comes meanwhile, by push, poll or an event that was on its way, comes in after the pause."""
    mailbox_id = desk.connect()
    desk.deliver(numbered(0))
    _change(desk, mailbox_id, "paused")

    on_its_way = desk.sandbox.deliver(SUPPORT, numbered(1))["id"]
    desk.settle()
    desk.clock.advance(60)  # type: ignore[attr-defined]  # instances know it by now
    desk.push("create_ticket", {"mailbox_id": mailbox_id, "gmail_id": on_its_way})
    desk.deliver(numbered(2))
    desk.tick("poll_mailboxes")
    run_out(desk)
    paused = len(desk.documents("messages"))
    _change(desk, mailbox_id, "active")
    run_out(desk)

    assert paused == 1
    assert desk.documents("parked") == {}
    all_are_in(desk, 3)
    actions = [entry["action"] for entry in desk.audit() if entry["action"].startswith("mailbox")]
    assert actions == ["mailbox.connected", "mailbox.paused", "mailbox.resumed"]


def test_a_change_needs_the_current_version(desk: DeskUnderTest) -> None:
    """Without a version, or with a stale one, nothing is changed."""
    mailbox_id = desk.connect()
    path, body = f"/api/admin/mailboxes/{mailbox_id}", {"state": "paused"}
    browser = desk.browser("administrator")

    missing = browser.send("PATCH", path, body)
    stale = browser.send("PATCH", path, body, if_match='"77"')

    assert (missing.status_code, stale.status_code) == (428, 409)
    assert stale.json["code"] == "mailbox.changed_meanwhile"
    assert desk.documents("mailboxes")[mailbox_id]["state"] == "active"


def test_a_mailbox_that_lost_its_grant_is_not_paused(desk: DeskUnderTest) -> None:
    """Only its owner can bring it back: the answer says so."""
    mailbox_id = desk.connect()
    desk.sandbox.revoke_grant(SUPPORT)
    desk.deliver(numbered(0))

    refused = _answer(desk, mailbox_id, "paused")

    assert (refused.status_code, refused.json["code"]) == (409, "mailbox.not_working")


def _change(desk: DeskUnderTest, mailbox_id: str, state: str) -> None:
    answer = _answer(desk, mailbox_id, state)
    assert (answer.status_code, answer.json["state"]) == (200, state)


def _answer(desk: DeskUnderTest, mailbox_id: str, state: str) -> Any:
    version = desk.documents("mailboxes")[mailbox_id]["version"]
    browser = desk.browser("administrator")
    path = f"/api/admin/mailboxes/{mailbox_id}"
    return browser.send("PATCH", path, {"state": state}, if_match=f'"{version}"')
