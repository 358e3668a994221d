"""The fault table of a sign-in with a code: whatever fails, one tries again, and nothing is half done."""

from __future__ import annotations

from pathlib import Path

from shared.app import App
from shared.domain.people import SESSIONS
from tests.desk import DeskBrowser, DeskUnderTest, desk_in
from tests.faults.faulty import WAYS, Crash, Rule, faulty
from tests.rewinding import Moment, moment, new_instances, take_back

ROLE = "administrator"
ASK = "/api/session/email_otp"
VERIFY = "/api/session/email_otp/verify"
_TRIES = 3
_SWEPT_SECONDS = 61


def signed_in(desk: DeskUnderTest, before: Moment, rule: Rule) -> DeskBrowser:
    """Sign in under a rule, from the password on again after each failure; return the browser."""

    def disturbed(app: App) -> App:
        return faulty(app, rule) if app.function == rule.function else app

    take_back(desk, before)
    new_instances(desk, before, disturbed)
    for _ in range(_TRIES):
        browser = desk.browser()
        try:
            if all(_steps(desk, browser)):
                return browser
        except Crash:
            new_instances(desk, before, disturbed)
    raise AssertionError(f"nobody was signed in: {rule}")


def _steps(desk: DeskUnderTest, browser: DeskBrowser):  # type: ignore[no-untyped-def]
    """Take the steps one by one; yield whether each was answered as it should be, or with 503."""
    email, password = desk.people[ROLE]
    answer = browser.send("POST", "/api/session/", {"email": email, "password": password})
    assert answer.status_code in (200, 503), answer.data
    yield answer.status_code == 200
    answer = browser.send("POST", ASK)
    assert answer.status_code in (202, 503), answer.data
    yield answer.status_code == 202
    answer = browser.send("POST", VERIFY, {"code": desk.code(ROLE)})
    assert answer.status_code in (200, 503), answer.data
    yield answer.status_code == 200


def check(desk: DeskUnderTest, browser: DeskBrowser) -> None:
    """Fail unless the code is used up, and the log has exactly the sessions that the store has."""
    again = browser.send("POST", VERIFY, {"code": desk.code(ROLE)})
    assert again.json["code"] == "factor.challenge_over"
    assert browser.get("/api/admin/mailboxes").status_code == 200
    desk.clock.advance(_SWEPT_SECONDS)  # type: ignore[attr-defined]
    desk.queue.publish("tick-deadlines", {})
    desk.settle()
    whole = [
        id for id, session in desk.documents(SESSIONS).items() if "email_otp" in session["factors"]
    ]
    created = [e["target"]["id"] for e in desk.audit() if e["action"] == "session.created"]
    assert sorted(created) == sorted(whole)
    begun = [e for e in desk.audit() if e["action"] == "session.begun"]
    assert len(begun) == len(desk.documents(SESSIONS))


def test_every_fault_of_a_sign_in_with_a_code(tmp_path: Path) -> None:
    """Each call struck in each way: no error of ours, no code good twice, no session that no log knows."""
    with desk_in(tmp_path / "home") as desk:
        before = moment(desk)
        undisturbed = Rule("session")
        browser = signed_in(desk, before, undisturbed)
        calls = list(undisturbed.calls)
        check(desk, browser)
        assert len(calls) > 10

        for at, name in enumerate(calls, 1):
            for when, how in WAYS:
                rule = Rule("session", at, when, how)
                browser = signed_in(desk, before, rule)

                assert rule.struck == name
                rule.at = None
                check(desk, browser)
