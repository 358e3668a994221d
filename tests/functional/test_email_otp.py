"""The code by e-mail: who is asked for it, and every way in which it is not accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from werkzeug.test import TestResponse

from local import seed
from shared.domain.people import CHALLENGES, SESSIONS
from shared.errors import Unavailable
from tests.desk import SUPPORT, DeskBrowser, DeskUnderTest
from tests.stopped_clock import StoppedClock

MINUTE = 60.0
ASK = "/api/session/email_otp"
VERIFY = "/api/session/email_otp/verify"


class BrokenSmtp:
    """A mail server that does not answer."""

    def sender(self) -> str:
        return "desk@example.com"

    def send(self, *_: object) -> None:
        raise Unavailable("smtp.unavailable")


def half(desk: DeskUnderTest, role: str = "administrator") -> DeskBrowser:
    """Return a browser in which the password was given."""
    browser = desk.browser()
    email, password = desk.people[role]
    answer = browser.send("POST", "/api/session/", {"email": email, "password": password})
    assert answer.json["needs"] == ["email_otp"]
    return browser


def asked(desk: DeskUnderTest, role: str = "administrator") -> DeskBrowser:
    """Return a browser to whose person a code was sent."""
    browser = half(desk, role)
    assert browser.send("POST", ASK).status_code == 202
    return browser


def verify(browser: DeskBrowser, code: str) -> TestResponse:
    """Try a code."""
    return browser.send("POST", VERIFY, {"code": code})


def code_of(answer: TestResponse) -> str:
    """Return the code of the answer's problem, or its status."""
    return answer.json["code"] if answer.status_code >= 400 else str(answer.status_code)


def wrong(code: str) -> str:
    """Return another code."""
    return f"{(int(code) + 1) % 10**8:08}"


def wait(desk: DeskUnderTest, seconds: float) -> None:
    """Let time pass."""
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(seconds)


def at_once(count: int, work: Callable[[], TestResponse]) -> Counter[str]:
    """Do the same thing many times at the same moment; count the outcomes."""
    barrier = Barrier(count)

    def one(_: int) -> str:
        barrier.wait()
        return code_of(work())

    with ThreadPoolExecutor(count) as pool:
        return Counter(pool.map(one, range(count)))


# Who is asked


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_a_password_alone_opens_nothing_for_administrative_roles(
    desk: DeskUnderTest, role: str
) -> None:
    """Half signed in, every other function answers 401 session.incomplete."""
    browser = half(desk, role)

    own = browser.get("/api/session/")

    assert (own.status_code, own.json["needs"]) == (200, ["email_otp"])
    for path in ("/api/admin/mailboxes", "/api/tickets/", "/api/account/factors"):
        answer = browser.get(path)
        assert (answer.status_code, answer.json["code"]) == (401, "session.incomplete")
    stepped = browser.send("POST", "/api/session/step_up", {"password": desk.people[role][1]})
    assert (stepped.status_code, stepped.json["code"]) == (401, "session.incomplete")


@pytest.mark.parametrize("role", ["supervisor", "agent", "viewer"])
def test_the_roles_of_the_desk_are_not_asked(desk: DeskUnderTest, role: str) -> None:
    """Their password is enough, and no code is sent to them."""
    answer = desk.browser(role).send("POST", ASK)

    assert (answer.status_code, answer.json["code"]) == (409, "factor.not_available")


def test_the_code_makes_the_session_whole(desk: DeskUnderTest) -> None:
    """It comes with a new cookie; the one of before is worth nothing."""
    browser = asked(desk)
    thief = browser.twin()

    answer = verify(browser, desk.code("administrator"))

    assert (answer.status_code, answer.json["needs"]) == (200, [])
    assert browser.get("/api/admin/mailboxes").status_code == 200
    assert thief.get("/api/session/").status_code == 401
    assert len(desk.documents(SESSIONS)) == 1
    assert desk.documents(CHALLENGES) == {}


def test_a_half_signed_in_session_ends_after_a_quarter_of_an_hour(desk: DeskUnderTest) -> None:
    """Who leaves in the middle begins again with the password."""
    browser = half(desk)

    wait(desk, 15 * MINUTE - 1)
    assert browser.get("/api/session/").status_code == 200
    wait(desk, 1)

    assert browser.get("/api/session/").status_code == 401


def test_the_mail_says_what_it_is_for_and_nothing_in_its_subject(desk: DeskUnderTest) -> None:
    """A lock screen shows subjects, so the code is in the body alone."""
    asked(desk)

    [path] = (desk.desk.home / "system_mail").glob("*.eml")
    text = path.read_text("utf-8")

    head, _, body = text.partition("\n\n")
    assert desk.people["administrator"][0] in head
    assert desk.code("administrator") in body
    assert desk.code("administrator") not in head


def test_the_store_does_not_hold_the_code(desk: DeskUnderTest) -> None:
    """Neither as text nor as a plain hash; the audit log does not either."""
    browser = asked(desk)
    code = desk.code("administrator")
    everything = str([list(file.dump()) for file in desk.files.values()])
    verify(browser, wrong(code))
    verify(browser, code)
    desk.settle()

    assert code not in everything
    assert code not in str(desk.audit())
    acts = [entry["action"] for entry in desk.audit()]
    assert sorted(acts) == [
        "factor.challenged",
        "factor.refused",
        "session.begun",
        "session.created",
    ]
    assert all(desk.people["administrator"][0] not in str(entry) for entry in desk.audit())


# What is not accepted


def test_after_five_wrong_codes_the_right_one_is_refused(desk: DeskUnderTest) -> None:
    """The sixth try of a challenge is none, whatever it says; a new code works."""
    browser = asked(desk)
    code = desk.code("administrator")

    tries = [code_of(verify(browser, wrong(code))) for _ in range(5)]
    late = verify(browser, code)
    browser.send("POST", ASK)

    assert tries == ["factor.wrong_code"] * 5
    assert code_of(late) == "factor.challenge_over"
    assert verify(browser, desk.code("administrator")).status_code == 200


def test_a_code_expires_after_ten_minutes(desk: DeskUnderTest) -> None:
    """It is good for ten minutes and not for a second more."""
    early, late = asked(desk), half(desk)
    early_code = desk.code("administrator")
    late.send("POST", ASK)
    late_code = desk.code("administrator")

    wait(desk, 10 * MINUTE - 1)
    in_time = verify(early, early_code)
    wait(desk, 1)

    assert in_time.status_code == 200
    assert code_of(verify(late, late_code)) == "factor.challenge_over"


def test_a_code_is_good_once(desk: DeskUnderTest) -> None:
    """Neither the new session nor the old one takes it again."""
    browser = asked(desk)
    before = browser.twin()
    code = desk.code("administrator")
    verify(browser, code)
    browser._cookies["__Host-otp"] = before._cookies["__Host-otp"]

    assert code_of(verify(browser, code)) == "factor.challenge_over"
    assert code_of(verify(before, code)) == "session.expired"


def test_a_code_of_another_browser_is_refused(desk: DeskUnderTest) -> None:
    """Without the cookie of the challenge, or with another session, the right code proves nothing."""
    browser, other = asked(desk), half(desk)
    code = desk.code("administrator")
    without = browser.twin()
    del without._cookies["__Host-otp"]
    other._cookies["__Host-otp"] = browser._cookies["__Host-otp"]

    assert code_of(verify(without, code)) == "factor.challenge_over"
    assert code_of(verify(other, code)) == "factor.challenge_over"
    assert verify(browser, code).status_code == 200


def test_somebody_elses_code_is_refused(desk: DeskUnderTest) -> None:
    """The auditor's challenge and code do not complete the administrator's session."""
    auditor, administrator = asked(desk, "auditor"), half(desk)
    administrator._cookies["__Host-otp"] = auditor._cookies["__Host-otp"]

    answer = verify(administrator, desk.code("auditor"))

    assert code_of(answer) == "factor.challenge_over"


def test_only_the_newest_challenge_of_a_session_counts(desk: DeskUnderTest) -> None:
    """Asked again from a tab that knows of no challenge, the older code is worth nothing."""
    browser = asked(desk)
    older = desk.code("administrator")
    newer_tab = browser.twin()
    del newer_tab._cookies["__Host-otp"]
    newer_tab.send("POST", ASK)

    assert code_of(verify(browser, older)) == "factor.challenge_over"
    assert verify(newer_tab, desk.code("administrator")).status_code == 200


def test_sending_again_gives_no_more_time_and_no_more_tries(desk: DeskUnderTest) -> None:
    """The new code replaces the old one in the same challenge, whose tries and end stay as they were."""
    browser = asked(desk)
    first = desk.code("administrator")
    for _ in range(4):
        verify(browser, wrong(first))
    wait(desk, 9 * MINUTE)
    browser.send("POST", ASK)
    second = desk.code("administrator")
    twin = browser.twin()

    assert code_of(verify(browser, first)) == "factor.wrong_code"  # the fifth try
    assert code_of(verify(browser, second)) == "factor.challenge_over"
    assert second != first
    wait(desk, MINUTE)
    assert code_of(verify(twin, second)) == "factor.challenge_over"


def test_a_step_up_needs_a_code_of_its_own(desk: DeskUnderTest) -> None:
    """A code asked for in a whole session refreshes it, with a new cookie and the same end."""
    browser = desk.browser("administrator")
    [before] = desk.documents(SESSIONS).values()
    wait(desk, 20 * MINUTE)
    stale = browser.send("POST", "/api/account/factors/recovery_codes")
    browser.send("POST", ASK)

    answer = verify(browser, desk.code("administrator"))

    assert (stale.status_code, stale.json["code"]) == (403, "step_up.required")
    assert answer.status_code == 200
    assert browser.send("POST", "/api/account/factors/recovery_codes").status_code == 201
    [after] = desk.documents(SESSIONS).values()
    assert after["expires_at"] == before["expires_at"]
    desk.settle()
    assert "session.stepped_up" in [entry["action"] for entry in desk.audit()]


# How often


def test_an_account_gets_five_unanswered_codes_an_hour(desk: DeskUnderTest) -> None:
    """The sixth is refused with the time to wait; the next hour it goes on, so nobody is locked out."""
    browsers = [half(desk) for _ in range(6)]
    sent = [browser.send("POST", ASK).status_code for browser in browsers[:5]]

    refused = browsers[5].send("POST", ASK)

    assert sent == [202] * 5
    assert (refused.status_code, refused.json["code"]) == (429, "sign_in.too_many_attempts")
    wait(desk, float(refused.headers["Retry-After"]))
    assert half(desk).send("POST", ASK).status_code == 202


def test_answered_codes_are_not_counted(desk: DeskUnderTest) -> None:
    """Somebody who signs in often, and rightly, is never stopped."""
    for _ in range(12):
        assert desk.browser("administrator").get("/api/session/").status_code == 200


def test_a_challenge_is_sent_three_times_and_then_replaced(desk: DeskUnderTest) -> None:
    """What is asked for again and again counts as new challenges, so no address can be flooded."""
    browser = half(desk)

    answers = [browser.send("POST", ASK).status_code for _ in range(10)]
    wait(desk, MINUTE)
    later = [browser.send("POST", ASK).status_code for _ in range(10)]

    assert answers == [202] * 10
    assert later == [202] * 5 + [429] * 5
    assert len(list((desk.desk.home / "system_mail").iterdir())) == 15


@pytest.mark.parametrize("tries", [50])
def test_many_wrong_codes_at_once_are_five_tries(desk: DeskUnderTest, tries: int) -> None:
    """However many come at the same moment, five are compared and the rest are not."""
    browser = asked(desk)
    code = desk.code("administrator")

    outcomes = at_once(tries, lambda: verify(browser.twin(), wrong(code)))

    assert outcomes == {"factor.wrong_code": 5, "factor.challenge_over": tries - 5}
    assert code_of(verify(browser, code)) == "factor.challenge_over"


def test_the_right_code_many_times_at_once_opens_one_session(desk: DeskUnderTest) -> None:
    """One of fifty wins; the others find neither challenge nor session."""
    browser = asked(desk)
    code = desk.code("administrator")

    outcomes = at_once(50, lambda: verify(browser.twin(), code))

    assert outcomes["200"] == 1
    assert set(outcomes) == {"200", "session.expired"}
    assert len(desk.documents(SESSIONS)) == 1


def test_many_askings_at_once_are_five_challenges(desk: DeskUnderTest) -> None:
    """Fifty browsers with the right password get five codes between them."""
    browsers = [half(desk) for _ in range(50)]

    outcomes = at_once(50, lambda: browsers.pop().send("POST", ASK))

    assert outcomes == {"202": 5, "sign_in.too_many_attempts": 45}


# When mail does not go out


def test_a_broken_mail_server_counts_against_nobody(desk: DeskUnderTest) -> None:
    """The answer is 503, no try is used up, and once it is mended the code comes."""
    browser = half(desk)
    app: Any = desk.desk.app("session")
    working = app.smtp
    app.__dict__["smtp"] = BrokenSmtp()

    answers = [browser.send("POST", ASK) for _ in range(10)]
    app.__dict__["smtp"] = working
    browser.send("POST", ASK)

    assert {answer.status_code for answer in answers} == {503}
    assert verify(browser, desk.code("administrator")).status_code == 200
    desk.settle()
    failed = [entry for entry in desk.audit() if entry["reason"] == "smtp.unavailable"]
    assert {entry["action"] for entry in failed} == {"factor.challenged"}


def test_a_recovery_code_replaces_the_mail_that_does_not_come(desk: DeskUnderTest) -> None:
    """A broken mail server locks no administrator out who kept the recovery codes."""
    codes = desk.browser("administrator").send("POST", "/api/account/factors/recovery_codes")
    app: Any = desk.desk.app("session")
    app.__dict__["smtp"] = BrokenSmtp()
    browser = desk.browser()
    email, password = desk.people["administrator"]
    needs = browser.send("POST", "/api/session/", {"email": email, "password": password})

    answer = browser.send("POST", "/api/session/recovery/verify", {"code": codes.json["codes"][0]})

    assert needs.json["needs"] == ["email_otp", "recovery"]
    assert answer.status_code == 200
    assert browser.get("/api/admin/mailboxes").status_code == 200


@pytest.mark.parametrize("address", [SUPPORT, "support+admin@example.com", "Support@Example.com"])
def test_an_address_that_the_desk_reads_gets_no_code(desk: DeskUnderTest, address: str) -> None:
    """Whoever may read that mailbox could read the code, and so sign in as an administrator."""
    desk.connect(SUPPORT)
    seed._create(desk.desk, "administrator", address, "a password")
    desk.people["intruder"] = (address, "a password")
    browser = half(desk, "intruder")

    answer = browser.send("POST", ASK)

    assert (answer.status_code, answer.json["code"]) == (403, "email_otp.address_is_a_mailbox")
    assert not any("upport" in p.read_text() for p in (desk.desk.home / "system_mail").iterdir())
