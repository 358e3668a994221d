"""Connecting a mailbox: the way to Google and back, and everything that can be wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
from werkzeug.test import TestResponse

from shared import ids
from shared.domain.people import CHALLENGES, USERS
from tests.desk import SALES, SUPPORT, URL, DeskBrowser, DeskUnderTest, mail
from tests.stopped_clock import StoppedClock

READONLY = "https://www.googleapis.com/auth/gmail.readonly"
SEND = "https://www.googleapis.com/auth/gmail.send"
CALLBACK = "/api/oauth/callback"


@pytest.fixture
def administrator(desk: DeskUnderTest) -> DeskBrowser:
    """Sign in as somebody who may connect mailboxes; Google has the demo's accounts."""
    for address in (SUPPORT, SALES):
        desk.sandbox.add_account(address, address.partition("@")[0].title(), hd="example.com")
    return desk.browser("administrator")


def start(browser: DeskBrowser, mailbox_id: str | None = None) -> str:
    """Set out, to connect a mailbox or to connect this one again; return Google's address."""
    body = {"intent": "reconnect", "mailbox_id": mailbox_id} if mailbox_id else {"intent": "add"}
    answer = browser.send("POST", "/api/oauth/start", body)
    assert answer.status_code == 200, answer.data
    url: str = answer.json["url"]
    return url


def land(browser: DeskBrowser, back: str) -> TestResponse:
    """Follow Google's redirect, as a browser that comes from another site does."""
    return browser.get(back.removeprefix(URL), sec_fetch_site="cross-site")


def result(landed: TestResponse) -> dict[str, str]:
    """Return what the callback says in the address that it sends the browser to."""
    assert landed.status_code == 303
    return dict(parse_qsl(urlsplit(landed.headers["Location"]).query))


def altered(url: str, **parameters: str | None) -> str:
    """Return an address with parameters changed; None takes one away."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | parameters
    kept = {name: value for name, value in query.items() if value is not None}
    return urlunsplit(parts._replace(query=urlencode(kept)))


def stored(desk: DeskUnderTest) -> dict[str, Mapping[str, Any]]:
    """Return what a connection consists of: mailboxes, cursors and keys."""
    return {
        "mailboxes": desk.documents("mailboxes"),
        "sync": desk.documents("sync"),
        "keys": {d.id: d.data for d in desk.files["keyring"].dump()},
    }


def refusals(desk: DeskUnderTest) -> list[dict[str, Any]]:
    """Return the refusals to connect that the audit log holds."""
    desk.settle()
    return [entry for entry in desk.audit() if entry["action"] == "mailbox.connect_refused"]


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

    assert landed.headers["Location"].startswith("/?connected=mb_")
    assert landed.data == b""
    [cookie] = SimpleCookie(landed.headers["Set-Cookie"]).values()
    assert (cookie.key, cookie.value, cookie["max-age"]) == ("__Host-oauth", "", "0")
    home = administrator.get(landed.headers["Location"])
    assert b"The mailbox is connected." in home.data


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


# The way back, when something is wrong


def _unticked(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    return desk.sandbox.approve(start(browser), SUPPORT, scopes=[READONLY])


def _unticked_reading(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    return desk.sandbox.approve(start(browser), SUPPORT, scopes=[SEND])


def _denied(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    return desk.sandbox.approve(start(browser), SUPPORT, deny=True)


def _policy(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    desk.sandbox.set_consent_error(SUPPORT, "admin_policy_enforced")
    return desk.sandbox.approve(start(browser), SUPPORT)


def _strange_error(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    back = desk.sandbox.approve(start(browser), SUPPORT, deny=True)
    return altered(back, error="<script>alert(1)</script>")


def _no_refresh_token(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    return desk.sandbox.approve(altered(start(browser), access_type="online"), SUPPORT)


def _no_code(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    return altered(desk.sandbox.approve(start(browser), SUPPORT), code=None)


def _code_of_another_consent(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    other = desk.sandbox.approve(start(desk.browser("administrator")), SALES)
    code = parse_qs(urlsplit(other).query)["code"][0]
    return altered(desk.sandbox.approve(start(browser), SUPPORT), code=code)


def _wrong_nonce(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    return desk.sandbox.approve(altered(start(browser), nonce="x" * 43), SUPPORT)


def _no_nonce(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    return desk.sandbox.approve(altered(start(browser), nonce=None), SUPPORT)


def _expired(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    back = desk.sandbox.approve(start(browser), SUPPORT)
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(600)
    return back


def _foreign_browser(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    """Bring the state of somebody else's consent with the cookie of one's own (login CSRF)."""
    victims = start(browser)
    attackers = desk.sandbox.approve(start(desk.browser("administrator")), SUPPORT)
    assert victims != attackers
    return attackers


def _lost_cookie(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    back = desk.sandbox.approve(start(browser), SUPPORT)
    del browser._cookies["__Host-oauth"]
    return back


def _signed_out(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    back = desk.sandbox.approve(start(browser), SUPPORT)
    browser.send("DELETE", "/api/session/")
    return back


def _disabled(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    back = desk.sandbox.approve(start(browser), SUPPORT)
    _change_administrator(desk, disabled=True)
    return back


def _demoted(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    back = desk.sandbox.approve(start(browser), SUPPORT)
    _change_administrator(desk, role="agent")
    return back


def _without_gmail(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    desk.sandbox.add_account("nomail@example.com", "No Mail", hd="example.com", gmail=False)
    return desk.sandbox.approve(start(browser), "nomail@example.com")


def _token_endpoint_down(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    desk.sandbox.plant("oauth.token", "status", status=503)
    return desk.sandbox.approve(start(browser), SUPPORT)


def _token_endpoint_broken(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    desk.sandbox.plant("oauth.token", "html", status=502)
    return desk.sandbox.approve(start(browser), SUPPORT)


def _client_refused(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    desk.sandbox.plant("oauth.token", "oauth_error", error="invalid_client", status=401)
    return desk.sandbox.approve(start(browser), SUPPORT)


def _profile_down(desk: DeskUnderTest, browser: DeskBrowser) -> str:
    desk.sandbox.plant("getProfile", "status", status=503, times=None)
    return desk.sandbox.approve(start(browser), SUPPORT)


def _change_administrator(desk: DeskUnderTest, **changes: Any) -> None:
    id = ids.derived_id(ids.USER, "demo", desk.people["administrator"][0])
    desk.app().store.transact(lambda tx: tx.update(USERS, id, changes))


Arrange = Callable[[DeskUnderTest, DeskBrowser], str]

WRONG: list[tuple[Arrange, str, str]] = [
    (_unticked, "oauth.scope_missing", "user"),
    (_unticked_reading, "oauth.scope_missing", "user"),
    (_denied, "oauth.denied", "user"),
    (_policy, "oauth.blocked_by_policy", "user"),
    (_strange_error, "oauth.failed", "user"),
    (_no_refresh_token, "oauth.no_refresh_token", "user"),
    (_no_code, "oauth.code_missing", "user"),
    (_code_of_another_consent, "oauth.refused", "user"),
    (_wrong_nonce, "oauth.nonce_differs", "user"),
    (_no_nonce, "oauth.nonce_differs", "user"),
    (_expired, "oauth.state_expired", "anonymous"),
    (_foreign_browser, "oauth.state_foreign", "anonymous"),
    (_lost_cookie, "oauth.state_foreign", "anonymous"),
    (_signed_out, "session.expired", "anonymous"),
    (_disabled, "session.expired", "anonymous"),
    (_demoted, "permission.missing", "user"),
    (_without_gmail, "oauth.refused", "user"),
    (_token_endpoint_down, "oauth.google_unavailable", "user"),
    (_token_endpoint_broken, "oauth.google_unavailable", "user"),
    (_client_refused, "oauth.misconfigured", "user"),
    (_profile_down, "oauth.google_unavailable", "user"),
]
NAMES = [arrange.__name__.strip("_") for arrange, _, _ in WRONG]


@pytest.mark.parametrize(("arrange", "code", "who"), WRONG, ids=NAMES)
def test_a_first_connection_that_is_refused_stores_nothing(
    desk: DeskUnderTest, administrator: DeskBrowser, arrange: Arrange, code: str, who: str
) -> None:
    """The browser learns why, nothing is kept, the log has it, and trying again works."""
    back = arrange(desk, administrator)

    landed = land(administrator, back)

    assert result(landed) == {"connect_error": code}
    assert stored(desk)["mailboxes"] == {}
    assert stored(desk)["sync"] == {}
    assert not [id for id in stored(desk)["keys"] if id.startswith("mb_")]
    [refusal] = refusals(desk)
    assert (refusal["reason"], refusal["outcome"]) == (code, "failure")
    assert refusal["actor"]["type"] == who
    assert refusal["target"] is None

    desk.sandbox.clear_faults()
    desk.sandbox.set_consent_error(SUPPORT, None)
    _change_administrator(desk, disabled=False, role="administrator")
    assert desk.connect().startswith("mb_")


@pytest.mark.parametrize(("arrange", "code", "who"), WRONG, ids=NAMES)
def test_a_refusal_leaves_a_connected_mailbox_as_it_was(
    desk: DeskUnderTest, administrator: DeskBrowser, arrange: Arrange, code: str, who: str
) -> None:
    """Whatever goes wrong with a second consent, the first one goes on bringing mail."""
    desk.connect()
    before = stored(desk)
    back = arrange(desk, administrator)

    landed = land(administrator, back)

    desk.sandbox.clear_faults()
    desk.sandbox.set_consent_error(SUPPORT, None)
    assert result(landed) == {"connect_error": code}
    assert stored(desk) == before
    assert [refusal["actor"]["type"] for refusal in refusals(desk)] == [who]
    desk.deliver(mail())
    assert len(desk.documents("tickets")) == 1


@pytest.mark.parametrize(
    "arrange", [_unticked, _no_refresh_token, _wrong_nonce, _profile_down], ids=lambda f: f.__name__
)
def test_a_grant_that_is_not_kept_is_given_back(
    desk: DeskUnderTest, administrator: DeskBrowser, arrange: Arrange
) -> None:
    """Google does not go on listing an access that we refused."""
    land(administrator, arrange(desk, administrator))

    assert desk.sandbox.calls()["oauth.revoke"] == 1


@pytest.mark.parametrize("arrange", [_unticked, _wrong_nonce], ids=lambda f: f.__name__)
def test_the_grant_of_a_connected_mailbox_is_not_given_back(
    desk: DeskUnderTest, administrator: DeskBrowser, arrange: Arrange
) -> None:
    """Revoking counts for the whole account, so it would end the working connection too."""
    desk.connect()

    land(administrator, arrange(desk, administrator))

    assert "oauth.revoke" not in desk.sandbox.calls()


def test_a_state_works_once(desk: DeskUnderTest, administrator: DeskBrowser) -> None:
    """The same way back a second time finds nothing, even with the right cookie."""
    back = desk.sandbox.approve(start(administrator), SUPPORT)
    thief = administrator.twin()
    first = result(land(administrator, back))
    before = stored(desk)

    second = result(land(thief, back))

    assert "connected" in first
    assert second == {"connect_error": "oauth.state_unknown"}
    assert stored(desk) == before


@pytest.mark.parametrize("query", ["", "?state=", "?state=x&code=y", "?code=y", "?state=%ff"])
def test_a_way_back_that_nobody_set_out_on(desk: DeskUnderTest, query: str) -> None:
    """An invented callback asks nothing of Google, stores nothing and leaves no audit entry."""
    landed = land(desk.browser("administrator"), CALLBACK + query)

    assert result(landed) == {"connect_error": "oauth.state_unknown"}
    assert "oauth.token" not in desk.sandbox.calls()
    assert refusals(desk) == []


def test_a_foreign_state_asks_nothing_of_google(
    desk: DeskUnderTest, administrator: DeskBrowser
) -> None:
    """The code is not redeemed before cookie, session and permission are right."""
    for arrange in (_foreign_browser, _expired, _signed_out):
        land(administrator, arrange(desk, administrator))
        administrator = desk.browser("administrator")

    assert "oauth.token" not in desk.sandbox.calls()


def test_another_account_cannot_take_the_place_of_a_mailbox(
    desk: DeskUnderTest, administrator: DeskBrowser
) -> None:
    """Reconnecting support@ as sales@ is refused, and the unused grant of sales@ is given back."""
    mailbox_id = desk.connect(SUPPORT)
    before = stored(desk)
    back = desk.sandbox.approve(start(administrator, mailbox_id), SALES)

    landed = land(administrator, back)

    assert result(landed) == {"connect_error": "oauth.other_account"}
    assert stored(desk) == before
    [refusal] = refusals(desk)
    assert refusal["target"]["id"] == mailbox_id
    assert desk.sandbox.calls()["oauth.revoke"] == 1
    desk.deliver(mail())
    assert len(desk.documents("tickets")) == 1


def test_another_connected_account_keeps_its_grant(
    desk: DeskUnderTest, administrator: DeskBrowser
) -> None:
    """Choosing the account of another connected mailbox by mistake harms neither."""
    mailbox_id = desk.connect(SUPPORT)
    desk.connect(SALES)
    before = stored(desk)

    landed = land(administrator, desk.sandbox.approve(start(administrator, mailbox_id), SALES))

    assert result(landed) == {"connect_error": "oauth.other_account"}
    assert stored(desk) == before
    assert "oauth.revoke" not in desk.sandbox.calls()


@pytest.mark.parametrize(
    ("hd", "connected"), [("example.com", True), ("example.net", False), (None, False)]
)
def test_only_mailboxes_of_the_organisations_domains(
    desk: DeskUnderTest, hd: str | None, connected: bool
) -> None:
    """With workspace_domains set, the claim `hd` decides, and not the address."""
    desk.desk.settings = replace(desk.desk.settings, workspace_domains=("example.com",))
    desk.sandbox.add_account("shop@example.com", "Shop", hd=hd)

    landed = desk.browser("administrator").consent(desk.sandbox, "shop@example.com")

    if connected:
        assert "connected" in result(landed)
    else:
        assert result(landed) == {"connect_error": "oauth.domain_not_allowed"}
        assert stored(desk)["mailboxes"] == {}
        assert len(refusals(desk)) == 1


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
