"""Google's OAuth 2.0 for web servers: plain form POSTs, each sent once.

A library's flow would raise where the granted scopes differ from those asked, which is ordinary since
people may untick them (https://developers.google.com/identity/protocols/oauth2/web-server). What is
decided here is decided on the JSON member `error` of the token endpoint and on nothing else
(RFC 6749 §5.2): an outage must never look like a mailbox whose owner took the grant back.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from shared.clock import Clock
from shared.errors import Unauthenticated, Unavailable
from shared.gmail.contract import (
    SCOPES,
    Down,
    GmailError,
    Identity,
    Misconfigured,
    NeedsReauth,
    Refused,
    Throttled,
    Tokens,
)
from shared.gmail.transport import Answer, NoAnswer, Transport

TIMEOUT_SECONDS: Final = 10.0
_MAX_ANSWER_BYTES: Final = 65_536

_DEAD: Final = frozenset({"invalid_grant", "admin_policy_enforced"})
_OURS: Final = frozenset(
    {
        "deleted_client",
        "disabled_client",
        "invalid_client",
        "invalid_request",
        "invalid_scope",
        "org_internal",
        "redirect_uri_mismatch",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)


class IdTokenVerifier(Protocol):
    """Checks signature, issuer, audience and expiry of an id_token; shared.auth.oidc has one."""

    def verify(self, token: str, *, audience: str) -> Mapping[str, object]:
        """Return the claims. Raises Unauthenticated, or Unavailable without the issuer's keys."""
        ...


@dataclass(frozen=True, slots=True)
class OAuthEndpoints:
    """Where an authorisation server answers, and where its public keys stand."""

    auth_url: str
    token_url: str
    revoke_url: str
    jwks_url: str

    @classmethod
    def at(cls, origin: str) -> OAuthEndpoints:
        """Return the endpoints of a local Google, which serves them all at one origin."""
        return cls(
            auth_url=f"{origin}/o/oauth2/v2/auth",
            token_url=f"{origin}/token",
            revoke_url=f"{origin}/revoke",
            jwks_url=f"{origin}/oauth2/v3/certs",
        )


GOOGLE: Final = OAuthEndpoints(
    auth_url="https://accounts.google.com/o/oauth2/v2/auth",
    token_url="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
    revoke_url="https://oauth2.googleapis.com/revoke",
    jwks_url="https://www.googleapis.com/oauth2/v3/certs",
)


class GoogleOAuth:
    """`OAuth` for one client id. `client_secret` is called for each request, so a new version is seen."""

    def __init__(
        self,
        endpoints: OAuthEndpoints,
        *,
        client_id: str,
        client_secret: Callable[[], str],
        redirect_uri: str,
        verifier: IdTokenVerifier,
        clock: Clock,
        transport: Transport | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._endpoints = endpoints
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._verifier = verifier
        self._clock = clock
        self._transport = transport or Transport()
        self._timeout_seconds = timeout_seconds

    def consent_url(
        self, *, state: str, nonce: str, verifier: str, login_hint: str | None = None
    ) -> str:
        """Return the address of the consent page; with a hint for reconnecting that one account."""
        challenge = hashlib.sha256(verifier.encode("ascii")).digest()  # RFC 7636 §4.2
        parameters = {
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "response_type": "code",
            "scope": " ".join(SCOPES),
            "access_type": "offline",
            # Without consent Google gives no second refresh token; a new mailbox is chosen first.
            "prompt": "consent" if login_hint else "consent select_account",
            # Earlier grants must not blur what this one covers.
            "include_granted_scopes": "false",
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        if login_hint:
            parameters["login_hint"] = login_hint
        return f"{self._endpoints.auth_url}?{urlencode(parameters)}"

    def exchange(self, code: str, verifier: str) -> Tokens:
        """Change a code for tokens. Refused("code_invalid") where it is used, expired or foreign."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": self._redirect_uri,
        }
        try:
            return self._tokens(form)
        except NeedsReauth as error:  # here the grant that is not valid is the code
            if error.reason == "invalid_grant":
                raise Refused("code_invalid") from None
            raise

    def refresh(self, refresh_token: str) -> Tokens:
        """Return a new access token."""
        return self._tokens({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def revoke(self, token: str, timeout_seconds: float | None = None) -> bool:
        """Revoke the whole grant; False where Google did not answer, or answered something else."""
        try:
            answer = self._post(self._endpoints.revoke_url, {"token": token}, timeout_seconds)
        except NoAnswer:
            return False
        return answer.status == 200 or _error(answer) == "invalid_token"

    def identify(self, id_token: str) -> Identity:
        """Verify an id_token and the address in it; its nonce and domain are the caller's to compare."""
        try:
            claims = self._verifier.verify(id_token, audience=self._client_id)
        except Unauthenticated:
            raise Refused("id_token.invalid") from None
        except Unavailable:
            raise Down("id_token.keys") from None
        subject, address = claims.get("sub"), claims.get("email")
        domain, nonce = claims.get("hd"), claims.get("nonce")
        if not (isinstance(subject, str) and subject and isinstance(address, str) and address):
            raise Refused("id_token.invalid")
        if claims.get("email_verified") is not True:
            raise Refused("id_token.invalid")
        return Identity(
            subject=subject,
            address=address.lower(),
            hosted_domain=domain.lower() if isinstance(domain, str) else None,
            nonce=nonce if isinstance(nonce, str) else None,
        )

    def _tokens(self, form: Mapping[str, str]) -> Tokens:
        client = {"client_id": self._client_id, "client_secret": self._client_secret()}
        asked_at = self._clock.now()
        try:
            answer = self._post(self._endpoints.token_url, {**form, **client})
        except NoAnswer as error:
            raise Down(error.reason) from None
        if answer.status != 200:
            raise _failure(answer)
        content = _json(answer)
        token, seconds = content.get("access_token"), content.get("expires_in")
        refresh_token, id_token = content.get("refresh_token"), content.get("id_token")
        if not (isinstance(token, str) and token and isinstance(seconds, int) and seconds > 0):
            raise Down("broken_answer")
        ends = content.get("refresh_token_expires_in")
        ends = ends if isinstance(ends, int) and ends > 0 else None
        return Tokens(
            access_token=token,
            expires_at=asked_at + timedelta(seconds=seconds),
            scopes=frozenset(str(content.get("scope", "")).split()),
            refresh_token=refresh_token if isinstance(refresh_token, str) else None,
            id_token=id_token if isinstance(id_token, str) else None,
            refresh_expires_at=asked_at + timedelta(seconds=ends) if ends else None,
        )

    def _post(
        self, url: str, form: Mapping[str, str], timeout_seconds: float | None = None
    ) -> Answer:
        return self._transport.request(
            "POST",
            url,
            headers={
                "content-type": "application/x-www-form-urlencoded",
                "accept": "application/json",
            },
            body=urlencode(form),
            timeout_seconds=timeout_seconds or self._timeout_seconds,
            max_bytes=_MAX_ANSWER_BYTES,
        )


def _failure(answer: Answer) -> GmailError:
    if answer.status == 429:
        return Throttled("rate_limited")
    if answer.status == 408 or answer.status >= 500:
        return Down(f"http_{answer.status}")
    error = _error(answer)
    if error in _DEAD:
        return NeedsReauth(error)
    if error in _OURS:
        return Misconfigured(error)
    return Down("not_google" if error is None else "unknown_error")


def _error(answer: Answer) -> str | None:
    error = _json(answer).get("error")
    return error if isinstance(error, str) else None


def _json(answer: Answer) -> Mapping[str, Any]:
    try:
        content = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
