"""Acceptance scenarios of grants and forgeries: what Google takes away, and what it never sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.desk import SUPPORT, DeskUnderTest, desk_in
from tests.path.steps import all_are_in, numbered, poll, run_out, untold
from tests.rewinding import dump


def test_scenario_13_a_revoked_grant_parks_and_resumes(desk: DeskUnderTest) -> None:
    """The owner removes the grant: nothing is lost, and all comes in when the mailbox is back."""
    mailbox_id = desk.connect()
    untold(desk)
    seen = desk.sandbox.deliver(SUPPORT, numbered(0))["id"]
    desk.sandbox.revoke_grant(SUPPORT)
    desk.push("create_ticket", {"mailbox_id": mailbox_id, "gmail_id": seen})
    desk.sandbox.deliver(SUPPORT, numbered(1))
    poll(desk)
    mailbox = desk.documents("mailboxes")[mailbox_id]
    assert (mailbox["state"], mailbox["credential"]) == ("needs_reauth", None)
    assert len(desk.documents("parked")) == 1
    assert "mailbox.needs_reauth" in [entry["action"] for entry in desk.audit()]

    administrator = desk.browser("administrator")
    administrator.connect(desk.sandbox, SUPPORT, "reconnect", mailbox_id=mailbox_id)
    run_out(desk)

    assert desk.documents("parked") == {}
    all_are_in(desk, 2)


def test_scenario_13_an_instance_that_does_not_know_yet(desk: DeskUnderTest) -> None:
    """An instance that remembers the mailbox as dead parks nothing after it was connected again."""
    mailbox_id = desk.connect()
    untold(desk)
    desk.sandbox.revoke_grant(SUPPORT)
    for number in range(2):
        gmail_id = desk.sandbox.deliver(SUPPORT, numbered(number))["id"]
        desk.push("create_ticket", {"mailbox_id": mailbox_id, "gmail_id": gmail_id})
    assert len(desk.documents("parked")) == 2
    administrator = desk.browser("administrator")
    administrator.connect(desk.sandbox, SUPPORT, "reconnect", mailbox_id=mailbox_id)

    gmail_id = desk.sandbox.deliver(SUPPORT, numbered(2))["id"]
    desk.push("create_ticket", {"mailbox_id": mailbox_id, "gmail_id": gmail_id})
    run_out(desk)

    assert desk.documents("parked") == {}
    all_are_in(desk, 3)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("html", {"status": 502}),
        ("status", {"status": 500}),
        ("reset", {}),
        ("close", {}),
        ("oauth_error", {"error": "temporarily_unavailable", "status": 503}),
        ("oauth_error", {"error": "invalid_client", "status": 401}),
    ],
)
def test_scenario_13_a_refresh_that_fails_for_now(
    desk: DeskUnderTest, kind: str, options: dict[str, Any]
) -> None:
    """A token endpoint that is down, or our own client that is wrong, disconnects no mailbox."""
    mailbox_id = desk.connect()
    untold(desk)
    desk.sandbox.deliver(SUPPORT, numbered(0))
    desk.sandbox.plant("oauth.token", kind, times=2, **options)

    for _ in range(3):
        poll(desk)

    assert desk.documents("mailboxes")[mailbox_id]["state"] == "active"
    all_are_in(desk, 1)


def test_scenario_13_many_refresh_at_once(desk: DeskUnderTest) -> None:
    """However many deliveries need a token, an instance asks for one, once."""
    mailbox_id = desk.connect()
    untold(desk)
    gmail_ids = [desk.sandbox.deliver(SUPPORT, numbered(n))["id"] for n in range(16)]
    desk.sandbox.reset_calls()
    events = [{"mailbox_id": mailbox_id, "gmail_id": gmail_id} for gmail_id in gmail_ids]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda event: desk.push("create_ticket", event), events))
    run_out(desk)

    assert desk.sandbox.calls()["oauth.token"] == 1
    all_are_in(desk, 16)


def test_scenario_13_a_lost_race_leaves_the_new_grant(desk: DeskUnderTest) -> None:
    """An instance that works with the old grant does not remove the one that replaced it."""
    mailbox_id = desk.connect()
    desk.deliver(numbered(0))
    untold(desk)
    desk.sandbox.revoke_grant(SUPPORT)
    administrator = desk.browser("administrator")
    administrator.connect(desk.sandbox, SUPPORT, "reconnect", mailbox_id=mailbox_id)
    gmail_id = desk.sandbox.deliver(SUPPORT, numbered(1))["id"]
    desk.sandbox.plant("messages.get", "forbidden", reason="insufficientPermissions")

    desk.push("create_ticket", {"mailbox_id": mailbox_id, "gmail_id": gmail_id})
    run_out(desk)

    assert desk.documents("mailboxes")[mailbox_id]["state"] == "active"
    assert desk.documents("parked") == {}
    all_are_in(desk, 2)


@pytest.mark.parametrize(
    "forged",
    [
        "no_token",
        "wrong_account",
        "wrong_audience",
        "expired",
        "unverified",
        "alg_none",
        "wrong_key",
    ],
)
def test_scenario_17_a_forged_push(desk: DeskUnderTest, forged: str) -> None:
    """Who is not Pub/Sub's push account is refused and changes nothing."""
    desk.connect()
    desk.settle()
    before = dump(desk)
    desk.sandbox.set_push(forge=forged, attempts=1)

    desk.deliver(numbered(0))

    [*_, push] = desk.sandbox.pushes()
    assert push["answer"] in (401, 403)
    assert dump(desk) == before


def test_scenario_13_a_consent_screen_in_testing_is_told(tmp_path: Path) -> None:
    """A grant that ends after seven days shows from the first day, before the mailbox goes silent."""
    with desk_in(tmp_path / "home", sandbox_options={"testing": True}) as desk:
        mailbox_id = desk.connect()
        health = (
            desk.browser("administrator").get(f"/api/admin/mailboxes/{mailbox_id}").json["health"]
        )

        desk.clock.advance(8 * 86_400)  # type: ignore[attr-defined]
        desk.sandbox.advance_clock(8 * 86_400)
        desk.sandbox.deliver(SUPPORT, numbered(0))
        poll(desk)

        assert health["problems"] == ["mailbox.grant_ends_by_itself"]
        assert health["grant_expires_at"] == "2026-01-12T09:00:00.000Z"
        assert desk.documents("mailboxes")[mailbox_id]["state"] == "needs_reauth"
