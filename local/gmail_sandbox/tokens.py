"""Google's token endpoints: codes and refresh tokens for access tokens, and revocation.

Rules: developers.google.com/identity/protocols/oauth2/web-server, .../openid-connect, RFC 6749 §5,
RFC 7636 §4.5, RFC 7009.
"""

import base64
import binascii
import hashlib
import hmac
import re
import time
import urllib.parse
from typing import Any

from .accounts import ACCESS_TOKEN_SECONDS, TESTING_TOKEN_SECONDS, Account, Accounts
from .authorization import SIGN_IN
from .config import SandboxConfig, b64url
from .errors import unauthenticated
from .exchange import Request, Response, json_response
from .signing import ISSUER, SigningKey

ID_TOKEN_SECONDS = 3600
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class OAuthError(Exception):
    """A refusal by the token endpoint: RFC 6749 §5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status

    def response(self) -> Response:
        """Return the error as JSON."""
        body = {"error": self.error, "error_description": self.description}
        return json_response(body, self.status)


class Tokens:
    """POST /token and /revoke, and userinfo, which an access token opens."""

    def __init__(self, accounts: Accounts, config: SandboxConfig, key: SigningKey) -> None:
        self._accounts = accounts
        self._config = config
        self._key = key

    def token(self, request: Request) -> Response:
        """POST /token: redeem a code, or refresh."""
        try:
            return self._grant(self._client_form(request))
        except OAuthError as error:
            return error.response()

    def revoke(self, request: Request) -> Response:
        """POST /revoke: ends the whole grant of an access or refresh token."""
        form = {**request.query, **request.form()}
        token = form.get("token", [""])[-1]
        if not token:
            return OAuthError("invalid_request", "Missing required parameter: token").response()
        if self._accounts.revoke_token(token) is None:
            return OAuthError("invalid_token", "Token expired or revoked").response()
        return json_response({})

    def userinfo(self, request: Request) -> Response:
        """GET the OpenID Connect claims of the access token's account."""
        token = self._accounts.token("access", request.bearer)
        account = self._accounts.get(token.mailbox) if token else None
        if token is None or account is None or "openid" not in token.scopes:
            return unauthenticated().response()
        return json_response({"sub": account.sub, **_identity(account, token.scopes)})

    def _client_form(self, request: Request) -> dict[str, str]:
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/x-www-form-urlencoded":
            raise OAuthError("invalid_request", "The body must be form-encoded")
        lists = request.form()
        if any(len(values) > 1 for values in lists.values()):
            raise OAuthError("invalid_request", "Duplicate parameter")
        form = {name: values[0] for name, values in lists.items()}
        client, secret = _basic(request) or (form.get("client_id"), form.get("client_secret"))
        if client != self._config.client_id:
            raise OAuthError("invalid_client", "The OAuth client was not found.", 401)
        if not hmac.compare_digest((secret or "").encode(), self._config.client_secret.encode()):
            description = "The provided client secret is invalid."
            raise OAuthError("invalid_client", description, 401)
        return form

    def _grant(self, form: dict[str, str]) -> Response:
        match form.get("grant_type"):
            case "authorization_code":
                return self._redeem(form)
            case "refresh_token":
                return self._refresh(form)
            case None:
                raise OAuthError("invalid_request", "Required parameter is missing: grant_type")
            case other:
                raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {other[:60]}")

    def _redeem(self, form: dict[str, str]) -> Response:
        if "code" not in form:
            raise OAuthError("invalid_request", "Missing required parameter: code")
        code = self._accounts.claim_code(form["code"])
        if code is None:
            raise OAuthError("invalid_grant", "Malformed auth code.")
        if form.get("redirect_uri") != code.redirect_uri:
            raise OAuthError("redirect_uri_mismatch", "Bad Request")
        verifier = form.get("code_verifier")
        if code.challenge is None and verifier is not None:
            raise OAuthError("invalid_grant", "code_verifier or verifier is not needed.")
        if code.challenge is not None:
            if verifier is None:
                raise OAuthError("invalid_grant", "Missing code verifier.")
            digest = b64url(hashlib.sha256(verifier.encode()).digest())
            if not VERIFIER.fullmatch(verifier) or digest != code.challenge:
                raise OAuthError("invalid_grant", "Invalid code verifier.")
        answer = self._tokens(code.mailbox, code.scopes, code.nonce)
        if code.refresh:
            answer["refresh_token"] = self._accounts.issue_refresh(code.mailbox, code.scopes)
            if self._config.testing:
                answer["refresh_token_expires_in"] = TESTING_TOKEN_SECONDS
        return json_response(answer, Cache_Control="no-store", Pragma="no-cache")

    def _refresh(self, form: dict[str, str]) -> Response:
        token = self._accounts.token("refresh", form.get("refresh_token"))
        if token is None:
            raise OAuthError("invalid_grant", "Token has been expired or revoked.")
        account = self._accounts.get(token.mailbox)
        if account is not None and account.consent_error == "admin_policy_enforced":
            raise OAuthError("admin_policy_enforced", "Bad Request")
        wanted = tuple(SIGN_IN.get(w, w) for w in form.get("scope", "").split()) or token.scopes
        if not set(wanted) <= set(token.scopes):
            raise OAuthError("invalid_scope", "Bad Request")
        answer = self._tokens(token.mailbox, wanted, None)
        return json_response(answer, Cache_Control="no-store", Pragma="no-cache")

    def _tokens(self, mailbox: str, scopes: tuple[str, ...], nonce: str | None) -> dict[str, Any]:
        account = self._accounts.get(mailbox)
        if account is None:
            raise OAuthError("invalid_grant", "Account has been deleted")
        answer: dict[str, Any] = {
            "access_token": self._accounts.issue_access(mailbox, scopes),
            "expires_in": ACCESS_TOKEN_SECONDS,
            "scope": " ".join(scopes),
            "token_type": "Bearer",
        }
        if "openid" in scopes:
            answer["id_token"] = self._id_token(account, scopes, nonce, answer["access_token"])
        return answer

    def _id_token(
        self, account: Account, scopes: tuple[str, ...], nonce: str | None, access_token: str
    ) -> str:
        # Wall-clock times: google.auth checks them against the wall clock.
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "azp": self._config.client_id,
            "aud": self._config.client_id,
            "sub": account.sub,
            "at_hash": b64url(hashlib.sha256(access_token.encode()).digest()[:16]),
            "iat": now,
            "exp": now + ID_TOKEN_SECONDS,
            **_identity(account, scopes),
        }
        if nonce is not None:
            claims["nonce"] = nonce
        return self._key.sign(claims)


def _identity(account: Account, scopes: tuple[str, ...]) -> dict[str, Any]:
    claims: dict[str, Any] = {"hd": account.hd} if account.hd else {}
    if SIGN_IN["email"] in scopes:
        claims |= {"email": account.email, "email_verified": True}
    if SIGN_IN["profile"] in scopes:
        claims["name"] = account.name
    return claims


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return urllib.parse.unquote(client), urllib.parse.unquote(secret)
