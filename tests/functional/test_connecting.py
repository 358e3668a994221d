"""Connecting a mailbox: the way to Google and back, when all is well."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.domain.people import CHALLENGES
from tests.desk import SUPPORT, URL, DeskBrowser, DeskUnderTest, mail
from tests.functional.consent import CALLBACK, READONLY, SEND, altered, land, result, start, stored
from tests.stopped_clock import StoppedClock

# The way out


def test_the_consent_asks_for_exactly_what_is_needed(administrator: DeskBrowser) -> None:
    """Four scopes, offline access, consent shown, S256, and a state and nonce that cannot be guessed."""
    query = parse_qs(urlsplit(start(administrator)).query)

    assert query["scope"] == [f"openid email {READONLY} {SEND}"]
    assert query["access_type"] == ["offline"]
    assert query["prompt"] == ["consent select_account"]
    assert query["include_granted_scopes"] == ["false"]
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [f"{URL}{CALLBACK}"]
    secrets = [query[name][0] for name in ("state", "nonce", "code_challenge")]
    assert [len(secret) for secret in secrets] == [43, 43, 43]
    assert len(set(secrets)) == 3


def test_the_cookie_of_the_way_back(administrator: DeskBrowser) -> None:
    """Lax, since Google's site sends the browser back; __Host-, HttpOnly, ten minutes."""
    answer = administrator.send("POST", "/api/oauth/start", {"intent": "add"})

    [(name, cookie)] = SimpleCookie(answer.headers["Set-Cookie"]).items()
    assert name == "__Host-oauth"
    assert (cookie["samesite"], cookie["max-age"], cookie["path"]) == ("Lax", "600", "/")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["domain"] == ""


def test_the_store_cannot_finish_a_consent(desk: DeskUnderTest, administrator: DeskBrowser) -> None:
    """The document of a consent under way holds neither state nor cookie, and its verifier is sealed."""
    url = start(administrator)
    query = parse_qs(urlsplit(url).query)
    cookies = SimpleCookie(administrator.cookies)

    [document] = desk.documents(CHALLENGES).items()

    for secret in (query["state"][0], query["nonce"][0], cookies["__Host-oauth"].value):
        assert secret not in str(document)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"intent": "reconnect"}, 400, "oauth.mailbox_and_intent_differ"),
        ({"intent": "add", "mailbox_id": "mb_" + "0" * 26}, 400, "oauth.mailbox_and_intent_differ"),
        ({"intent": "reconnect", "mailbox_id": "mb_" + "0" * 26}, 404, "mailbox.not_found"),
        ({"intent": "reconnect", "mailbox_id": "__x__"}, 400, "request.invalid_member"),
        ({"intent": "reconnect", "mailbox_id": "x" * 5000}, 400, "request.invalid_member"),
        ({"intent": "steal"}, 400, "request.not_one_of"),
        ({}, 400, "request.missing_member"),
    ],
)
def test_a_start_that_makes_no_sense(
    administrator: DeskBrowser, body: dict[str, Any], status: int, code: str
) -> None:
    """Intent and mailbox must fit, and the mailbox must exist."""
    answer = administrator.send("POST", "/api/oauth/start", body)

    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_reconnecting_hints_at_the_account(desk: DeskUnderTest, administrator: DeskBrowser) -> None:
    """Google is told which account is meant, so that it is chosen by itself."""
    mailbox_id = desk.connect()

    query = parse_qs(urlsplit(start(administrator, mailbox_id)).query)

    assert query["login_hint"] == [SUPPORT]
    assert query["prompt"] == ["consent"]


# The way back, when all is well


def test_a_consent_connects_the_mailbox(desk: DeskUnderTest, administrator: DeskBrowser) -> None:
    """It is active with a watch and a cursor, the log has it, and its mail becomes tickets."""
    landed = administrator.consent(desk.sandbox, SUPPORT)

    mailbox_id = result(landed)["connected"]
    [(id, mailbox)] = desk.documents("mailboxes").items()
    assert id == mailbox_id
    assert mailbox["state"] == "active"
    assert mailbox["watch_expires_at"] > desk.clock.now()
    [sync] = desk.documents("sync").values()
    assert (sync["active"], len(sync["cursor"])) == (True, 20)
    assert desk.documents(CHALLENGES) == {}
    desk.deliver(mail())
    assert len(desk.documents("tickets")) == 1
    assert [e["target"]["id"] for e in desk.audit() if e["action"] == "mailbox.connected"] == [id]


def test_the_way_back_needs_no_session_cookie(
    desk: DeskUnderTest, administrator: DeskBrowser
) -> None:
    """A browser that comes from Google brings the Lax cookie only."""
    back = desk.sandbox.approve(start(administrator), SUPPORT)
    arriving = administrator.twin()
    del arriving._cookies["__Host-sid"]

    assert "connected" in result(land(arriving, back))


def test_the_landing_leaves_no_code_in_the_address(
    desk: DeskUnderTest, administrator: DeskBrowser
) -> None:
    """The browser is sent on to our own page, the code is not shown, and the cookie goes."""
    landed = administrator.consent(desk.sandbox, SUPPORT)

    assert landed.headers["Location"].startswith("/desk/#/mailboxes?connected=mb_")
    assert landed.data == b""
    [cookie] = SimpleCookie(landed.headers["Set-Cookie"]).values()
    assert (cookie.key, cookie.value, cookie["max-age"]) == ("__Host-oauth", "", "0")


def test_parameters_that_google_may_add_are_passed_over(
    desk: DeskUnderTest, administrator: DeskBrowser
) -> None:
    """RFC 6749 §4.1.2: a client ignores what it does not know."""
    back = desk.sandbox.approve(start(administrator), SUPPORT)

    assert "connected" in result(land(administrator, altered(back, session_state="x", new="1")))


def test_connecting_twice_is_one_mailbox(desk: DeskUnderTest, administrator: DeskBrowser) -> None:
    """The same Google account keeps its id, key and cursor, and gets the newer grant."""
    first = administrator.connect(desk.sandbox, SUPPORT)
    before = stored(desk)

    second = administrator.connect(desk.sandbox, SUPPORT)

    after = stored(desk)
    assert first == second
    assert after["keys"] == before["keys"]
    assert after["sync"][first]["cursor"] == before["sync"][first]["cursor"]
    assert after["mailboxes"][first]["credential_version"] == 2
    desk.deliver(mail())
    assert len(desk.documents("tickets")) == 1


def test_no_token_can_be_read_anywhere(desk: DeskUnderTest, administrator: DeskBrowser) -> None:
    """Access and refresh tokens, the code and the address stand in no database in the clear."""
    back = desk.sandbox.approve(start(administrator), SUPPORT)
    code = parse_qs(urlsplit(back).query)["code"][0]
    land(administrator, back)
    desk.deliver(mail())

    everything = str([list(file.dump()) for file in desk.files.values()])

    for secret in (code, "ya29.", "1//0", SUPPORT):  # as Google's tokens begin
        assert secret not in everything


def test_a_mailbox_that_lost_its_grant_is_connected_again(
    desk: DeskUnderTest, administrator: DeskBrowser
) -> None:
    """After a revocation nothing is lost: reading goes on from the old cursor."""
    mailbox_id = desk.connect()
    desk.deliver(mail("Before"))
    desk.sandbox.revoke_grant(SUPPORT)
    desk.sandbox.deliver(SUPPORT, mail("Meanwhile"))
    desk.settle()
    desk.tick("poll_mailboxes")
    assert desk.documents("mailboxes")[mailbox_id]["state"] == "needs_reauth"
    assert desk.documents("mailboxes")[mailbox_id]["credential"] is None
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(60)

    assert administrator.connect(desk.sandbox, SUPPORT, "reconnect", mailbox_id=mailbox_id)

    desk.settle()
    assert desk.documents("mailboxes")[mailbox_id]["state"] == "active"
    assert {t["subject"] for t in desk.tickets()} == {"Before", "Meanwhile"}


def test_a_watch_that_google_refuses_is_finished_by_connecting_again(
    desk: DeskUnderTest, administrator: DeskBrowser
) -> None:
    """The mailbox stays `connecting`, is told so, and takes in no mail until a later try succeeds."""
    desk.sandbox.plant("watch", "forbidden")

    landed = administrator.consent(desk.sandbox, SUPPORT)

    assert result(landed)["connect_error"].startswith("oauth.")
    [mailbox] = desk.documents("mailboxes").values()
    assert mailbox["state"] == "connecting"
    assert desk.documents("sync") == {}
    mailbox_id = administrator.connect(desk.sandbox, SUPPORT)
    assert list(desk.documents("mailboxes")) == [mailbox_id]
    assert desk.documents("mailboxes")[mailbox_id]["state"] == "active"
