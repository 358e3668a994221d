"""Passwords: changed with the one before, reset by mail, brought along from another installation."""

from __future__ import annotations

import threading
from typing import Any

import bcrypt
import pytest
from werkzeug.test import TestResponse

from shared import codec, ids
from shared.auth import passwords
from shared.domain.people import CHALLENGES, USERS
from shared.errors import Unavailable
from tests.desk import SUPPORT, DeskBrowser, DeskUnderTest
from tests.functional.test_people import PASSWORD, actions, choose, sign_in, token_of
from tests.functional.test_sessions import counted
from tests.stopped_clock import StoppedClock

AGENT = "agent@example.com"
HOUR = 3600.0


def ask(desk: DeskUnderTest, email: str) -> TestResponse:
    """Ask for a link to a new password."""
    return desk.browser().send("POST", "/api/account/password/reset", {"email": email})


def reset_token(desk: DeskUnderTest, email: str = AGENT) -> str:
    """Ask for a link, let it be sent, and read it."""
    assert ask(desk, email).status_code == 202
    desk.settle()
    return token_of(desk, email, "password_reset")


def change(browser: DeskBrowser, current: str, password: str = PASSWORD) -> TestResponse:
    """Change one's password."""
    body = {"current": current, "password": password}
    return browser.send("POST", "/api/account/password", body)


def mails(desk: DeskUnderTest) -> int:
    """Return how many mails the desk itself has sent."""
    return len(list((desk.desk.home / "system_mail").glob("*.eml")))


# Resetting


def test_a_new_password_is_chosen_by_mail(desk: DeskUnderTest) -> None:
    """The link is good once; the old password and every session are gone, and the person is told."""
    before = desk.browser("agent")
    token = reset_token(desk)

    chosen, again = (choose(desk, token, kind="password_reset") for _ in range(2))

    assert (chosen.status_code, chosen.data) == (204, b"")
    assert "Set-Cookie" not in chosen.headers
    assert again.status_code == 404
    assert before.get("/api/session/").status_code == 401
    assert sign_in(desk, *desk.people["agent"]).status_code == 401
    assert sign_in(desk, AGENT, PASSWORD).status_code == 200
    assert actions(desk) == [
        ("link.refused", "failure", "link.not_found"),
        ("password.reset", "success", None),
        ("password.reset_asked", "success", None),
    ]
    mails = [mail.read_text("utf-8") for mail in (desk.desk.home / "system_mail").glob("*.eml")]
    told = [mail for mail in mails if "Subject: Your password at Example Desk was changed" in mail]
    assert [f"To: {AGENT}" in mail for mail in told] == [True]


def test_a_reset_passes_over_no_second_factor(desk: DeskUnderTest) -> None:
    """An administrator with a new password still owes the code."""
    token = reset_token(desk, "administrator@example.com")

    choose(desk, token, kind="password_reset")

    signed_in = sign_in(desk, "administrator@example.com", PASSWORD)
    assert signed_in.json["needs"] == ["email_otp"]


def test_asking_tells_nobody_whether_there_is_an_account(desk: DeskUnderTest) -> None:
    """Known, unknown, disabled, invited, in capitals: same status, body, headers, reads, writes, events."""
    id = ids.derived_id(ids.USER, "demo", "viewer@example.com")
    desk.app().store.transact(lambda tx: tx.update(USERS, id, {"disabled": True}))
    id = ids.derived_id(ids.USER, "demo", "auditor@example.com")
    desk.app().store.transact(lambda tx: tx.update(USERS, id, {"password": None}))
    ask(desk, "warm@example.net")
    asked, work = [], []

    for email in (
        AGENT,
        "nobody@example.net",
        "viewer@example.com",
        "auditor@example.com",
        "",
        "x",
    ):
        with counted(desk) as done:
            asked.append(ask(desk, email))
        work.append(done)

    assert {answer.status_code for answer in asked} == {202}
    assert len({answer.data for answer in asked}) == 1
    assert len({tuple(answer.headers) for answer in asked}) == 1
    assert work == [work[0]] * len(work)
    assert work[0]["hashes"] == 0
    desk.settle()
    assert mails(desk) == 1
    reasons = [reason for action, _, reason in actions(desk) if action == "password.reset_asked"]
    assert sorted(map(str, reasons)) == ["None"] + ["user.not_found"] * 6


def test_an_address_is_not_flooded_and_the_limit_tells_nothing(desk: DeskUnderTest) -> None:
    """Three links an hour, and a fourth asking is refused alike for an address that is nobody's."""
    known, unknown = (
        [ask(desk, email) for _ in range(4)] for email in (AGENT, "nobody@example.net")
    )
    desk.settle()

    assert [a.status_code for a in known] == [a.status_code for a in unknown]
    assert [a.status_code for a in known] == [202, 202, 202, 429]
    assert known[3].json | {"request_id": ""} == unknown[3].json | {"request_id": ""}
    assert mails(desk) == 3
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(HOUR)
    assert ask(desk, AGENT).status_code == 202


def test_a_reset_link_ends_after_an_hour(desk: DeskUnderTest) -> None:
    """Not a second later than its mail says."""
    token = reset_token(desk)
    assert isinstance(desk.clock, StoppedClock)

    desk.clock.advance(HOUR)

    assert choose(desk, token, kind="password_reset").status_code == 404
    assert sign_in(desk, *desk.people["agent"]).status_code == 200


def test_only_the_newest_reset_link_counts(desk: DeskUnderTest) -> None:
    """Asking again makes the first link worthless, and nothing of it stays stored."""
    first, second = reset_token(desk), reset_token(desk)

    assert choose(desk, first, kind="password_reset").status_code == 404
    assert len(desk.documents(CHALLENGES)) == 1
    assert choose(desk, second, kind="password_reset").status_code == 204
    assert desk.documents(CHALLENGES) == {}


def test_a_link_tried_many_times_at_once_counts_once(desk: DeskUnderTest) -> None:
    """Of twenty tries at the same moment one sets its password, and the others find no link."""
    token = reset_token(desk)
    answers: list[tuple[int, str]] = []

    def attempt(number: int) -> None:
        password = f"{PASSWORD} number {number}"
        status = choose(desk, token, password, "password_reset").status_code
        answers.append((status, password))

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    [winner] = [password for status, password in answers if status == 204]
    assert {status for status, _ in answers} <= {204, 404, 503}
    assert sign_in(desk, AGENT, winner).status_code == 200


def test_changing_the_password_makes_a_reset_link_worthless(desk: DeskUnderTest) -> None:
    """A link that lies in a mailbox somewhere does not outlive the password that it was to replace."""
    token = reset_token(desk)
    assert change(desk.browser("agent"), desk.people["agent"][1]).status_code == 204

    assert choose(desk, token, kind="password_reset").status_code == 404


def test_no_link_goes_to_an_address_that_the_desk_reads(desk: DeskUnderTest) -> None:
    """A person whose address became a mailbox of the desk gets no link that an agent could read."""
    from local import seed

    seed._create(desk.desk, "agent", SUPPORT, "a password")
    desk.connect()

    ask(desk, SUPPORT)
    desk.settle()

    assert (
        "password.reset_asked",
        "failure",
        "email_otp.address_is_a_mailbox",
    ) in actions(desk)


def test_a_link_waits_for_the_mail_server(desk: DeskUnderTest) -> None:
    """While the server does not answer it is tried again, later and later, and given up after an hour."""

    class Broken:
        tries = 0

        def sender(self) -> str:
            return "desk@example.com"

        def send(self, *_: object) -> None:
            Broken.tries += 1
            raise Unavailable("smtp.unavailable")

    vars(desk.desk.app("send_password_reset"))["smtp"] = Broken()
    ask(desk, AGENT)
    assert isinstance(desk.clock, StoppedClock)

    for _ in range(70):
        desk.settle()
        desk.clock.advance(60)

    assert Broken.tries == 6
    assert ("password.reset_asked", "failure", "smtp.unavailable") in actions(desk)


# Changing


def test_a_password_is_changed_with_the_one_before(desk: DeskUnderTest) -> None:
    """The browser that changed it stays signed in, under a new cookie; every other session ends."""
    here, elsewhere = desk.browser("agent"), desk.browser("agent")
    stolen = here.twin()

    answer = change(here, desk.people["agent"][1])

    assert answer.status_code == 204
    assert here.get("/api/session/").status_code == 200
    assert elsewhere.get("/api/session/").status_code == 401
    assert stolen.get("/api/session/").status_code == 401
    assert sign_in(desk, *desk.people["agent"]).status_code == 401
    assert sign_in(desk, AGENT, PASSWORD).status_code == 200
    assert actions(desk) == [("password.changed", "success", None)]


def test_a_wrong_current_password_changes_nothing(desk: DeskUnderTest) -> None:
    """Five tries in ten minutes, each recorded, then a wait; the right one is not let in either."""
    browser = desk.browser("agent")

    answers = [change(browser, "not that") for _ in range(5)]
    throttled = change(browser, desk.people["agent"][1])

    assert {(a.status_code, a.json["code"]) for a in answers} == {(400, "password.wrong")}
    assert (throttled.status_code, throttled.headers["Retry-After"] != "") == (429, True)
    assert sign_in(desk, *desk.people["agent"]).status_code == 200
    assert actions(desk).count(("password.changed", "failure", "password.wrong")) == 5


def test_a_weak_password_is_refused_with_the_rule(desk: DeskUnderTest) -> None:
    """The organisation's and one's own name are what is guessed first."""
    browser, current = desk.browser("agent"), desk.people["agent"][1]

    codes = [
        change(browser, current, weak).json["code"]
        for weak in ("short", "agent@example.com", "Example Desk 1", "p\ud800")
    ]

    assert codes == [
        "password.too_short",
        "password.contains_context",
        "password.contains_context",
        "password.too_short",
    ]


@pytest.mark.parametrize("length", [64, 73, 1024])
def test_every_character_of_a_long_password_counts(desk: DeskUnderTest, length: int) -> None:
    """The 72 bytes that bcrypt reads are no limit of the product."""
    browser = desk.browser("agent")
    long = ("quiet walks by the canal " * 60)[: length - 2] + "é1"

    assert change(browser, desk.people["agent"][1], long).status_code == 204

    assert sign_in(desk, AGENT, long).status_code == 200
    assert sign_in(desk, AGENT, long[:-1] + "2").status_code == 401


# Brought along


def bring(desk: DeskUnderTest, password: bytes, prefix: bytes = b"2y") -> None:
    """Give the demo's agent the hash that PHP makes of a password: of its first 72 bytes."""
    hashed = bcrypt.hashpw(password[:72], bcrypt.gensalt(4)).replace(b"$2b$", b"$" + prefix + b"$")
    stored: Any = codec.to_document(passwords.imported(hashed.decode()))
    id = ids.derived_id(ids.USER, "demo", AGENT)
    desk.app().store.transact(lambda tx: tx.update(USERS, id, {"password": stored}))


def stored_hash(desk: DeskUnderTest) -> Any:
    """Return what is stored of the agent's password."""
    return desk.documents(USERS)[ids.derived_id(ids.USER, "demo", AGENT)]["password"]


@pytest.mark.parametrize("prefix", [b"2y", b"2b", b"2a"])
def test_a_laravel_hash_signs_in_and_is_replaced(desk: DeskUnderTest, prefix: bytes) -> None:
    """The password goes on, and from its first use is stored as every other."""
    bring(desk, b"an old password", prefix)

    wrong, right = sign_in(desk, AGENT, "another"), sign_in(desk, AGENT, "an old password")

    assert (wrong.status_code, right.status_code) == (401, 200)
    assert stored_hash(desk)["scheme"] == "bcrypt-hmac-sha384"
    assert sign_in(desk, AGENT, "an old password").status_code == 200


def test_a_laravel_hash_knows_72_bytes_and_its_replacement_all(desk: DeskUnderTest) -> None:
    """As under PHP what follows is not looked at, once; then the whole password counts."""
    old = "a" * 80
    bring(desk, old.encode())

    assert sign_in(desk, AGENT, old).status_code == 200
    assert sign_in(desk, AGENT, "a" * 72).status_code == 401
    assert sign_in(desk, AGENT, old).status_code == 200


def test_a_wrong_password_replaces_no_hash(desk: DeskUnderTest) -> None:
    """Neither a wrong one nor one with NUL, which PHP refuses, changes what is stored."""
    bring(desk, b"an old password")
    before = stored_hash(desk)

    for wrong in ("another", "an old password\0", ""):
        assert sign_in(desk, AGENT, wrong).status_code == 401

    assert stored_hash(desk) == before


@pytest.mark.parametrize("text", ["", "x", "$2y$12$short", "$2x$10$" + "a" * 53, "$1$" + "a" * 57])
def test_what_is_no_hash_of_php_is_not_brought_along(text: str) -> None:
    """An import names what it cannot take, in place of an account that can never be signed in to."""
    with pytest.raises(ValueError, match="not a bcrypt hash"):
        passwords.imported(text)
