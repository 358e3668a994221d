"""API tokens: made by a person, for a program, with less than the person's rights and for a time."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from local import system_mail
from tests.desk import SALES, DeskBrowser, DeskUnderTest, mail
from tests.stopped_clock import StoppedClock

PATH = "/api/account/tokens"


def _make(browser: DeskBrowser, *permissions: str, days: int = 30) -> dict[str, Any]:
    body = {"name": "Nightly report", "permissions": list(permissions), "days": days}
    answer = browser.send("POST", PATH, body)
    assert answer.status_code == 201, answer.data
    made: dict[str, Any] = answer.json
    return made


def _with(
    desk: DeskUnderTest,
    token: str,
    path: str,
    method: str = "GET",
    body: object = None,
    **headers: Any,
) -> TestResponse:
    own = {"authorization": f"Bearer {token}", "cookie": None, "sec_fetch_site": None}
    return desk.browser().send(method, path, body, **own | headers)


def _advance(desk: DeskUnderTest, **duration: float) -> None:
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(timedelta(**duration).total_seconds())


def test_a_program_does_what_it_may_and_nothing_else(desk: DeskUnderTest) -> None:
    """A token of ticket:read lists tickets; reading mail and changing tickets are missing permissions."""
    desk.connect()
    desk.deliver(mail())
    [ticket] = desk.tickets()
    token = _make(desk.browser("agent"), "ticket:read")["token"]

    listed = _with(desk, token, "/api/tickets/")
    changed = _with(
        desk, token, f"/api/tickets/{ticket['id']}", "PATCH", {"state": "open"}, if_match='"1"'
    )
    [message] = desk.documents("messages")
    read = _with(desk, token, f"/api/content/messages/{message}")

    assert [row["id"] for row in listed.json["items"]] == [ticket["id"]]
    assert (changed.status_code, changed.json["params"]) == (403, {"permission": "ticket:write"})
    assert (read.status_code, read.json["params"]) == (403, {"permission": "content:read"})


def test_a_program_changes_a_ticket_in_its_persons_name(desk: DeskUnderTest) -> None:
    """No origin and no cookie are needed; the log names the person and which token it was."""
    desk.connect()
    desk.deliver(mail())
    [ticket] = desk.tickets()
    made = _make(desk.browser("agent"), "ticket:read", "ticket:write")

    answer = _with(
        desk,
        made["token"],
        f"/api/tickets/{ticket['id']}",
        "PATCH",
        {"state": "open"},
        if_match='"1"',
    )

    desk.settle()
    assert answer.status_code == 200
    [entry] = [e for e in desk.audit() if e["action"] == "ticket.state_changed"]
    assert entry["actor"]["session"] == made["row"]["id"]


def test_rights_are_what_role_and_token_both_hold_now(desk: DeskUnderTest) -> None:
    """Membership counts at each request; a token never has more than its person."""
    desk.connect()
    sales = desk.connect(SALES, "supervisor")
    desk.deliver(mail(to=SALES), to=SALES)
    agent, supervisor = (
        _make(desk.browser(r), "ticket:read")["token"] for r in ("agent", "supervisor")
    )

    seen = [len(_with(desk, t, "/api/tickets/").json["items"]) for t in (agent, supervisor)]
    hidden = _with(desk, agent, f"/api/tickets/?mailbox_id={sales}")

    assert seen == [0, 1]
    assert hidden.status_code == 404


def test_a_token_is_shown_once_and_kept_as_a_hash(desk: DeskUnderTest) -> None:
    """Neither list, store nor log holds the token or its name in the clear."""
    agent = desk.browser("agent")
    made = _make(agent, "ticket:read")
    _with(desk, made["token"], "/api/tickets/")
    desk.settle()

    [row] = agent.get(PATH).json["items"]
    everything = json.dumps([list(file.dump()) for file in desk.files.values()], default=str)

    assert row["name"] == "Nightly report"
    assert row["permissions"] == ["ticket:read"]
    assert "token" not in row
    for secret in (made["token"], "Nightly report"):
        assert secret not in everything
    assert {"token.created"} <= {e["action"] for e in desk.audit()}


def test_a_revoked_token_is_nobody_at_once(desk: DeskUnderTest) -> None:
    """Its next request is 401, and the log says who revoked it."""
    agent = desk.browser("agent")
    made = _make(agent, "ticket:read")

    revoked = agent.send("DELETE", f"{PATH}/{made['row']['id']}")
    answer = _with(desk, made["token"], "/api/tickets/")

    desk.settle()
    assert revoked.status_code == 204
    assert (answer.status_code, answer.json["code"]) == (401, "token.invalid")
    assert agent.get(PATH).json["items"] == []
    assert "token.revoked" in {e["action"] for e in desk.audit()}


def test_a_token_ends_with_its_time(desk: DeskUnderTest) -> None:
    """A token of one day works for a day."""
    token = _make(desk.browser("agent"), "ticket:read", days=1)["token"]

    _advance(desk, hours=23.9)
    before = _with(desk, token, "/api/tickets/").status_code
    _advance(desk, hours=0.1)
    after = _with(desk, token, "/api/tickets/").status_code

    assert (before, after) == (200, 401)


@pytest.mark.parametrize("ended_by", ["password", "administrator", "disabled"])
def test_what_ends_all_sessions_ends_the_tokens(desk: DeskUnderTest, ended_by: str) -> None:
    """A changed password, an administrator's word and a lost account leave no program behind."""
    agent = desk.browser("agent")
    token = _make(agent, "ticket:read")["token"]
    admin = desk.browser("administrator")
    people = admin.get("/api/admin/people").json["items"]
    [row] = [p for p in people if p["email"] == desk.people["agent"][0]]
    person = f"/api/admin/people/{row['id']}"

    if ended_by == "password":
        change = {"current": desk.people["agent"][1], "password": "a quiet walk by the canal"}
        answer = agent.send("POST", "/api/account/password", change)
    elif ended_by == "administrator":
        answer = admin.send("DELETE", f"{person}/sessions")
    else:
        version = f'"{row["version"]}"'
        answer = admin.send("PATCH", person, {"disabled": True}, if_match=version)

    assert answer.status_code in (200, 204), answer.data
    assert _with(desk, token, "/api/tickets/").status_code == 401


def test_when_a_token_was_used_is_noted_once_an_hour(desk: DeskUnderTest) -> None:
    """One write an hour, however often a program asks."""
    agent = desk.browser("agent")
    token = _make(agent, "ticket:read")["token"]

    _with(desk, token, "/api/tickets/")
    before = desk.counts.writes
    _advance(desk, minutes=59)
    _with(desk, token, "/api/tickets/")
    unchanged = desk.counts.writes
    _advance(desk, minutes=1)
    _with(desk, token, "/api/tickets/")

    assert unchanged == before
    assert desk.counts.writes == before + 1
    [row] = desk.documents("api_tokens").values()
    assert row["seen_at"] == desk.clock.now()


def test_a_token_beside_a_session_is_refused(desk: DeskUnderTest) -> None:
    """Who shows two credentials says two things, also where both are the same person's."""
    agent = desk.browser("agent")
    token = _make(agent, "ticket:read")["token"]

    answer = agent.send("GET", "/api/tickets/", authorization=f"Bearer {token}")

    assert (answer.status_code, answer.json["code"]) == (400, "request.two_credentials")


def test_a_token_beside_any_cookie_is_held_to_the_own_page(desk: DeskUnderTest) -> None:
    """Where a browser's cookies come along, another site's page may have sent the request."""
    token = _make(desk.browser("agent"), "ticket:write")["token"]

    answer = _with(
        desk, token, "/api/tickets/t_1", "PATCH", {"state": "open"},
        cookie="__Host-device=x", sec_fetch_site="cross-site", if_match='"1"',
    )  # fmt: skip

    assert (answer.status_code, answer.json["code"]) == (403, "request.cross_origin")


@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer ", "Bearer cmo_short", "Bearer cmo_" + "A" * 43, "bearer x y", "Bearer é"],
)
def test_what_is_no_token_is_nobody(desk: DeskUnderTest, authorization: str) -> None:
    """Whatever follows the word Bearer, there is nobody, and no page of an error."""
    answer = desk.browser().send("GET", "/api/tickets/", authorization=authorization)

    assert (answer.status_code, answer.json["code"]) == (401, "token.invalid")


def test_another_scheme_is_no_token(desk: DeskUnderTest) -> None:
    """A proxy's own Authorization does not hide a session."""
    agent = desk.browser("agent")

    assert agent.send("GET", "/api/tickets/", authorization="Basic eDp5").status_code == 200


def test_making_and_revoking_need_a_fresh_proof(desk: DeskUnderTest) -> None:
    """A session that was left open makes no token, and takes none away."""
    agent = desk.browser("agent")
    made = _make(agent, "ticket:read")
    _advance(desk, seconds=601)

    create = agent.send("POST", PATH, {"name": "A", "permissions": ["ticket:read"], "days": 1})
    revoke = agent.send("DELETE", f"{PATH}/{made['row']['id']}")

    for answer in (create, revoke):
        assert (answer.status_code, answer.json["code"]) == (403, "step_up.required")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"permissions": []}, "token.permission_not_held"),
        ({"permissions": ["account:self"]}, "token.permission_not_held"),
        ({"permissions": ["webhook:manage"]}, "token.permission_not_held"),
        ({"days": 0}, "token.days_invalid"),
        ({"days": 366}, "token.days_invalid"),
        ({"name": " "}, "token.name_invalid"),
        ({"permissions": ["ticket:burn"]}, "request.not_one_of"),
    ],
)
def test_a_token_that_may_not_be_is_refused(
    desk: DeskUnderTest, changes: dict[str, Any], code: str
) -> None:
    """Rights that one lacks, one's own account, and no or endless time are refused with the reason."""
    body = {"name": "A", "permissions": ["ticket:read"], "days": 1} | changes

    answer = desk.browser("agent").send("POST", PATH, body)

    assert (answer.status_code, answer.json["code"]) == (400, code)
    assert desk.documents("api_tokens") == {}


def test_nobody_sees_or_revokes_anothers_tokens(desk: DeskUnderTest) -> None:
    """Tokens are one's own: to others they do not exist."""
    made = _make(desk.browser("agent"), "ticket:read")
    other = desk.browser("supervisor")

    listed = other.get(PATH).json["items"]
    answer = other.send("DELETE", f"{PATH}/{made['row']['id']}")

    assert listed == []
    assert (answer.status_code, answer.json["code"]) == (404, "token.not_found")
    assert _with(desk, made["token"], "/api/tickets/").status_code == 200


def test_its_person_is_told_by_mail(desk: DeskUnderTest) -> None:
    """Who did not make that token learns of it; the mail holds neither token nor name."""
    agent = desk.browser("agent")
    made = _make(agent, "ticket:read")
    agent.send("DELETE", f"{PATH}/{made['row']['id']}")

    mails = list(system_mail.newest_first(desk.desk.home, desk.people["agent"][0]))
    texts = [system_mail.as_text(message) for message in mails if "sign-in" in message["Subject"]]

    assert [sum(words in text for text in texts) for words in ("was made", "revoked")] == [1, 1]
    assert made["token"] not in "".join(texts)
    assert "Nightly" not in "".join(texts)


def test_there_is_a_most_of_tokens(desk: DeskUnderTest) -> None:
    """Twenty, so that one sees at a glance what one has let in."""
    agent = desk.browser("agent")
    for _ in range(20):
        _make(agent, "ticket:read")

    answer = agent.send("POST", PATH, {"name": "A", "permissions": ["ticket:read"], "days": 1})

    assert (answer.status_code, answer.json["code"]) == (409, "token.too_many")
