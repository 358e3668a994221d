"""Google's OAuth, before the local Google: consent, exchange, refresh, revoke, identity."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.gmail.contract import (
    SCOPES,
    Down,
    GmailError,
    Misconfigured,
    NeedsReauth,
    Refused,
    Throttled,
    Tokens,
    missing_scopes,
)
from tests.local_google import CLIENT_ID, MAILBOX, REDIRECT, VERIFIER, LocalGoogle, local_google

READONLY = "https://www.googleapis.com/auth/gmail.readonly"


@pytest.fixture
def google() -> Iterator[LocalGoogle]:
    """Run a local Google with one account."""
    with local_google(timeout_seconds=3.0) as google:
        yield google


def test_the_consent_page_is_asked_for_exactly_what_is_needed(google):
    """Offline, with consent, PKCE, these scopes and no earlier ones."""
    url = google.oauth().consent_url(state="s", nonce="n", verifier=VERIFIER)

    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    assert url.startswith(google.endpoints.auth_url + "?")
    assert {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()} == {
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "scope": " ".join(SCOPES),
        "access_type": "offline",
        "prompt": "consent select_account",
        "include_granted_scopes": "false",
        "state": "s",
        "nonce": "n",
        "code_challenge": challenge.rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }


def test_reconnecting_leads_to_the_same_account(google):
    """The account is hinted and not to be chosen; consent is asked again, else no refresh token comes."""
    url = google.oauth().consent_url(state="s", nonce="n", verifier=VERIFIER, login_hint=MAILBOX)

    query = parse_qs(urlsplit(url).query)
    assert query["prompt"] == ["consent"]
    assert query["login_hint"] == [MAILBOX]


def test_a_code_becomes_tokens_and_an_identity(google):
    """Access, refresh and id token; all scopes; the account and the nonce that were asked for."""
    tokens = google.connect()

    identity = google.oauth().identify(tokens.id_token)

    lifetime = tokens.expires_at - datetime.now(UTC)
    assert timedelta(minutes=55) < lifetime <= timedelta(hours=1)
    assert tokens.refresh_token
    assert missing_scopes(tokens.scopes) == ()
    assert (identity.address, identity.hosted_domain) == (MAILBOX, "example.com")
    assert identity.nonce == "the-nonce"
    assert identity.subject


def test_an_unticked_scope_is_seen_in_the_tokens(google):
    """What was granted is what Google says, not what was asked."""
    code = google.consent(["openid", "email", READONLY])["code"]

    tokens = google.oauth().exchange(code, VERIFIER)

    assert missing_scopes(tokens.scopes) == ("https://www.googleapis.com/auth/gmail.send",)


@pytest.mark.parametrize("verifier", ["w" * 64, VERIFIER])
def test_a_used_or_foreign_code_is_refused(google, verifier):
    """A code works once, and with its own verifier."""
    code = google.consent()["code"]
    if verifier == VERIFIER:
        google.oauth().exchange(code, VERIFIER)

    with pytest.raises(Refused, match=r"^code_invalid$"):
        google.oauth().exchange(code, verifier)


def test_an_invented_code_is_refused(google):
    """So is one that Google never gave."""
    with pytest.raises(Refused, match=r"^code_invalid$"):
        google.oauth().exchange("4/invented", VERIFIER)


def test_a_refresh_token_gives_new_access_tokens(google):
    """And no new refresh token, which must not be mistaken for its loss."""
    tokens = google.connect()

    again = google.oauth().refresh(tokens.refresh_token)

    assert again.access_token != tokens.access_token
    assert again.refresh_token is None
    assert google.gmail(again).profile().address == MAILBOX


@pytest.mark.parametrize("death", ["revoke_grant", "change_password"])
def test_a_dead_grant_needs_its_owner(google, death):
    """Taken back in the account's settings, or killed by a new password."""
    tokens = google.connect()
    getattr(google.sandbox, death)(MAILBOX)

    with pytest.raises(NeedsReauth, match=r"^invalid_grant$"):
        google.oauth().refresh(tokens.refresh_token)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "oauth_error", "error": "invalid_grant"}, NeedsReauth),
        ({"kind": "oauth_error", "error": "admin_policy_enforced"}, NeedsReauth),
        ({"kind": "oauth_error", "error": "invalid_client", "status": 401}, Misconfigured),
        ({"kind": "oauth_error", "error": "unauthorized_client", "status": 401}, Misconfigured),
        ({"kind": "oauth_error", "error": "deleted_client", "status": 401}, Misconfigured),
        ({"kind": "oauth_error", "error": "redirect_uri_mismatch"}, Misconfigured),
        ({"kind": "oauth_error", "error": "invalid_request"}, Misconfigured),
        ({"kind": "oauth_error", "error": "something_new"}, Down),
        ({"kind": "oauth_error", "error": "internal_failure", "status": 500}, Down),
        ({"kind": "oauth_error", "error": "invalid_grant", "status": 503}, Down),
        ({"kind": "oauth_error", "error": "invalid_grant", "status": 429}, Throttled),
        ({"kind": "oauth_error", "error": "slow_down", "status": 429}, Throttled),
        ({"kind": "status", "status": 408}, Down),
        ({"kind": "status", "status": 500}, Down),
        ({"kind": "status", "status": 502}, Down),
        ({"kind": "status", "status": 503}, Down),
        ({"kind": "html", "status": 400}, Down),
        ({"kind": "html", "status": 401}, Down),
        ({"kind": "html", "status": 200}, Down),
        ({"kind": "html", "status": 302}, Down),
        ({"kind": "truncate"}, Down),
        ({"kind": "reset"}, Down),
        ({"kind": "close"}, Down),
    ],
)
def test_each_failure_of_a_refresh_is_one_of_the_contracts(google, fault, error):
    """Only Google's word `invalid_grant` or `admin_policy_enforced` costs a mailbox its grant."""
    tokens = google.connect()
    google.sandbox.reset_calls()
    google.sandbox.plant("oauth.token", **fault, times=None)

    with pytest.raises(GmailError) as caught:
        google.oauth().refresh(tokens.refresh_token)

    assert type(caught.value) is error
    assert tokens.refresh_token not in repr(caught.value)
    assert google.sandbox.calls() == {"oauth.token": 1}


def test_a_refresh_has_a_deadline(google):
    """A token endpoint that hangs is down; nobody is disconnected."""
    tokens = google.connect()
    google.sandbox.plant("oauth.token", "hang", seconds=30)
    google.timeout_seconds = 0.3

    with pytest.raises(Down, match=r"^timeout$"):
        google.oauth().refresh(tokens.refresh_token)


def test_a_wrong_client_secret_is_our_own_fault(google):
    """It must not look like a mailbox that was disconnected."""
    tokens = google.connect()

    with pytest.raises(Misconfigured, match=r"^invalid_client$"):
        google.oauth(secret="wrong").refresh(tokens.refresh_token)


def test_revoking_ends_the_whole_grant(google):
    """Afterwards neither token works; revoking again is no failure."""
    tokens = google.connect()

    assert google.oauth().revoke(tokens.refresh_token) is True
    assert google.oauth().revoke(tokens.refresh_token) is True

    with pytest.raises(NeedsReauth):
        google.oauth().refresh(tokens.refresh_token)


@pytest.mark.parametrize("kind", ["close", "reset", "status", "truncate"])
def test_a_revocation_that_google_did_not_confirm_is_told(google, kind):
    """The caller tries again, and tells the person in the end; a broken confirmation still confirms."""
    tokens = google.connect()
    google.sandbox.plant("oauth.revoke", kind)

    assert google.oauth().revoke(tokens.refresh_token) is (kind == "truncate")


def test_the_identity_of_another_client_is_refused(google):
    """An id_token that Google gave to another application proves nothing here."""
    tokens = google.connect()

    for client, token in [
        ("other.apps.example.com", tokens.id_token),
        (CLIENT_ID, tokens.id_token[:-4] + "AAAA"),
        (CLIENT_ID, "not a token"),
        (CLIENT_ID, ""),
    ]:
        with pytest.raises(Refused, match=r"^id_token\.invalid$"):
            google.oauth(client_id=client).identify(token)


def test_without_googles_keys_nobody_is_identified(google):
    """Then nothing is wrong with the token: try later."""
    tokens = google.connect()
    google.sandbox.plant("oauth.certs", "status", times=None)

    with pytest.raises(Down, match=r"^id_token\.keys$"):
        google.oauth().identify(tokens.id_token)


class Claims:
    """Verifies everything, with these claims."""

    def __init__(self, **claims: object) -> None:
        self._claims = claims

    def verify(self, token: str, *, audience: str) -> dict[str, object]:
        """Return the claims."""
        del token, audience
        return self._claims


@pytest.mark.parametrize(
    "claims",
    [
        {"email": MAILBOX, "email_verified": True},
        {"sub": "", "email": MAILBOX, "email_verified": True},
        {"sub": "1", "email_verified": True},
        {"sub": "1", "email": MAILBOX},
        {"sub": "1", "email": MAILBOX, "email_verified": False},
        {"sub": "1", "email": MAILBOX, "email_verified": "true"},
        {"sub": 1, "email": MAILBOX, "email_verified": True},
    ],
)
def test_an_identity_needs_a_subject_and_a_verified_address(google, claims):
    """Whatever else a genuine token may say."""
    oauth = google.oauth(verifier=Claims(**claims))

    with pytest.raises(Refused, match=r"^id_token\.invalid$"):
        oauth.identify("token")


def test_tokens_do_not_show():
    """A logged answer tells no token."""
    shown = repr(Tokens("ya29.a", datetime.now(UTC), frozenset(), "1//r", "eyJ"))

    assert not any(secret in shown for secret in ("ya29", "1//r", "eyJ"))
