"""Guessing passwords: how often, from where, and who is not locked out by it."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from threading import Barrier
from typing import Any

from werkzeug.test import Client, TestResponse

from shared.errors import Unavailable
from tests.desk import DeskBrowser, DeskUnderTest
from tests.stopped_clock import StoppedClock

MINUTE = 60.0
PATH = "/api/session/"


class BrokenSmtp:
    """A mail server that does not answer."""

    def sender(self) -> str:
        return "desk@example.com"

    def send(self, *_: object) -> None:
        raise Unavailable("smtp.unavailable")


class Elsewhere(DeskBrowser):
    """A browser in another network."""

    def __init__(self, desk: DeskUnderTest, address: str) -> None:
        super().__init__(desk.front)

        def application(environ, start_response):  # type: ignore[no-untyped-def]
            return desk.front({**environ, "REMOTE_ADDR": address}, start_response)

        self._client = Client(application, use_cookies=False)


def attempt(browser: DeskBrowser, email: str, password: str = "a guess") -> TestResponse:
    """Try to sign in."""
    return browser.send("POST", PATH, {"email": email, "password": password})


def wait(desk: DeskUnderTest, seconds: float) -> None:
    """Let time pass."""
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(seconds)


def statuses(answers: list[TestResponse]) -> list[int]:
    """Return the statuses."""
    return [answer.status_code for answer in answers]


def test_one_network_gets_five_guesses_at_an_account(desk: DeskUnderTest) -> None:
    """The sixth is refused with the time to wait, the right password too; then it goes on."""
    email, password = desk.people["agent"]

    guesses = statuses([attempt(desk.browser(), email) for _ in range(6)])
    right = attempt(desk.browser(), email, password)
    wait(desk, float(right.headers["Retry-After"]))

    assert guesses == [401] * 5 + [429]
    assert (right.status_code, right.json["code"]) == (429, "sign_in.too_many_attempts")
    assert attempt(desk.browser(), email, password).status_code == 200


def test_an_account_gets_twenty_guesses_from_everywhere(desk: DeskUnderTest) -> None:
    """A botnet of many networks is stopped too, for a quarter of an hour at most."""
    email, _ = desk.people["agent"]

    guesses = [attempt(Elsewhere(desk, f"198.51.{n}.7"), email) for n in range(22)]

    assert statuses(guesses) == [401] * 20 + [429] * 2
    assert int(guesses[-1].headers["Retry-After"]) <= 15 * MINUTE


def test_one_network_does_not_lock_an_account_for_the_others(desk: DeskUnderTest) -> None:
    """However often one stranger tries, the owner signs in from anywhere else, known there or not."""
    email, password = desk.people["agent"]

    for _ in range(3):
        for _ in range(30):
            attempt(desk.browser(), email)
        wait(desk, 5 * MINUTE - 1)

    assert attempt(Elsewhere(desk, "203.0.113.7"), email, password).status_code == 200


def test_a_known_device_is_not_locked_out_by_strangers(desk: DeskUnderTest) -> None:
    """Who has signed in here before does so again, while strangers use up the account's guesses."""
    email, password = desk.people["agent"]
    laptop = Elsewhere(desk, "203.0.113.7")
    assert attempt(laptop, email, password).status_code == 200
    for number in range(22):
        attempt(Elsewhere(desk, f"198.51.{number}.7"), email)

    stranger = attempt(Elsewhere(desk, "192.0.2.7"), email, password)
    known = attempt(laptop, email, password)
    others = attempt(laptop, desk.people["viewer"][0], "a guess")

    assert stranger.status_code == 429
    assert known.status_code == 200
    assert others.status_code == 401  # known for one account only


def test_a_known_device_does_not_guess_for_ever(desk: DeskUnderTest) -> None:
    """Stolen, its cookie gives as many guesses as anybody has, and no more."""
    email, password = desk.people["agent"]
    laptop = desk.browser()
    attempt(laptop, email, password)

    guesses = statuses([attempt(laptop, email) for _ in range(6)])

    assert guesses == [401] * 5 + [429]


def test_a_device_is_known_once_everything_was_proved(desk: DeskUnderTest) -> None:
    """A password alone leaves no such cookie where a second factor is asked for."""
    half = attempt(desk.browser(), *desk.people["administrator"])
    whole = attempt(desk.browser(), *desk.people["agent"])

    assert "__Host-device" not in str(half.headers.getlist("Set-Cookie"))
    [text] = [c for c in whole.headers.getlist("Set-Cookie") if "device" in c]
    [(name, morsel)] = SimpleCookie(text).items()
    assert name == "__Host-device"
    assert morsel["secure"]
    assert morsel["httponly"]
    assert morsel["samesite"] == "Strict"


def test_a_browser_that_is_new_is_told_of_by_mail(desk: DeskUnderTest) -> None:
    """Once for each browser and person; what that browser is, or where, stands in no mail."""
    email, password = desk.people["agent"]
    laptop, phone = desk.browser(), desk.browser()

    for browser in (laptop, laptop, phone, laptop, phone):
        attempt(browser, email, password)

    mails = [m.read_text() for m in (desk.desk.home / "system_mail").glob("*.eml")]
    assert [f"To: {email}" in mail for mail in mails] == [True, True]
    assert all("new sign-in" in mail and "2026-01-05 09:00" in mail for mail in mails)


def test_a_mail_that_cannot_be_sent_keeps_nobody_out(desk: DeskUnderTest) -> None:
    """The notice is a courtesy: without it the sign-in is as it was."""
    app: Any = desk.desk.app("session")
    app.__dict__["smtp"] = BrokenSmtp()

    assert attempt(desk.browser(), *desk.people["agent"]).status_code == 200


def test_a_network_gets_fifty_guesses_at_all_accounts(desk: DeskUnderTest) -> None:
    """One password against many addresses is stopped too; the next network is not."""
    guesses = [attempt(desk.browser(), f"person{number}@example.com") for number in range(52)]

    elsewhere = attempt(Elsewhere(desk, "203.0.113.7"), *desk.people["agent"])

    assert statuses(guesses) == [401] * 50 + [429] * 2
    assert elsewhere.status_code == 200


def test_right_passwords_are_not_counted(desk: DeskUnderTest) -> None:
    """An office behind one address signs in all morning."""
    answers = [attempt(desk.browser(), *desk.people["agent"]) for _ in range(60)]

    assert set(statuses(answers)) == {200}


def test_many_guesses_at_once_are_five(desk: DeskUnderTest) -> None:
    """Fifty at the same moment from one network: five passwords are compared."""
    email, _ = desk.people["agent"]
    barrier = Barrier(50)

    def one(_: int) -> int:
        browser = desk.browser()
        barrier.wait()
        return attempt(browser, email).status_code

    with ThreadPoolExecutor(50) as pool:
        outcomes = Counter(pool.map(one, range(50)))

    assert outcomes == {401: 5, 429: 45}


def test_being_throttled_tells_nothing_of_the_account(desk: DeskUnderTest) -> None:
    """A known and an unknown address are refused at the same guess, in the same words."""
    known, unknown = desk.people["agent"][0], "nobody@example.com"

    first = [attempt(desk.browser(), known) for _ in range(7)]
    second = [attempt(desk.browser(), unknown) for _ in range(7)]

    for one, other in zip(first, second, strict=True):
        assert one.status_code == other.status_code
        assert one.json | {"request_id": ""} == other.json | {"request_id": ""}
        assert dict(one.headers) == dict(other.headers)


def test_throttled_guesses_do_not_fill_the_audit_log(desk: DeskUnderTest) -> None:
    """Each guess that was compared is there, and of those that were refused unseen one in a window."""
    email, _ = desk.people["agent"]

    for _ in range(20):
        attempt(desk.browser(), email)

    desk.settle()
    reasons = Counter(e["reason"] for e in desk.audit() if e["action"] == "session.refused")
    assert reasons == {"session.wrong_credentials": 5, "sign_in.too_many_attempts": 1}


def test_the_network_is_that_of_our_edge_not_the_clients_word(desk: DeskUnderTest) -> None:
    """A header that a client writes itself gives no fresh guesses."""
    email, _ = desk.people["agent"]

    guesses = [
        desk.browser().send(
            "POST", PATH, {"email": email, "password": "a guess"}, x_forwarded_for=f"192.0.2.{n}"
        )
        for n in range(6)
    ]

    assert statuses(guesses) == [401] * 5 + [429]
