"""Google's OAuth 2.0 endpoints by path, and the certificates of its signing key."""

from collections.abc import Callable

from .accounts import Accounts
from .authorization import Authorization
from .config import SandboxConfig
from .exchange import Operation, Request, Response, json_response
from .signing import SigningKey
from .tokens import Tokens


class OAuth:
    """The endpoints; their operations are named oauth.<endpoint>."""

    def __init__(self, accounts: Accounts, config: SandboxConfig, key: SigningKey) -> None:
        self._accounts = accounts
        self._key = key
        authorization = Authorization(accounts, config)
        tokens = Tokens(accounts, config, key)
        self._routes: dict[tuple[str, str], tuple[str, Callable[[Request], Response]]] = {
            ("GET", "/o/oauth2/v2/auth"): ("oauth.auth", authorization.show_consent),
            ("POST", "/o/oauth2/v2/auth"): ("oauth.consent", authorization.decide),
            ("POST", "/token"): ("oauth.token", tokens.token),
            ("POST", "/revoke"): ("oauth.revoke", tokens.revoke),
            ("GET", "/oauth2/v1/certs"): ("oauth.certs", self.certificates),
            ("GET", "/oauth2/v3/certs"): ("oauth.certs", self.jwks),
            ("GET", "/v1/userinfo"): ("oauth.userinfo", tokens.userinfo),
            ("GET", "/oauth2/v3/userinfo"): ("oauth.userinfo", tokens.userinfo),
        }

    def operation(self, request: Request) -> Operation | None:
        """Return what a request asks for, None for other paths."""
        route = self._routes.get((request.method, request.path))
        if route is None:
            return None
        name, answer = route
        return Operation(name, self._whose(name, request), lambda: answer(request))

    def certificates(self, _request: Request) -> Response:
        """GET /oauth2/v1/certs: {kid: X.509 PEM}."""
        return json_response(self._key.certificates(), Cache_Control="public, max-age=3600")

    def jwks(self, _request: Request) -> Response:
        """GET /oauth2/v3/certs: a JWK set."""
        return json_response(self._key.jwks(), Cache_Control="public, max-age=3600")

    def _whose(self, name: str, request: Request) -> str | None:
        # So that a fault may be planted for the refreshes of one mailbox.
        if name not in ("oauth.token", "oauth.revoke"):
            return None
        form = request.form()
        text = form.get("refresh_token", form.get("token", [""]))[-1]
        token = self._accounts.token("refresh", text)
        return token.mailbox if token else None
