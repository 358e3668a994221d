"""Google's authorisation endpoint: checks the request, asks the person, returns a code.

Rules: developers.google.com/identity/protocols/oauth2/web-server, RFC 6749 §4.1, RFC 7636.
"""

import dataclasses
import re
import urllib.parse

from .accounts import Account, Accounts, Code
from .config import SandboxConfig
from .consent_page import consent_page, error_page
from .exchange import Request, Response
from .methods import AUTH, FULL, METHODS

SIGN_IN = {
    "openid": "openid",
    "email": AUTH + "userinfo.email",
    "profile": AUTH + "userinfo.profile",
}
SIGN_IN_SCOPES = frozenset(SIGN_IN.values())
KNOWN_SCOPES = SIGN_IN_SCOPES | {FULL} | {s for m in METHODS for s in m.scopes}


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


class Authorization:
    """GET shows the consent page, POST takes what the person chose on it."""

    def __init__(self, accounts: Accounts, config: SandboxConfig) -> None:
        self._accounts = accounts
        self._config = config

    def show_consent(self, request: Request) -> Response:
        """GET /o/oauth2/v2/auth: the page, or Google's error page, or a redirect with an error."""
        checked = self._check(request)
        if isinstance(checked, Response):
            return checked
        if "none" in checked.prompts:
            return _redirect(checked, {"error": "interaction_required"})
        return self._page(request, checked, checked.login_hint, ticked=False)

    def decide(self, request: Request) -> Response:
        """POST /o/oauth2/v2/auth: what the person chose; back to the application."""
        origin = request.headers.get("origin")
        if origin is not None and origin != f"http://{request.headers.get('host')}":
            return error_page(403, "invalid_request", "The form was sent by another site.")
        checked = self._check(request)
        if isinstance(checked, Response):
            return checked
        form = request.form()
        decision = form.get("decision", [""])[-1]
        if decision == "select_all":
            return self._page(request, checked, form.get("account", [None])[-1], ticked=True)
        if decision != "allow":
            return _redirect(checked, {"error": "access_denied"})
        account = self._accounts.get(form.get("account", [""])[-1])
        if account is None:
            return error_page(400, "invalid_request", "No account was chosen.")
        if account.consent_error:
            return _redirect(checked, {"error": account.consent_error})
        optional = checked.optional_scopes
        ticked = optional if len(optional) == 1 else tuple(form.get("scope", []))
        return self._consent(checked, account, frozenset(ticked) & frozenset(optional))

    def _page(
        self,
        request: Request,
        checked: AuthorizationRequest,
        chosen: str | None,
        *,
        ticked: bool,
    ) -> Response:
        accounts = self._accounts.all()
        if checked.hd:
            # A hint for the page only: whoever reads the claim must check it.
            accounts = [one for one in accounts if checked.hd in ("*", one.hd)] or accounts
        boxes = checked.optional_scopes
        return consent_page(
            request.query_string,
            accounts,
            chosen,
            boxes if len(boxes) > 1 else (),
            ticked=ticked,
            redirect_uri=checked.redirect_uri,
        )

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


def _redirect(checked: AuthorizationRequest, answer: dict[str, str]) -> Response:
    state = {"state": checked.state} if checked.state is not None else {}
    query = urllib.parse.urlencode(state | answer)
    separator = "&" if "?" in checked.redirect_uri else "?"
    location = f"{checked.redirect_uri}{separator}{query}"
    return Response(302, headers={"Location": location, "Cache-Control": "no-store"})
