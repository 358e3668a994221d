"""Signing in and out, and how long a session lives."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from types import FrameType
from typing import Any

import pytest

from shared import ids
from shared.domain.people import SESSIONS, USERS
from tests.desk import DeskUnderTest, mail
from tests.stopped_clock import StoppedClock

MINUTE = 60.0
HOUR = 60 * MINUTE


def sign_in(desk: DeskUnderTest, email: str, password: str) -> Any:
    """Try these credentials."""
    return desk.browser().send("POST", "/api/session/", {"email": email, "password": password})


def change(desk: DeskUnderTest, who: str, /, **changes: Any) -> None:
    """Change a person's document, as another administrator would."""
    id = ids.derived_id(ids.USER, "demo", desk.people[who][0])
    desk.app().store.transact(lambda tx: tx.update(USERS, id, changes))


def wait(desk: DeskUnderTest, seconds: float) -> None:
    """Let time pass."""
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(seconds)


@contextmanager
def counted(desk: DeskUnderTest) -> Iterator[dict[str, int]]:
    """Count what is read, written, published and hashed."""
    work: dict[str, int] = {}
    hashes = []

    def see(_frame: FrameType, event: str, called: Any) -> None:
        if event == "c_call" and called.__name__ in ("checkpw", "hashpw"):
            hashes.append(called.__name__)

    desk.counts.reset()
    sys.setprofile(see)
    try:
        yield work
    finally:
        sys.setprofile(None)
    counts = desk.counts
    work |= {"reads": counts.reads, "writes": counts.writes, "published": counts.published}
    work |= {"hashes": len(hashes)}


# Signing in


def test_the_right_password_opens_a_session(desk: DeskUnderTest) -> None:
    """The answer says who one is and what one may do, and that no factor is left to ask for."""
    email, password = desk.people["agent"]

    answer = sign_in(desk, email, password)

    assert answer.status_code == 200
    assert answer.json["needs"] == []
    user = answer.json["user"]
    assert (user["email"], user["name"], user["role"]) == (email, "Demo Agent", "agent")
    assert "ticket:write" in user["permissions"]
    assert "mailbox:connect" not in user["permissions"]
    assert user["mailbox_ids"] == []


def test_an_address_is_read_in_any_case(desk: DeskUnderTest) -> None:
    """People write their address with capitals and blanks around it."""
    email, password = desk.people["agent"]

    assert sign_in(desk, f"  {email.upper()} ", password).status_code == 200


def test_a_wrong_password_and_an_unknown_address_cannot_be_told_apart(
    desk: DeskUnderTest,
) -> None:
    """Same status, same body, same headers, and the same work: reads, writes, events and hashes."""
    known = desk.people["agent"][0]
    sign_in(desk, known, "warm every cache")
    sign_in(desk, "nobody@example.com", "warm every cache")

    wait(desk, HOUR)  # each in windows of its own: a slot that is taken already is tried in vain
    with counted(desk) as wrong_work:
        wrong = sign_in(desk, known, "wrong password")
    wait(desk, HOUR)
    with counted(desk) as unknown_work:
        unknown = sign_in(desk, "nobody@example.com", "wrong password")

    assert wrong_work["hashes"] == 1
    assert wrong_work == unknown_work
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json | {"request_id": ""} == unknown.json | {"request_id": ""}
    assert wrong.json["code"] == "session.wrong_credentials"
    assert list(wrong.headers) == list(unknown.headers)


def test_a_disabled_person_is_answered_like_a_wrong_password(desk: DeskUnderTest) -> None:
    """Even the right password tells nobody that an account exists and is closed."""
    email, password = desk.people["agent"]
    change(desk, "agent", disabled=True)

    right, wrong = sign_in(desk, email, password), sign_in(desk, email, "wrong")

    assert right.status_code == wrong.status_code == 401
    assert right.json | {"request_id": ""} == wrong.json | {"request_id": ""}


def test_somebody_without_a_password_cannot_sign_in(desk: DeskUnderTest) -> None:
    """An invited person who has set none is answered like a wrong password, after the same work."""
    email, _ = desk.people["agent"]
    sign_in(desk, email, "warm every cache")
    wait(desk, HOUR)
    with counted(desk) as with_password:
        sign_in(desk, email, "x")
    change(desk, "agent", password=None)
    wait(desk, HOUR)

    with counted(desk) as without:
        answer = sign_in(desk, email, "")

    assert answer.json["code"] == "session.wrong_credentials"
    assert without == with_password


def test_a_password_has_a_longest_length(desk: DeskUnderTest) -> None:
    """Over 1,024 characters is refused before any hashing, the same for every address."""
    for email in (desk.people["agent"][0], "nobody@example.com"):
        with counted(desk) as work:
            answer = sign_in(desk, email, "x" * 1025)

        assert (answer.status_code, answer.json["code"]) == (400, "password.too_long")
        assert work["hashes"] == 0


def test_sign_ins_are_in_the_audit_log(desk: DeskUnderTest) -> None:
    """session.created and session.refused stand there, without address or password."""
    email, password = desk.people["agent"]
    sign_in(desk, email, password)
    sign_in(desk, email, "a wrong password")
    sign_in(desk, "nobody@example.com", "a wrong password")

    desk.settle()

    entries = [e for e in desk.audit() if e["action"].startswith("session.")]
    assert sorted(entry["action"] for entry in entries) == [
        "session.created",
        "session.refused",
        "session.refused",
    ]
    for entry in entries:
        assert email not in str(entry)
        assert "wrong password" not in str(entry)
    [created] = [e for e in entries if e["action"] == "session.created"]
    assert (created["actor"]["type"], created["actor"]["role"]) == ("user", "agent")
    refused = [e for e in entries if e["action"] == "session.refused"]
    assert {e["actor"]["type"] for e in refused} == {"anonymous"}
    assert {e["outcome"] for e in refused} == {"failure"}


# The cookie


def test_the_session_cookie_is_out_of_reach(desk: DeskUnderTest) -> None:
    """It is __Host-, Secure, HttpOnly, Strict, for the whole site, without a Domain, and unguessable."""
    administrator = desk.browser()
    answers = [sign_in(desk, *desk.people["agent"]), sign_in(desk, *desk.people["administrator"])]
    email, password = desk.people["administrator"]
    administrator.send("POST", "/api/session/", {"email": email, "password": password})
    administrator.send("POST", "/api/session/email_otp")
    code = {"code": desk.code("administrator")}
    answers.append(administrator.send("POST", "/api/session/email_otp/verify", code))

    cookies = [SimpleCookie(answer.headers.getlist("Set-Cookie")[0]) for answer in answers]
    for cookie in cookies:
        [(name, morsel)] = cookie.items()
        assert name == "__Host-sid"
        assert morsel["secure"]
        assert morsel["httponly"]
        assert morsel["samesite"] == "Strict"
        assert morsel["path"] == "/"
        assert morsel["domain"] == ""
        assert len(morsel.value) == 43  # 32 bytes
    assert cookies[0]["__Host-sid"]["max-age"] == str(24 * 3600)
    assert cookies[1]["__Host-sid"]["max-age"] == str(15 * 60)  # until the code is proved
    assert cookies[2]["__Host-sid"]["max-age"] == str(12 * 3600)


def test_the_store_holds_nothing_that_signs_in(desk: DeskUnderTest) -> None:
    """Neither a session's id nor any member of any document is its cookie."""
    cookie = desk.browser("agent").cookies.partition("=")[2]
    [session_id] = desk.documents(SESSIONS)

    everything = str([list(file.dump()) for file in desk.files.values()])
    assert cookie not in everything

    thief = desk.browser()
    thief._cookies["__Host-sid"] = session_id.removeprefix("s_")
    assert thief.get("/api/session/").status_code == 401


def test_each_sign_in_makes_its_own_cookie(desk: DeskUnderTest) -> None:
    """A cookie that a browser came with is never taken over (session fixation)."""
    planted = desk.browser()
    planted._cookies["__Host-sid"] = "A" * 43
    email, password = desk.people["agent"]

    planted.send("POST", "/api/session/", {"email": email, "password": password})

    thief = desk.browser()
    thief._cookies["__Host-sid"] = "A" * 43
    assert planted.get("/api/session/").status_code == 200
    assert thief.get("/api/session/").status_code == 401


# How long it lives


@pytest.mark.parametrize(
    ("role", "idle", "absolute"),
    [
        ("administrator", 30 * MINUTE, 12 * HOUR),
        ("auditor", 30 * MINUTE, 12 * HOUR),
        ("supervisor", 60 * MINUTE, 24 * HOUR),
        ("agent", 60 * MINUTE, 24 * HOUR),
        ("viewer", 60 * MINUTE, 24 * HOUR),
    ],
)
def test_a_session_ends_unused_and_at_its_limit(
    desk: DeskUnderTest, role: str, idle: float, absolute: float
) -> None:
    """A session dies after its idle time, and used all day long at its absolute limit."""
    unused, used, lazy = desk.browser(role), desk.browser(role), desk.browser(role)
    elapsed = 0.0

    wait(desk, idle - 1)
    assert lazy.get("/api/session/").status_code == 200
    assert used.get("/api/session/").status_code == 200
    wait(desk, 1)
    expired = unused.get("/api/session/")
    assert (expired.status_code, expired.json["code"]) == (401, "session.expired")
    elapsed = idle
    while elapsed + 20 * MINUTE < absolute:
        wait(desk, 20 * MINUTE)
        elapsed += 20 * MINUTE
        assert used.get("/api/session/").status_code == 200
    wait(desk, absolute - elapsed - 1)
    assert used.get("/api/session/").status_code == 200
    wait(desk, 1)
    assert used.get("/api/session/").status_code == 401


def test_a_session_is_written_at_most_every_five_minutes(desk: DeskUnderTest) -> None:
    """Clicking around costs no writes."""
    agent = desk.browser("agent")
    agent.get("/api/session/")
    desk.counts.reset()

    for _ in range(10):
        wait(desk, 29)
        agent.get("/api/session/")
    assert desk.counts.writes == 0

    wait(desk, 10)
    agent.get("/api/session/")
    agent.get("/api/session/")
    assert desk.counts.writes == 1


def test_signing_out_ends_the_session(desk: DeskUnderTest) -> None:
    """The document goes, the cookie goes, the copy of a thief is worthless, and the log says so."""
    agent = desk.browser("agent")
    thief = agent.twin()

    answer = agent.send("DELETE", "/api/session/")

    assert answer.status_code == 204
    [cookie] = SimpleCookie(answer.headers["Set-Cookie"]).values()
    assert (cookie.value, cookie["max-age"], cookie["path"]) == ("", "0", "/")
    assert '"storage"' in answer.headers["Clear-Site-Data"]
    assert desk.documents(SESSIONS) == {}
    assert thief.get("/api/session/").status_code == 401
    desk.settle()
    assert "session.ended" in [entry["action"] for entry in desk.audit()]


def test_signing_out_leaves_the_other_sessions(desk: DeskUnderTest) -> None:
    """One's other browser, and everybody else, stay signed in."""
    phone, laptop, colleague = desk.browser("agent"), desk.browser("agent"), desk.browser("viewer")

    phone.send("DELETE", "/api/session/")

    assert laptop.get("/api/session/").status_code == 200
    assert colleague.get("/api/session/").status_code == 200


def test_signing_out_twice_is_refused_quietly(desk: DeskUnderTest) -> None:
    """The second time nobody is signed in."""
    agent = desk.browser("agent")
    agent.send("DELETE", "/api/session/")

    assert agent.send("DELETE", "/api/session/").status_code == 401


# What changes meanwhile


@pytest.mark.parametrize(
    "changes",
    [{"disabled": True}, {"session_epoch": 1}, {"role": "nothing that exists"}],
    ids=["disabled", "all sessions ended", "unknown role"],
)
def test_a_person_who_lost_access_loses_it_at_the_next_request(
    desk: DeskUnderTest, changes: dict[str, Any]
) -> None:
    """There is no cache between a change of a person and the door."""
    agent = desk.browser("agent")
    assert agent.get("/api/tickets/").status_code == 200

    change(desk, "agent", **changes)

    assert agent.get("/api/tickets/").status_code == 401


def test_a_new_role_counts_at_the_next_request(desk: DeskUnderTest) -> None:
    """A demoted administrator connects no mailbox; a promoted agent proves a second factor first."""
    administrator, agent = desk.browser("administrator"), desk.browser("agent")
    change(desk, "administrator", role="agent")
    change(desk, "agent", role="administrator")

    refused = administrator.send("POST", "/api/oauth/start", {"intent": "add"})
    too_early = agent.send("POST", "/api/oauth/start", {"intent": "add"})
    desk.prove(agent, "agent")
    allowed = agent.send("POST", "/api/oauth/start", {"intent": "add"})

    assert refused.status_code == 403
    assert (too_early.status_code, too_early.json["code"]) == (401, "session.incomplete")
    assert allowed.status_code == 200


def test_a_promotion_shortens_the_session(desk: DeskUnderTest) -> None:
    """The limits are those of the role that one has now."""
    agent = desk.browser("agent")
    change(desk, "agent", role="administrator")

    wait(desk, 45 * MINUTE)

    assert agent.get("/api/session/").status_code == 401


def test_leaving_a_mailbox_counts_at_the_next_request(desk: DeskUnderTest) -> None:
    """Who is no member any more sees the tickets no more."""
    desk.connect()
    desk.deliver(mail())
    agent = desk.browser("agent")
    assert len(agent.get("/api/tickets/").json["items"]) == 1

    change(desk, "agent", mailbox_ids=[])

    assert agent.get("/api/tickets/").json["items"] == []
