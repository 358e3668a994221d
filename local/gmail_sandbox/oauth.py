"""Google's OAuth 2.0 endpoints: consent, tokens, revocation, certificates, user information.

Rules: developers.google.com/identity/protocols/oauth2/web-server, .../openid-connect, RFC 6749,
RFC 7636.
"""

import base64
import binascii
import dataclasses
import hashlib
import hmac
import re
import time
import urllib.parse
from collections.abc import Callable
from typing import Any

from .accounts import ACCESS_TOKEN_SECONDS, Account, Accounts, Code
from .config import SandboxConfig, b64url
from .consent_page import consent_page, error_page
from .errors import unauthenticated
from .exchange import Operation, Request, Response, json_response
from .methods import AUTH, FULL, METHODS, READONLY
from .signing import ISSUER, SigningKey

ID_TOKEN_SECONDS = 3600
SIGN_IN = {
    "openid": "openid",
    "email": AUTH + "userinfo.email",
    "profile": AUTH + "userinfo.profile",
}
SIGN_IN_SCOPES = frozenset(SIGN_IN.values())
KNOWN_SCOPES = SIGN_IN_SCOPES | {FULL, READONLY} | {s for m in METHODS for s in m.scopes}
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


@dataclasses.dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A checked request for consent; scopes have their long names."""

    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None
    nonce: str | None
    challenge: str | None
    prompts: frozenset[str]
    offline: bool
    include_granted: bool
    login_hint: str | None
    hd: str | None

    @property
    def optional_scopes(self) -> tuple[str, ...]:
        """Those beyond sign-in, which a person ticks one by one where there are several."""
        return tuple(scope for scope in self.scopes if scope not in SIGN_IN_SCOPES)


class OAuth:
    """The endpoints, by path."""

    def __init__(self, accounts: Accounts, config: SandboxConfig, key: SigningKey) -> None:
        self._accounts = accounts
        self._config = config
        self._key = key
        self._routes: dict[tuple[str, str], tuple[str, Callable[[Request], Response]]] = {
            ("GET", "/o/oauth2/v2/auth"): ("oauth.auth", self.show_consent),
            ("POST", "/o/oauth2/v2/auth"): ("oauth.consent", self.decide),
            ("POST", "/token"): ("oauth.token", self.token),
            ("POST", "/revoke"): ("oauth.revoke", self.revoke),
            ("GET", "/oauth2/v1/certs"): ("oauth.certs", self.certificates),
            ("GET", "/oauth2/v3/certs"): ("oauth.certs", self.jwks),
            ("GET", "/v1/userinfo"): ("oauth.userinfo", self.userinfo),
            ("GET", "/oauth2/v3/userinfo"): ("oauth.userinfo", self.userinfo),
        }

    def operation(self, request: Request) -> Operation | None:
        """Return what a request asks for, None for other paths."""
        route = self._routes.get((request.method, request.path))
        if route is None:
            return None
        name, answer = route
        return Operation(name, self._whose(name, request), lambda: answer(request))

    def show_consent(self, request: Request) -> Response:
        """GET /o/oauth2/v2/auth: the page, or Google's error page, or a redirect with an error."""
        checked = self._check(request)
        if isinstance(checked, Response):
            return checked
        if "none" in checked.prompts:
            return _redirect(checked, {"error": "interaction_required"})
        accounts = self._accounts.all()
        if checked.hd:
            accounts = [one for one in accounts if checked.hd in ("*", one.hd)] or accounts
        query = [
            (name, value)
            for name, value in urllib.parse.parse_qsl(request.query_string)
            if name != "select"
        ]
        boxes = checked.optional_scopes
        return consent_page(
            urllib.parse.urlencode(query),
            accounts,
            checked.login_hint,
            boxes if len(boxes) > 1 else (),
            ticked="all" in request.query.get("select", []),
            redirect_uri=checked.redirect_uri,
        )

    def decide(self, request: Request) -> Response:
        """POST /o/oauth2/v2/auth: what the person chose; back to the application."""
        origin = request.headers.get("origin")
        if origin is not None and origin != f"http://{request.headers.get('host')}":
            return error_page(403, "invalid_request", "The form was sent by another site.")
        checked = self._check(request)
        if isinstance(checked, Response):
            return checked
        form = _form(request)
        if form.get("decision", [""])[-1] != "allow":
            return _redirect(checked, {"error": "access_denied"})
        account = self._accounts.get(form.get("account", [""])[-1])
        if account is None:
            return error_page(400, "invalid_request", "No account was chosen.")
        if account.consent_error:
            return _redirect(checked, {"error": account.consent_error})
        optional = checked.optional_scopes
        ticked = optional if len(optional) == 1 else tuple(form.get("scope", []))
        return self._consent(checked, account, frozenset(ticked) & frozenset(optional))

    def token(self, request: Request) -> Response:
        """POST /token: redeem a code, or refresh."""
        try:
            return self._grant(self._client_form(request))
        except OAuthError as error:
            return error.response()

    def revoke(self, request: Request) -> Response:
        """POST /revoke: ends the whole grant of an access or refresh token."""
        form = {**request.query, **_form(request)}
        token = form.get("token", [""])[-1]
        if not token:
            return OAuthError("invalid_request", "Missing required parameter: token").response()
        if self._accounts.revoke_token(token) is None:
            return OAuthError("invalid_token", "Token expired or revoked").response()
        return json_response({})

    def certificates(self, _request: Request) -> Response:
        """GET /oauth2/v1/certs: {kid: X.509 PEM}."""
        return json_response(self._key.certificates(), Cache_Control="public, max-age=3600")

    def jwks(self, _request: Request) -> Response:
        """GET /oauth2/v3/certs: a JWK set."""
        return json_response(self._key.jwks(), Cache_Control="public, max-age=3600")

    def userinfo(self, request: Request) -> Response:
        """GET the OpenID Connect claims of the access token's account."""
        token = self._accounts.token("access", request.bearer)
        account = self._accounts.get(token.mailbox) if token else None
        if token is None or account is None or "openid" not in token.scopes:
            return unauthenticated().response()
        return json_response({"sub": account.sub, **_identity(account, token.scopes)})

    def _check(self, request: Request) -> AuthorizationRequest | Response:
        values = {name: texts[-1] for name, texts in request.query.items()}
        if values.get("client_id") != self._config.client_id:
            return error_page(401, "invalid_client", "The OAuth client was not found.")
        redirect_uri = values.get("redirect_uri")
        if redirect_uri not in self._config.redirect_uris or redirect_uri is None:
            return error_page(400, "redirect_uri_mismatch", "The redirect URI is not registered.")
        for name, texts in request.query.items():
            if len(texts) > 1:
                return error_page(400, "invalid_request", f"Duplicate parameter: {name[:40]}")
        if values.get("response_type") != "code":
            return error_page(400, "invalid_request", "response_type must be code.")
        scopes = tuple(
            dict.fromkeys(SIGN_IN.get(word, word) for word in values.get("scope", "").split())
        )
        if not scopes:
            return error_page(400, "invalid_request", "Missing required parameter: scope")
        if not KNOWN_SCOPES.issuperset(scopes):
            return error_page(400, "invalid_scope", "Some requested scopes are unknown.")
        challenge = values.get("code_challenge")
        # Google takes `plain` as well; nobody should send it.
        if challenge is not None and (
            values.get("code_challenge_method") != "S256"
            or not re.fullmatch(r"[A-Za-z0-9_-]{43}", challenge)
        ):
            return error_page(400, "invalid_request", "The code challenge is not S256.")
        prompts = frozenset(values.get("prompt", "").split())
        if not prompts <= {"none", "consent", "select_account"}:
            return error_page(400, "invalid_request", "Invalid parameter value for prompt.")
        return AuthorizationRequest(
            redirect_uri=redirect_uri,
            scopes=scopes,
            state=values.get("state"),
            nonce=values.get("nonce"),
            challenge=challenge,
            prompts=prompts,
            offline=values.get("access_type") == "offline",
            include_granted=values.get("include_granted_scopes") == "true",
            login_hint=values.get("login_hint"),
            hd=values.get("hd"),
        )

    def _consent(
        self, checked: AuthorizationRequest, account: Account, ticked: frozenset[str]
    ) -> Response:
        granted_before = self._accounts.granted(account.email)
        asked_again = "consent" in checked.prompts or not granted_before
        if not asked_again and set(checked.scopes) <= set(granted_before):
            # Google shows no checkboxes for what is granted already.
            ticked = frozenset(checked.optional_scopes)
        # The order is not the one that was asked for.
        scopes = tuple(
            sorted((s for s in checked.scopes if s in SIGN_IN_SCOPES or s in ticked), reverse=True)
        )
        self._accounts.grant(account.email, scopes)
        if checked.include_granted:
            scopes = tuple(dict.fromkeys((*scopes, *granted_before)))
        code = self._accounts.issue_code(
            Code(
                account.email,
                scopes,
                checked.redirect_uri,
                checked.challenge,
                checked.nonce,
                checked.offline and asked_again,
            )
        )
        answer = {"code": code, "scope": " ".join(scopes), "authuser": "0"}
        if account.hd:
            answer["hd"] = account.hd
        return _redirect(checked, answer | {"prompt": "consent" if asked_again else "none"})

    def _client_form(self, request: Request) -> dict[str, str]:
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/x-www-form-urlencoded":
            raise OAuthError("invalid_request", "The body must be form-encoded")
        lists = _form(request)
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

    def _whose(self, name: str, request: Request) -> str | None:
        # So that a fault may be planted for the refreshes of one mailbox.
        if name not in ("oauth.token", "oauth.revoke"):
            return None
        form = _form(request)
        text = form.get("refresh_token", form.get("token", [""]))[-1]
        token = self._accounts.token("refresh", text)
        return token.mailbox if token else None


def _identity(account: Account, scopes: tuple[str, ...]) -> dict[str, Any]:
    claims: dict[str, Any] = {"hd": account.hd} if account.hd else {}
    if SIGN_IN["email"] in scopes:
        claims |= {"email": account.email, "email_verified": True}
    if SIGN_IN["profile"] in scopes:
        claims["name"] = account.name
    return claims


def _redirect(checked: AuthorizationRequest, answer: dict[str, str]) -> Response:
    state = {"state": checked.state} if checked.state is not None else {}
    query = urllib.parse.urlencode(state | answer)
    separator = "&" if "?" in checked.redirect_uri else "?"
    location = f"{checked.redirect_uri}{separator}{query}"
    return Response(302, headers={"Location": location, "Cache-Control": "no-store"})


def _form(request: Request) -> dict[str, list[str]]:
    text = request.body.decode("utf-8", "replace")
    try:
        return urllib.parse.parse_qs(text, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return {}


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return urllib.parse.unquote(client), urllib.parse.unquote(secret)
