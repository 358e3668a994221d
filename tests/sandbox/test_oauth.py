"""Google's sign-in as the desk and a person meet it: consent, codes, tokens, revocation."""

import base64
import urllib.parse

import jwt
import pytest
from google.auth.transport.urllib3 import Request as CertificateRequest
from google.oauth2 import id_token
from googleapiclient.errors import HttpError

from local.gmail_sandbox import Sandbox

from .conftest import SALES, SUPPORT
from .google_client import (
    CLIENT_ID,
    CLIENT_SECRET,
    EMAIL,
    READONLY,
    REDIRECT,
    SEND,
    Browser,
)


def test_consent_shows_accounts_and_unticked_scopes(browser: Browser) -> None:
    """The page offers every account and one empty checkbox for each Gmail scope."""
    page = browser.get(browser.authorization_url())

    text = page.data.decode()
    assert page.status == 200
    assert text.count('type="radio"') == 2
    assert text.count('type="checkbox"') == 2
    assert "checked" not in text
    assert "<script" not in text
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "http://127.0.0.1:8080" in page.headers["Content-Security-Policy"]


def test_select_all_ticks_every_scope_and_keeps_the_account(browser: Browser) -> None:
    """The button shows the same page with all scopes ticked, and nothing is granted yet."""
    answer = browser.http.request(
        "POST",
        browser.authorization_url(),
        body=urllib.parse.urlencode({"account": SUPPORT, "decision": "select_all"}),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        redirect=False,
    )

    text = answer.data.decode()
    assert answer.status == 200
    assert text.count('name="scope"') == 2
    assert text.count(" checked") == 3
    assert f'value="{SUPPORT}" required checked' in text


def test_one_gmail_scope_alone_has_no_checkbox(browser: Browser) -> None:
    """Google shows checkboxes only where there is a choice."""
    page = browser.get(browser.authorization_url(scope=f"openid email {READONLY}"))

    assert 'type="checkbox"' not in page.data.decode()
    answer = browser.submit(page, SUPPORT, [], "allow")
    assert READONLY in answer["scope"].split()


def test_login_hint_chooses_the_account(browser: Browser) -> None:
    """Reconnecting with a hint shows that account chosen."""
    page = browser.get(browser.authorization_url(login_hint=SALES))

    assert f'value="{SALES}" required checked' in page.data.decode()


def test_consent_returns_code_state_and_granted_scopes(browser: Browser) -> None:
    """The redirect echoes the state and names what was granted, with the long names."""
    page = browser.get(browser.authorization_url(state="s-1 &?"))

    answer = browser.submit(page, SUPPORT, [READONLY, SEND], "allow")

    assert answer["state"] == "s-1 &?"
    assert set(answer["scope"].split()) == {"openid", EMAIL, READONLY, SEND}
    assert answer["hd"] == "example.com"


def test_code_yields_tokens_and_a_verifiable_id_token(browser: Browser) -> None:
    """google.oauth2.id_token accepts the id token, and its claims name account and nonce."""
    status, tokens = browser.redeem(browser.consent(SUPPORT))

    claims = id_token.verify_token(
        tokens["id_token"],
        CertificateRequest(browser.http),
        audience=CLIENT_ID,
        certs_url=browser.url + "/oauth2/v1/certs",
    )
    assert status == 200
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 3599
    assert set(tokens["scope"].split()) == {"openid", EMAIL, READONLY, SEND}
    assert claims["iss"] == "https://accounts.google.com"
    assert claims["email"] == SUPPORT
    assert claims["email_verified"] is True
    assert claims["hd"] == "example.com"
    assert claims["nonce"] == "the-nonce"
    assert claims["sub"].isdigit()
    assert len(claims["sub"]) == 21


def test_jwks_verifies_what_the_certificates_verify(browser: Browser) -> None:
    """The JWK set holds the same key under the same id."""
    token = browser.connect(SUPPORT)["id_token"]

    keys = browser.get(browser.url + "/oauth2/v3/certs").json()

    kid = jwt.get_unverified_header(token)["kid"]
    (key,) = [jwt.PyJWK(entry) for entry in keys["keys"] if entry["kid"] == kid]
    assert jwt.decode(token, key, algorithms=["RS256"], audience=CLIENT_ID)["email"] == SUPPORT


def test_userinfo_tells_the_account_of_an_access_token(browser: Browser) -> None:
    """Userinfo answers the same subject as the id token, and 401 without a token."""
    tokens = browser.connect(SUPPORT)

    answer = browser.http.request(
        "GET",
        browser.url + "/v1/userinfo",
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
    )

    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert answer.json()["sub"] == claims["sub"]
    assert answer.json()["email"] == SUPPORT
    assert browser.get(browser.url + "/v1/userinfo").status == 401


def test_unticked_scopes_are_not_granted(browser: Browser) -> None:
    """A person who ticks one of two scopes grants that one, and Gmail holds to it."""
    page = browser.get(browser.authorization_url())

    answer = browser.submit(page, SUPPORT, [SEND], "allow")
    _, tokens = browser.redeem(answer["code"])

    assert set(tokens["scope"].split()) == {"openid", EMAIL, SEND}
    with pytest.raises(HttpError) as refused:
        browser.gmail(tokens["access_token"]).getProfile(userId="me").execute()
    assert refused.value.resp.status == 403
    assert b"ACCESS_TOKEN_SCOPE_INSUFFICIENT" in refused.value.content
    assert b"insufficientPermissions" in refused.value.content


def test_scopes_that_were_not_asked_for_cannot_be_ticked(browser: Browser) -> None:
    """A forged form cannot grant more than the request."""
    page = browser.get(browser.authorization_url(scope=f"openid {READONLY} {SEND}"))

    answer = browser.submit(page, SUPPORT, [READONLY, "https://mail.google.com/", EMAIL], "allow")

    assert set(answer["scope"].split()) == {"openid", READONLY}


def test_cancel_returns_access_denied(browser: Browser) -> None:
    """A person who cancels sends the application an error and the state, no code."""
    page = browser.get(browser.authorization_url())

    answer = browser.submit(page, SUPPORT, [], "deny")

    assert answer == {"state": "the-state", "error": "access_denied"}


def test_an_administrators_policy_ends_consent(sandbox: Sandbox, browser: Browser) -> None:
    """An account under such a policy answers every consent with admin_policy_enforced."""
    sandbox.set_consent_error(SUPPORT, "admin_policy_enforced")
    page = browser.get(browser.authorization_url())

    answer = browser.submit(page, SUPPORT, [READONLY, SEND], "allow")

    assert answer == {"state": "the-state", "error": "admin_policy_enforced"}


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"client_id": "another"}, 401, "invalid_client"),
        ({"redirect_uri": REDIRECT + "/"}, 400, "redirect_uri_mismatch"),
        ({"redirect_uri": None}, 400, "redirect_uri_mismatch"),
        ({"response_type": "token"}, 400, "invalid_request"),
        ({"scope": None}, 400, "invalid_request"),
        ({"scope": "https://www.googleapis.com/auth/gmail.everything"}, 400, "invalid_scope"),
        ({"code_challenge_method": "plain"}, 400, "invalid_request"),
        ({"code_challenge": "short"}, 400, "invalid_request"),
        ({"prompt": "always"}, 400, "invalid_request"),
    ],
)
def test_a_bad_request_never_reaches_the_redirect_address(
    browser: Browser, changes: dict[str, str | None], status: int, code: str
) -> None:
    """Google shows an error page of its own instead of redirecting."""
    answer = browser.get(browser.authorization_url(**changes))

    assert answer.status == status
    assert code in answer.data.decode()
    assert "Location" not in answer.headers


def test_a_form_sent_by_another_site_is_refused(browser: Browser) -> None:
    """Consent is given on Google's page only."""
    answer = browser.http.request(
        "POST",
        browser.authorization_url(),
        body=urllib.parse.urlencode({"account": SUPPORT, "decision": "allow"}),
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": "http://evil.example.org",
        },
        redirect=False,
    )

    assert answer.status == 403


def test_a_code_works_once(browser: Browser) -> None:
    """The second redemption is invalid_grant."""
    code = browser.consent(SUPPORT)

    first, second = browser.redeem(code), browser.redeem(code)

    assert first[0] == 200
    assert second[0] == 400
    assert second[1]["error"] == "invalid_grant"


def test_a_code_lives_ten_minutes(sandbox: Sandbox, browser: Browser) -> None:
    """After ten minutes of sandbox time a code is invalid_grant."""
    code = browser.consent(SUPPORT)
    sandbox.advance_clock(601)

    status, answer = browser.redeem(code)

    assert (status, answer["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"code_verifier": "w" * 64}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:8080/other"}, 400, "redirect_uri_mismatch"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "another"}, 401, "invalid_client"),
        ({"code": "4/0Aunknown"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
    ],
)
def test_a_bad_redemption_is_refused(
    browser: Browser, changes: dict[str, str], status: int, error: str
) -> None:
    """Client, redirect address and PKCE verifier must be those of the request."""
    code = browser.consent(SUPPORT)

    answer = browser.redeem(code, **changes)

    assert answer[0] == status
    assert answer[1]["error"] == error


def test_refresh_returns_an_access_token_and_no_refresh_token(browser: Browser) -> None:
    """A refresh token yields access tokens that Gmail takes, again and again."""
    refresh_token = browser.connect(SUPPORT)["refresh_token"]

    browser.refresh(refresh_token)
    status, answer = browser.refresh(refresh_token)

    assert status == 200
    assert "refresh_token" not in answer
    profile = browser.gmail(answer["access_token"]).getProfile(userId="me").execute()
    assert profile["emailAddress"] == SUPPORT


def test_refresh_token_comes_with_consent_only(browser: Browser) -> None:
    """Without prompt=consent a second connection gets none, and no page asks again."""
    first = browser.connect(SUPPORT)

    code = browser.consent(SUPPORT, scopes=[], prompt="select_account")
    _, second = browser.redeem(code)

    assert "refresh_token" in first
    assert "refresh_token" not in second
    assert set(second["scope"].split()) == set(first["scope"].split())


def test_online_access_has_no_refresh_token(browser: Browser) -> None:
    """Only access_type=offline asks for one."""
    _, tokens = browser.redeem(browser.consent(SUPPORT, access_type="online"))

    assert "refresh_token" not in tokens


def test_the_oldest_of_over_100_refresh_tokens_dies(browser: Browser) -> None:
    """Google keeps 100 live refresh tokens for an account and client."""
    tokens = [browser.connect(SUPPORT)["refresh_token"] for _ in range(101)]

    answers = [browser.refresh(tokens[index])[0] for index in (0, 1, 100)]

    assert answers == [400, 200, 200]


def test_an_access_token_dies_after_an_hour(sandbox: Sandbox, browser: Browser) -> None:
    """Sandbox time decides, and the refresh token outlives it."""
    tokens = browser.connect(SUPPORT)
    sandbox.advance_clock(3600)

    with pytest.raises(HttpError) as refused:
        browser.gmail(tokens["access_token"]).getProfile(userId="me").execute(num_retries=0)

    assert refused.value.resp.status == 401
    assert b'"authError"' in refused.value.content
    assert browser.refresh(tokens["refresh_token"])[0] == 200


@pytest.mark.parametrize("verb", ["revoke_grant", "change_password"])
def test_a_lost_grant_is_invalid_grant(sandbox: Sandbox, browser: Browser, verb: str) -> None:
    """Removing access or changing the password ends refresh and access tokens at once."""
    tokens = browser.connect(SUPPORT)

    getattr(sandbox, verb)(SUPPORT)

    status, answer = browser.refresh(tokens["refresh_token"])
    assert (status, answer["error"]) == (400, "invalid_grant")
    with pytest.raises(HttpError) as refused:
        browser.gmail(tokens["access_token"]).getProfile(userId="me").execute(num_retries=0)
    assert refused.value.resp.status == 401


def test_revoking_a_token_ends_the_whole_grant(browser: Browser) -> None:
    """Either token revokes both; a second revocation is invalid_token."""
    tokens = browser.connect(SUPPORT)

    first, _ = browser.post("/revoke", token=tokens["refresh_token"])
    second = browser.post("/revoke", token=tokens["refresh_token"])

    assert first == 200
    assert second[0] == 400
    assert second[1]["error"] == "invalid_token"
    assert browser.refresh(tokens["refresh_token"])[0] == 400


def test_a_mailbox_is_not_touched_by_anothers_revocation(browser: Browser) -> None:
    """Grants belong to accounts."""
    support, sales = browser.connect(SUPPORT), browser.connect(SALES)

    browser.post("/revoke", token=support["refresh_token"])

    assert browser.refresh(sales["refresh_token"])[0] == 200


def test_the_token_endpoint_takes_http_basic_and_form_bodies_only(browser: Browser) -> None:
    """RFC 6749 §2.3.1: the client may authenticate by Basic; JSON bodies are refused."""
    refresh_token = browser.connect(SUPPORT)["refresh_token"]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    form = urllib.parse.urlencode({"grant_type": "refresh_token", "refresh_token": refresh_token})
    by_basic = browser.http.request(
        "POST",
        browser.url + "/token",
        body=form,
        headers=headers | {"Authorization": f"Basic {basic}"},
    )
    by_json = browser.http.request(
        "POST", browser.url + "/token", body=b"{}", headers={"Content-Type": "application/json"}
    )

    assert by_basic.status == 200
    assert by_json.status == 400


def test_approve_does_what_the_page_does(sandbox: Sandbox, browser: Browser) -> None:
    """Tests that need no page get the same redirect from a method."""
    location = sandbox.approve(browser.authorization_url(), SUPPORT)

    answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
    assert answer["state"] == "the-state"
    assert browser.redeem(answer["code"])[0] == 200


def test_prompt_none_needs_a_person(browser: Browser) -> None:
    """Nobody is signed in to the sandbox, so prompt=none is answered interaction_required."""
    answer = browser.get(browser.authorization_url(prompt="none"))

    assert answer.status == 302
    assert "error=interaction_required" in answer.headers["Location"]
