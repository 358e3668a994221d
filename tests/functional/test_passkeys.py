"""Passkeys: enrolled, proved as a factor, signed in with, and every lie that is refused."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared import ids
from shared.domain.people import CHALLENGES, FACTORS, SESSIONS, USERS
from tests.desk import DeskBrowser, DeskUnderTest
from tests.software_authenticator import USER_PRESENT, SoftwareAuthenticator
from tests.stopped_clock import StoppedClock

HOST = "localhost:8080"  # WebAuthn knows no IP addresses
MINUTE = 60.0


def options(browser: DeskBrowser, path: str = "/api/session/passkey/options") -> Any:
    """Begin a ceremony; return what the page would hand to the browser's WebAuthn."""
    answer = browser.send("POST", path, host=HOST)
    assert answer.status_code == 200, answer.data
    return answer.json


def enrol(browser: DeskBrowser, key: SoftwareAuthenticator, name: str = "My key") -> TestResponse:
    """Enrol a passkey."""
    made = key.create(options(browser, "/api/account/factors/passkeys/options"))
    body = {"name": name, "credential": made}
    return browser.send("POST", "/api/account/factors/passkeys", body, host=HOST)


def enrolled(desk: DeskUnderTest, role: str = "agent") -> SoftwareAuthenticator:
    """Return somebody's enrolled passkey."""
    key = SoftwareAuthenticator()
    answer = enrol(desk.browser(role), key)
    assert answer.status_code == 201, answer.data
    return key


def verify(browser: DeskBrowser, credential: object) -> TestResponse:
    """Show a credential."""
    return browser.send(
        "POST", "/api/session/passkey/verify", {"credential": credential}, host=HOST
    )


def sign_in(browser: DeskBrowser, key: SoftwareAuthenticator) -> TestResponse:
    """Sign in with a passkey."""
    return verify(browser, key.get(options(browser)))


def half(desk: DeskUnderTest, role: str = "agent") -> DeskBrowser:
    """Return a browser in which the password was given."""
    browser = desk.browser()
    email, password = desk.people[role]
    answer = browser.send("POST", "/api/session/", {"email": email, "password": password})
    assert answer.json["needs"] == ["passkey"]
    return browser


def outcome(answer: TestResponse) -> str:
    """Return the code of the answer's problem, or its status."""
    return answer.json["code"] if answer.status_code >= 400 else str(answer.status_code)


def wait(desk: DeskUnderTest, seconds: float) -> None:
    """Let time pass."""
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(seconds)


def test_a_passkey_signs_in_without_a_password(desk: DeskUnderTest) -> None:
    """It is two factors by itself, so the session is whole, also an administrator's."""
    key = enrolled(desk, "administrator")
    browser = desk.browser()

    answer = sign_in(browser, key)

    assert (answer.status_code, answer.json["needs"]) == (200, [])
    assert answer.json["user"]["email"] == desk.people["administrator"][0]
    assert browser.get("/api/admin/mailboxes").status_code == 200
    assert desk.documents(CHALLENGES) == {}
    desk.settle()
    created = [e for e in desk.audit() if e["action"] == "session.created"]
    assert {entry["reason"] for entry in created} == {"email_otp", "passkey"}


def test_a_passkey_is_asked_for_after_the_password(desk: DeskUnderTest) -> None:
    """As a second factor it completes a half-signed-in session, and it names the keys one has."""
    key = enrolled(desk)
    browser = half(desk)

    asked = options(browser)
    answer = verify(browser, key.get(asked))

    assert [c["id"] for c in asked["allowCredentials"]] == [key.get(asked)["id"]]
    assert asked["userVerification"] == "required"
    assert (answer.status_code, answer.json["needs"]) == (200, [])
    assert browser.get("/api/tickets/").status_code == 200


def test_a_passkey_is_a_step_up(desk: DeskUnderTest) -> None:
    """In a session that is whole and old it opens what needs a fresh proof."""
    browser = desk.browser("agent")
    key = SoftwareAuthenticator()
    enrol(browser, key)
    wait(desk, 11 * MINUTE)
    stale = browser.send("POST", "/api/account/factors/recovery_codes")

    answer = verify(browser, key.get(options(browser)))

    assert outcome(stale) == "step_up.required"
    assert answer.status_code == 200
    assert browser.send("POST", "/api/account/factors/recovery_codes").status_code == 201


def test_what_a_new_passkey_is_asked_for(desk: DeskUnderTest) -> None:
    """Verification by finger or PIN, kept on the device, for this host, not twice on one device."""
    browser = desk.browser("agent")
    enrol(browser, SoftwareAuthenticator())

    asked = options(browser, "/api/account/factors/passkeys/options")

    assert asked["rp"] == {"id": "localhost", "name": "Example Desk"}
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["attestation"] == "none"
    assert len(asked["excludeCredentials"]) == 1
    assert asked["user"]["name"] == desk.people["agent"][0]


LIES: dict[str, Callable[[SoftwareAuthenticator], None]] = {
    "another origin": lambda key: setattr(key, "origin", "https://desk.example.net"),
    "another port": lambda key: setattr(key, "origin", "http://localhost:8081"),
    "another host": lambda key: setattr(key, "rp_id", "example.net"),
    "nobody verified": lambda key: setattr(key, "flags", USER_PRESENT),
    "nobody present": lambda key: setattr(key, "flags", 0),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_enrols_nothing(desk: DeskUnderTest, lie: str) -> None:
    """What a phishing site or a device without verification makes is no passkey of ours."""
    key = SoftwareAuthenticator()
    LIES[lie](key)

    answer = enrol(desk.browser("agent"), key)

    assert (answer.status_code, answer.json["code"]) == (400, "passkey.refused")
    assert desk.documents(FACTORS) == {}


SIGN_IN_LIES = LIES | {
    "a counter that stands": lambda key: setattr(key, "count", key.count - 1),
    "another key": lambda key: setattr(key, "_key", SoftwareAuthenticator()._key),
    "somebody else's handle": lambda key: setattr(key, "user_handle", b"u_" + b"0" * 26),
    "an unknown passkey": lambda key: setattr(key, "credential_id", b"0" * 16),
}


@pytest.mark.parametrize("lie", SIGN_IN_LIES)
def test_a_lie_signs_nobody_in(desk: DeskUnderTest, lie: str) -> None:
    """Neither as a sign-in, always 401, nor as a second factor; the log has both refusals."""
    key = enrolled(desk)
    assert sign_in(desk.browser(), key).status_code == 200  # the counter counts
    liar = copy.copy(key)
    SIGN_IN_LIES[lie](liar)

    alone = sign_in(desk.browser(), liar)
    liar = copy.copy(key)
    SIGN_IN_LIES[lie](liar)
    second = sign_in(half(desk), liar)

    assert (alone.status_code, outcome(alone)) == (401, "passkey.refused")
    assert (second.status_code, outcome(second)) == (400, "passkey.refused")
    desk.settle()
    refused = [e["action"] for e in desk.audit() if e["reason"] == "passkey.refused"]
    assert sorted(refused) == ["factor.refused", "session.refused"]


def test_a_challenge_is_answered_once(desk: DeskUnderTest) -> None:
    """The same answer again, from the same browser, is worth nothing, also after a wrong one."""
    key = enrolled(desk)
    browser = desk.browser()
    answer = key.get(options(browser))
    thief = browser.twin()
    wrong_first = desk.browser()
    right = key.get(options(wrong_first))

    first, again = verify(browser, answer), verify(thief, answer)
    wrong = verify(wrong_first, {"rawId": "AAAA", "response": {}})
    late = verify(wrong_first, right)

    assert first.status_code == 200
    assert [outcome(a) for a in (again, wrong, late)] == ["passkey.refused"] * 3
    assert len(desk.documents(SESSIONS)) == 2  # the one that enrolled, and the first


def test_a_challenge_belongs_to_its_browser_session_and_purpose(desk: DeskUnderTest) -> None:
    """Stolen without its cookie, used in another session, or for another purpose, it is refused."""
    key = enrolled(desk)
    asking, stranger = desk.browser(), desk.browser()
    answer = key.get(options(asking))
    first, second = half(desk), half(desk)
    in_first = key.get(options(first))
    second._cookies["__Host-passkey"] = first._cookies["__Host-passkey"]
    enrolling = desk.browser()
    assert sign_in(enrolling, key).status_code == 200
    for_enrolment = key.get(options(enrolling, "/api/account/factors/passkeys/options"))

    assert outcome(verify(stranger, answer)) == "passkey.refused"
    assert outcome(verify(second, in_first)) == "factor.challenge_over"
    assert outcome(verify(enrolling, for_enrolment)) == "factor.challenge_over"


def test_a_challenge_expires_after_five_minutes(desk: DeskUnderTest) -> None:
    """A ceremony that was begun at lunch does not end after it."""
    key = enrolled(desk)
    early, late = desk.browser(), desk.browser()
    early_answer, late_answer = key.get(options(early)), key.get(options(late))

    wait(desk, 5 * MINUTE - 1)
    in_time = verify(early, early_answer)
    wait(desk, 1)

    assert in_time.status_code == 200
    assert outcome(verify(late, late_answer)) == "passkey.refused"


def test_one_answer_many_times_at_once_opens_one_session(desk: DeskUnderTest) -> None:
    """Of fifty, one gets in."""
    key = enrolled(desk)
    browser = desk.browser()
    answer = key.get(options(browser))
    barrier = Barrier(50)

    def one(_: int) -> str:
        barrier.wait()
        return outcome(verify(browser.twin(), answer))

    with ThreadPoolExecutor(50) as pool:
        outcomes = Counter(pool.map(one, range(50)))

    assert outcomes == {"200": 1, "passkey.refused": 49}


def test_somebody_elses_passkey_proves_nothing_in_ones_session(desk: DeskUnderTest) -> None:
    """A colleague's right passkey does not complete one's own half-signed-in session."""
    enrolled(desk)
    colleagues = enrolled(desk, "viewer")

    assert outcome(sign_in(half(desk), colleagues)) == "passkey.refused"


@pytest.mark.parametrize("changes", [{"disabled": True}, {"factors": []}], ids=str)
def test_a_passkey_of_somebody_without_access_is_refused(
    desk: DeskUnderTest, changes: dict[str, Any]
) -> None:
    """Disabled, or taken away: answered like any wrong passkey."""
    key = enrolled(desk)
    id = ids.derived_id(ids.USER, "demo", desk.people["agent"][0])
    desk.app().store.transact(lambda tx: tx.update(USERS, id, changes))

    answer = sign_in(desk.browser(), key)

    assert (answer.status_code, outcome(answer)) == (401, "passkey.refused")


def test_one_device_is_enrolled_once(desk: DeskUnderTest) -> None:
    """The same credential is refused, for its owner and for anybody else."""
    key = enrolled(desk)

    for role in ("agent", "viewer"):
        browser = desk.browser()
        answer = sign_in(browser, key) if role == "agent" else None
        own = browser if answer is not None else desk.browser(role)
        assert outcome(enrol(own, key)) == "passkey.known"


def test_a_removed_passkey_signs_nobody_in(desk: DeskUnderTest) -> None:
    """The list shows it by its name; once removed it is worth nothing."""
    browser = desk.browser("agent")
    key = SoftwareAuthenticator()
    enrol(browser, key, "  Key on my desk ")
    [row] = browser.get("/api/account/factors").json["items"]

    removed = browser.send("DELETE", f"/api/account/factors/{row['id']}")

    assert (row["kind"], row["name"]) == ("passkey", "Key on my desk")
    assert removed.status_code == 204
    assert outcome(sign_in(desk.browser(), key)) == "passkey.refused"


def test_the_name_of_a_passkey_is_sealed(desk: DeskUnderTest) -> None:
    """Neither name nor credential stands readable in the store."""
    key = SoftwareAuthenticator()
    enrol(desk.browser("agent"), key, "Key of Nora's house")

    stored = str([list(file.dump()) for file in desk.files.values()])

    assert "Nora" not in stored
    assert key.get({"challenge": ""})["id"] not in stored


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\nb", "\u202egnp"])
def test_a_name_is_short_and_printable(desk: DeskUnderTest, name: str) -> None:
    """Empty, long, or with characters that change what is shown: refused."""
    browser = desk.browser("agent")
    body = {"name": name, "credential": {}}

    answer = browser.send("POST", "/api/account/factors/passkeys", body, host=HOST)

    assert (answer.status_code, answer.json["code"]) == (400, "request.invalid_member")


NONSENSE: list[Any] = [
    {},
    {"rawId": None},
    {"rawId": "A" * 5000},
    {"rawId": "é"},
    {"rawId": "AAAA", "response": []},
    {"rawId": "AAAA", "response": {"clientDataJSON": 1}},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": "AAAA"}},
]


@pytest.mark.parametrize("credential", NONSENSE, ids=lambda c: str(c)[:40])
def test_nonsense_is_refused(desk: DeskUnderTest, credential: Any) -> None:
    """Whatever a script sends in the place of a credential, it is a refusal and never an error of ours."""
    enrolled(desk)
    enrolling, signing_in, proving = desk.browser("viewer"), desk.browser(), half(desk)
    options(enrolling, "/api/account/factors/passkeys/options")
    options(signing_in)
    options(proving)
    body = {"name": "A key", "credential": credential}

    made = enrolling.send("POST", "/api/account/factors/passkeys", body, host=HOST)

    assert outcome(made) == "passkey.refused"
    assert outcome(verify(signing_in, credential)) == "passkey.refused"
    assert outcome(verify(proving, credential)) == "passkey.refused"


def test_an_ip_address_is_no_host_for_passkeys(desk: DeskUnderTest) -> None:
    """WebAuthn refuses it, and the answer says where to go."""
    answer = desk.browser().send("POST", "/api/session/passkey/options")

    assert (answer.status_code, answer.json["code"]) == (409, "passkey.needs_localhost")


def test_beginning_for_ever_is_throttled(desk: DeskUnderTest) -> None:
    """A network that begins sign-ins and ends none is stopped; those that end are not counted."""
    key = enrolled(desk)
    for _ in range(60):
        assert sign_in(desk.browser(), key).status_code == 200

    begun = [
        desk.browser().send("POST", "/api/session/passkey/options", host=HOST) for _ in range(51)
    ]

    assert Counter(outcome(answer) for answer in begun) == {
        "200": 50,
        "sign_in.too_many_attempts": 1,
    }
