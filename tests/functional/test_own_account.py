"""What people see and change of their own account: profile and sessions."""

from __future__ import annotations

from typing import Any

import pytest

from shared import ids
from shared.domain.people import USERS
from tests.desk import DeskUnderTest
from tests.stopped_clock import StoppedClock

PROFILE = "/api/account/profile"


def test_a_profile_is_read_and_changed(desk: DeskUnderTest) -> None:
    """Name, language, time zone and signature are one's own; what is left out stays."""
    browser = desk.browser("agent")
    before = browser.get(PROFILE).json
    assert before == {
        "email": "agent@example.com",
        "name": "Demo Agent",
        "language": "en",
        "time_zone": "UTC",
        "signature": "",
        "version": 1,
    }

    changes = {"language": "ar", "time_zone": "Africa/Cairo", "signature": "مع التحية\nAgent"}
    changed = browser.send("PATCH", PROFILE, changes, if_match='"1"')
    named = browser.send("PATCH", PROFILE, {"name": " نورا "}, if_match='"2"')

    assert changed.json == before | changes | {"version": 2}
    assert named.json == before | changes | {"name": "نورا", "version": 3}
    assert browser.get(PROFILE).json == named.json
    assert browser.get("/api/session/").json["user"]["language"] == "ar"


def test_what_one_writes_of_oneself_is_stored_sealed(desk: DeskUnderTest) -> None:
    """A copy of the database shows no name and no signature."""
    browser = desk.browser("agent")

    browser.send("PATCH", PROFILE, {"name": "Unmistakable", "signature": "Sig"}, if_match='"1"')

    user = desk.documents(USERS)[ids.derived_id(ids.USER, "demo", "agent@example.com")]
    assert "Unmistakable" not in repr(user)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"name": ""}, 400, "user.name_invalid"),
        ({"name": "a\u202eb"}, 400, "user.name_invalid"),
        ({"name": "x" * 101}, 400, "user.name_invalid"),
        ({"language": "tlh"}, 400, "request.not_one_of"),
        ({"time_zone": "Mars/Olympus"}, 400, "profile.time_zone_unknown"),
        ({"time_zone": "../../etc/passwd"}, 400, "profile.time_zone_unknown"),
        ({"signature": "x" * 4001}, 400, "profile.signature_invalid"),
        ({"signature": "a\x00b"}, 400, "profile.signature_invalid"),
        ({"signature": "a\ud800b"}, 400, "profile.signature_invalid"),
        ({"role": "administrator"}, 400, "request.unknown_member"),
        ({"email": "other@example.org"}, 400, "request.unknown_member"),
        ({"mailbox_ids": []}, 400, "request.unknown_member"),
    ],
)
def test_a_profile_that_cannot_be_is_refused(
    desk: DeskUnderTest, change: dict[str, Any], status: int, code: str
) -> None:
    """Nobody gives themselves a role, an address or a mailbox, nor a name that could mislead."""
    browser = desk.browser("agent")

    answer = browser.send("PATCH", PROFILE, change, if_match='"1"')

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert browser.get(PROFILE).json["version"] == 1


def test_a_profile_is_changed_against_the_version_that_was_seen(desk: DeskUnderTest) -> None:
    """Two windows do not overwrite each other."""
    browser = desk.browser("agent")
    browser.send("PATCH", PROFILE, {"name": "First"}, if_match='"1"')

    stale = browser.send("PATCH", PROFILE, {"name": "Second"}, if_match='"1"')
    blind = browser.send("PATCH", PROFILE, {"name": "Second"})

    assert (stale.status_code, stale.json["params"]["version"]) == (409, 2)
    assert blind.status_code == 428
    assert browser.get(PROFILE).json["name"] == "First"


def test_a_person_sees_and_ends_their_own_sessions(desk: DeskUnderTest) -> None:
    """Each browser is listed, this one marked; one that is ended is signed out at once."""
    here, there = desk.browser("agent"), desk.browser("agent")
    listed = here.get("/api/account/sessions").json["items"]
    [other] = [item["id"] for item in listed if not item["current"]]

    ended = here.send("DELETE", f"/api/account/sessions/{other}")
    again = here.send("DELETE", f"/api/account/sessions/{other}")

    assert len(listed) == 2
    assert (ended.status_code, again.status_code) == (204, 404)
    assert there.get("/api/session/").status_code == 401
    assert here.get("/api/session/").status_code == 200


def test_nobody_ends_somebody_elses_session(desk: DeskUnderTest) -> None:
    """Another person's session is 404, word for word like one that does not exist."""
    agent, viewer = desk.browser("agent"), desk.browser("viewer")
    [mine] = agent.get("/api/account/sessions").json["items"]

    answer = viewer.send("DELETE", f"/api/account/sessions/{mine['id']}")
    nothing = viewer.send("DELETE", f"/api/account/sessions/s_{'0' * 64}")

    assert answer.json | {"request_id": ""} == nothing.json | {"request_id": ""}
    assert agent.get("/api/session/").status_code == 200


def test_everywhere_else_is_signed_out_at_once(desk: DeskUnderTest) -> None:
    """One button ends all sessions but the one that asks."""
    here = desk.browser("agent")
    others = [desk.browser("agent") for _ in range(3)]

    assert here.send("DELETE", "/api/account/sessions").status_code == 204

    assert {browser.get("/api/session/").status_code for browser in others} == {401}
    [left] = here.get("/api/account/sessions").json["items"]
    assert left["current"]


def test_a_session_that_has_ended_is_not_listed(desk: DeskUnderTest) -> None:
    """What expired by itself is no longer somewhere that one is signed in."""
    desk.browser("agent")
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(3601)

    items = desk.browser("agent").get("/api/account/sessions").json["items"]

    assert [item["current"] for item in items] == [True]
