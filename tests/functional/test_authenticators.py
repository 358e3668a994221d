"""Authenticator apps, recovery codes and step-up: enrolling, proving, removing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared.auth import totp
from shared.domain.people import FACTORS
from tests.desk import DeskBrowser, DeskUnderTest
from tests.stopped_clock import StoppedClock

MINUTE = 60.0
FACTORS_PATH = "/api/account/factors"


class App:
    """Somebody's authenticator app."""

    def __init__(self, desk: DeskUnderTest, secret: str) -> None:
        self._desk = desk
        self._secret = secret

    def code(self, steps: int = 0) -> str:
        """Return the code of now, or of so many steps later."""
        now = int(self._desk.clock.now().timestamp())
        return totp.code_at(self._secret, now // totp.STEP_SECONDS + steps)


def enrolled(desk: DeskUnderTest, browser: DeskBrowser) -> App:
    """Enrol an authenticator app; time passes to its next code."""
    begun = browser.send("POST", f"{FACTORS_PATH}/totp")
    assert begun.status_code == 201, begun.data
    app = App(desk, begun.json["secret"])
    confirmed = browser.send("POST", f"{FACTORS_PATH}/totp/confirm", {"code": app.code()})
    assert confirmed.status_code == 204, confirmed.data
    wait(desk, totp.STEP_SECONDS)
    return app


def half(desk: DeskUnderTest, role: str) -> DeskBrowser:
    """Return a browser in which the password was given."""
    browser = desk.browser()
    email, password = desk.people[role]
    answer = browser.send("POST", "/api/session/", {"email": email, "password": password})
    assert answer.json["needs"], answer.data
    return browser


def prove(browser: DeskBrowser, code: str) -> TestResponse:
    """Try a code of an authenticator app."""
    return browser.send("POST", "/api/session/totp/verify", {"code": code})


def recover(browser: DeskBrowser, code: str) -> TestResponse:
    """Try a recovery code."""
    return browser.send("POST", "/api/session/recovery/verify", {"code": code})


def recovery_codes(browser: DeskBrowser) -> list[str]:
    """Make new recovery codes."""
    answer = browser.send("POST", f"{FACTORS_PATH}/recovery_codes")
    assert answer.status_code == 201, answer.data
    codes: list[str] = answer.json["codes"]
    return codes


def needs(browser: DeskBrowser) -> list[str]:
    """Return what is still to be proved."""
    listed: list[str] = browser.get("/api/session/").json["needs"]
    return listed


def outcome(answer: TestResponse) -> str:
    """Return the code of the answer's problem, or its status."""
    return answer.json["code"] if answer.status_code >= 400 else str(answer.status_code)


def wait(desk: DeskUnderTest, seconds: float) -> None:
    """Let time pass."""
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(seconds)


def at_once(count: int, work: Callable[[], TestResponse]) -> Counter[str]:
    """Do the same thing many times at the same moment; count the outcomes."""
    barrier = Barrier(count)

    def one(_: int) -> str:
        barrier.wait()
        return outcome(work())

    with ThreadPoolExecutor(count) as pool:
        return Counter(pool.map(one, range(count)))


# Authenticator apps


def test_an_enrolled_app_is_asked_for_from_then_on(desk: DeskUnderTest) -> None:
    """At the next sign-in its code is needed, whatever the role; the browser that enrolled goes on."""
    agent = desk.browser("agent")
    app = enrolled(desk, agent)

    again = half(desk, "agent")

    assert needs(agent) == []
    assert needs(again) == ["totp"]
    assert again.get("/api/tickets/").status_code == 401
    assert prove(again, app.code()).status_code == 200
    assert again.get("/api/tickets/").status_code == 200


def test_enrolling_makes_the_other_sessions_half_signed_in(desk: DeskUnderTest) -> None:
    """A session that somebody else opened with the password alone is worth nothing from that moment."""
    other, agent = desk.browser("agent"), desk.browser("agent")

    app = enrolled(desk, agent)

    answer = other.get("/api/tickets/")
    assert (answer.status_code, answer.json["code"]) == (401, "session.incomplete")
    assert prove(other, app.code()).status_code == 200


def test_an_app_replaces_the_code_by_mail(desk: DeskUnderTest) -> None:
    """For an administrator with an app the weaker code by e-mail is no way around it."""
    app = enrolled(desk, desk.browser("administrator"))
    browser = half(desk, "administrator")

    mail = browser.send("POST", "/api/session/email_otp")

    assert needs(browser) == ["totp"]
    assert (mail.status_code, mail.json["code"]) == (409, "factor.not_available")
    assert prove(browser, app.code()).status_code == 200


def test_a_code_counts_once(desk: DeskUnderTest) -> None:
    """The same code is refused in another browser, and so is the one of a step before."""
    app = enrolled(desk, desk.browser("agent"))
    first, second = half(desk, "agent"), half(desk, "agent")
    used = app.code()
    assert prove(first, used).status_code == 200

    assert outcome(prove(second, used)) == "factor.code_used"
    assert outcome(prove(second, app.code(-1))) == "factor.code_used"
    assert prove(second, app.code(1)).status_code == 200


def test_the_code_that_enrolled_signs_nobody_in(desk: DeskUnderTest) -> None:
    """Who looked over a shoulder while the app was enrolled has nothing."""
    agent = desk.browser("agent")
    begun = agent.send("POST", f"{FACTORS_PATH}/totp").json
    app = App(desk, begun["secret"])
    agent.send("POST", f"{FACTORS_PATH}/totp/confirm", {"code": app.code()})

    assert outcome(prove(half(desk, "agent"), app.code())) == "factor.code_used"


def test_wrong_codes_are_throttled(desk: DeskUnderTest) -> None:
    """Five in ten minutes; then even the right one waits, and right ones are not counted."""
    app = enrolled(desk, desk.browser("agent"))
    for _ in range(8):
        assert prove(half(desk, "agent"), app.code()).status_code == 200
        wait(desk, totp.STEP_SECONDS)
    wait(desk, 10 * MINUTE)
    browser = half(desk, "agent")

    outcomes = [outcome(prove(browser, "000000")) for _ in range(6)]
    late = prove(browser, app.code())

    assert outcomes == ["factor.wrong_code"] * 5 + ["sign_in.too_many_attempts"]
    assert late.status_code == 429
    wait(desk, float(late.headers["Retry-After"]))
    assert prove(browser, app.code()).status_code == 200


def test_one_code_many_times_at_once_opens_one_session(desk: DeskUnderTest) -> None:
    """Of fifty browsers with the same right code, one gets in."""
    app = enrolled(desk, desk.browser("agent"))
    browsers = [half(desk, "agent") for _ in range(50)]
    code = app.code()

    outcomes = at_once(50, lambda: prove(browsers.pop(), code))

    assert outcomes["200"] == 1
    assert set(outcomes) <= {"200", "factor.code_used", "sign_in.too_many_attempts"}


def test_many_wrong_codes_at_once_are_five_tries(desk: DeskUnderTest) -> None:
    """However many browsers try at the same moment, five codes of an account are compared."""
    enrolled(desk, desk.browser("agent"))
    browsers = [half(desk, "agent") for _ in range(50)]

    outcomes = at_once(50, lambda: prove(browsers.pop(), "000000"))

    assert outcomes == {"factor.wrong_code": 5, "sign_in.too_many_attempts": 45}


def test_an_app_that_was_not_confirmed_asks_nobody(desk: DeskUnderTest) -> None:
    """Begun and given up, with a wrong code, or too late: the next sign-in is as before."""
    agent = desk.browser("agent")
    unbegun = agent.send("POST", f"{FACTORS_PATH}/totp/confirm", {"code": "000000"})
    begun = agent.send("POST", f"{FACTORS_PATH}/totp").json
    wrong = agent.send("POST", f"{FACTORS_PATH}/totp/confirm", {"code": "000000"})
    wait(desk, 10 * MINUTE)
    code = App(desk, begun["secret"]).code()
    late = agent.send("POST", f"{FACTORS_PATH}/totp/confirm", {"code": code})

    assert [outcome(unbegun), outcome(wrong), outcome(late)] == [
        "factor.not_begun",
        "factor.wrong_code",
        "factor.not_begun",
    ]
    assert needs(desk.browser("agent")) == []


def test_the_secret_is_sealed_and_never_shown_again(desk: DeskUnderTest) -> None:
    """The store, the list of factors and the audit log do not hold it."""
    agent = desk.browser("agent")
    begun = agent.send("POST", f"{FACTORS_PATH}/totp").json
    under_way = str([list(file.dump()) for file in desk.files.values()])
    code = App(desk, begun["secret"]).code()
    agent.send("POST", f"{FACTORS_PATH}/totp/confirm", {"code": code})
    desk.settle()

    listed = agent.get(FACTORS_PATH)

    stored = str([list(file.dump()) for file in desk.files.values()])
    assert begun["secret"] in begun["uri"]
    assert begun["qr_code"].startswith("<svg ")
    for text in (under_way, stored, listed.text, str(desk.audit())):
        assert begun["secret"] not in text


def test_removing_an_app_is_told_and_recorded(desk: DeskUnderTest) -> None:
    """The person gets a mail of both changes, the log has both, and the password is enough again."""
    agent = desk.browser("agent")
    enrolled(desk, agent)
    [row] = agent.get(FACTORS_PATH).json["items"]

    answer = agent.send("DELETE", f"{FACTORS_PATH}/{row['id']}")

    assert answer.status_code == 204
    assert agent.get(FACTORS_PATH).json == {"items": [], "required": []}
    assert needs(desk.browser("agent")) == []
    mails = [m.read_text() for m in sorted((desk.desk.home / "system_mail").glob("*.eml"))]
    told = [mail for mail in mails if "authenticator app was" in mail]
    assert ["app was added" in mail for mail in told] == [True, False]
    desk.settle()
    entries = {e["action"]: e for e in desk.audit() if e["action"].startswith("factor.")}
    assert sorted(entries) == ["factor.added", "factor.removed"]
    assert {e["target"]["id"] for e in entries.values()} == {"totp"}


def test_somebody_elses_factor_is_not_found(desk: DeskUnderTest) -> None:
    """Neither shown nor removed, word for word like one that does not exist."""
    agent, viewer = desk.browser("agent"), desk.browser("viewer")
    enrolled(desk, agent)
    [row] = agent.get(FACTORS_PATH).json["items"]

    foreign = viewer.send("DELETE", f"{FACTORS_PATH}/{row['id']}")
    missing = viewer.send("DELETE", f"{FACTORS_PATH}/f_{'0' * 26}")

    assert viewer.get(FACTORS_PATH).json["items"] == []
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json | {"request_id": ""} == missing.json | {"request_id": ""}
    assert len(desk.documents(FACTORS)) == 1


# Recovery codes


def test_each_recovery_code_is_good_once(desk: DeskUnderTest) -> None:
    """All ten work, as typed by hand, none twice; then there are none, and none is asked for."""
    administrator = desk.browser("administrator")
    codes = recovery_codes(administrator)
    used = [recover(half(desk, "administrator"), code.lower()).status_code for code in codes[:9]]
    again = recover(half(desk, "administrator"), codes[0])
    left = [row["left"] for row in administrator.get(FACTORS_PATH).json["items"]]
    last = recover(half(desk, "administrator"), codes[9])

    assert used == [200] * 9
    assert outcome(again) == "factor.wrong_code"
    assert left == [1]
    assert last.status_code == 200
    assert needs(half(desk, "administrator")) == ["email_otp"]


def test_new_recovery_codes_end_those_before(desk: DeskUnderTest) -> None:
    """Only the newest set works."""
    administrator = desk.browser("administrator")
    before = recovery_codes(administrator)
    after = recovery_codes(administrator)

    assert outcome(recover(half(desk, "administrator"), before[0])) == "factor.wrong_code"
    assert recover(half(desk, "administrator"), after[0]).status_code == 200


def test_a_recovery_code_at_many_places_at_once_opens_one_session(desk: DeskUnderTest) -> None:
    """Of fifty browsers with the same code, one gets in, and one code is used up."""
    administrator = desk.browser("administrator")
    codes = recovery_codes(administrator)
    browsers = [half(desk, "administrator") for _ in range(50)]

    outcomes = at_once(50, lambda: recover(browsers.pop(), codes[0]))

    assert outcomes["200"] == 1
    assert set(outcomes) <= {"200", "factor.wrong_code", "sign_in.too_many_attempts"}
    assert [row["left"] for row in administrator.get(FACTORS_PATH).json["items"]] == [9]


def test_wrong_recovery_codes_are_throttled_and_recorded(desk: DeskUnderTest) -> None:
    """Five in a quarter of an hour; the log has each, and of the many after them one."""
    codes = recovery_codes(desk.browser("administrator"))
    browser = half(desk, "administrator")

    outcomes = [outcome(recover(browser, "0" * 26)) for _ in range(9)]

    assert outcomes == ["factor.wrong_code"] * 5 + ["sign_in.too_many_attempts"] * 4
    desk.settle()
    reasons = Counter(e["reason"] for e in desk.audit() if e["action"] == "factor.refused")
    assert reasons == {"factor.wrong_code": 5, "sign_in.too_many_attempts": 1}
    assert all(code not in str(desk.audit()) for code in codes)


def test_recovery_codes_are_stored_as_hashes(desk: DeskUnderTest) -> None:
    """Nothing that the store holds signs anybody in."""
    codes = recovery_codes(desk.browser("administrator"))

    stored = str([list(file.dump()) for file in desk.files.values()])

    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


# Step-up


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/totp", None),
        ("POST", "/totp/confirm", {"code": "000000"}),
        ("POST", "/recovery_codes", None),
        ("DELETE", f"/f_{'0' * 26}", None),
    ],
)
def test_changing_factors_needs_a_fresh_proof(
    desk: DeskUnderTest, method: str, path: str, body: Any
) -> None:
    """Ten minutes after the sign-in a found-open browser can change nothing; the password opens it again."""
    agent = desk.browser("agent")
    wait(desk, 10 * MINUTE + 1)

    stale = agent.send(method, FACTORS_PATH + path, body)
    thief = agent.twin()
    fresh = agent.send("POST", "/api/session/step_up", {"password": desk.people["agent"][1]})

    assert (stale.status_code, stale.json["code"]) == (403, "step_up.required")
    assert (fresh.status_code, fresh.json["needs"]) == (200, [])
    assert agent.send(method, FACTORS_PATH + path, body).status_code != 403
    assert thief.get("/api/session/").status_code == 401


def test_who_has_an_app_steps_up_with_it(desk: DeskUnderTest) -> None:
    """The password alone is then not enough, and the page can say what is."""
    agent = desk.browser("agent")
    app = enrolled(desk, agent)
    wait(desk, 11 * MINUTE)

    with_password = agent.send(
        "POST", "/api/session/step_up", {"password": desk.people["agent"][1]}
    )

    assert agent.get("/api/session/").json["step_up"] == ["totp"]
    assert outcome(with_password) == "factor.not_available"
    assert prove(agent, app.code()).status_code == 200
    assert agent.send("POST", f"{FACTORS_PATH}/recovery_codes").status_code == 201


def test_wrong_passwords_of_a_step_up_are_throttled(desk: DeskUnderTest) -> None:
    """A stolen session does not guess the password."""
    agent = desk.browser("agent")

    answers = [agent.send("POST", "/api/session/step_up", {"password": "guess"}) for _ in range(6)]

    assert [outcome(a) for a in answers] == ["step_up.wrong_password"] * 5 + [
        "sign_in.too_many_attempts"
    ]
    assert agent.get("/api/session/").status_code == 200
