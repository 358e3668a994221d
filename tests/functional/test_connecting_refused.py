"""Connecting a mailbox, when something is wrong: nothing is stored, and what worked goes on working."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shared import ids
from shared.domain.people import USERS
from tests.desk import SALES, SUPPORT, DeskBrowser, DeskUnderTest, mail
from tests.functional.consent import (
    CALLBACK,
    READONLY,
    SEND,
    altered,
    land,
    refusals,
    result,
    start,
    stored,
)
from tests.stopped_clock import StoppedClock


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
def test_scenario_12_a_first_connection_that_is_refused_stores_nothing(
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


def test_scenario_12_a_state_works_once(desk: DeskUnderTest, administrator: DeskBrowser) -> None:
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


def test_scenario_12_another_account_cannot_take_the_place_of_a_mailbox(
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
def test_scenario_12_only_mailboxes_of_the_organisations_domains(
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


def test_the_address_that_gets_a_persons_codes_is_refused(
    desk: DeskUnderTest, administrator: DeskBrowser
) -> None:
    """As a mailbox of the desk, its readers would read an administrator's sign-in codes."""
    address = desk.people["auditor"][0]
    desk.sandbox.add_account(address, "Auditor", hd="example.com")

    landed = administrator.consent(desk.sandbox, address)

    assert "connect_error=oauth.address_gets_codes" in landed.headers["Location"]
    assert desk.documents("mailboxes") == {}
