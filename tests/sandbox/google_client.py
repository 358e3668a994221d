"""The two clients that the tests use: the real google-api-python-client and a browser's requests."""

import base64
import hashlib
import html
import json
import re
import urllib.parse
from pathlib import Path
from typing import Any

import google_auth_httplib2
import googleapiclient.discovery
import httplib2
import urllib3
from google.oauth2.credentials import Credentials

CLIENT_ID = "desk.apps.example.com"
CLIENT_SECRET = "desk-secret"
REDIRECT = "http://127.0.0.1:8080/api/oauth/callback"
TOPIC = "projects/desk/topics/gmail-push"
READONLY = "https://www.googleapis.com/auth/gmail.readonly"
SEND = "https://www.googleapis.com/auth/gmail.send"
EMAIL = "https://www.googleapis.com/auth/userinfo.email"
SCOPES = f"openid email {READONLY} {SEND}"
VERIFIER = "v" * 64
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


class Browser:
    """A person's browser before the sandbox: opens the consent page and sends its form."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.transports: list[google_auth_httplib2.AuthorizedHttp] = []
        self.http = urllib3.PoolManager(retries=False, timeout=10)

    def authorization_url(self, **changes: str | None) -> str:
        """Return the desk's authorisation URL, with parameters changed or (None) left out."""
        parameters: dict[str, str | None] = {
            "client_id": CLIENT_ID,
            "redirect_uri": REDIRECT,
            "response_type": "code",
            "scope": SCOPES,
            "access_type": "offline",
            "prompt": "consent select_account",
            "state": "the-state",
            "nonce": "the-nonce",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "include_granted_scopes": "false",
        }
        kept = {k: v for k, v in (parameters | changes).items() if v is not None}
        return f"{self.url}/o/oauth2/v2/auth?{urllib.parse.urlencode(kept)}"

    def get(self, url: str) -> urllib3.BaseHTTPResponse:
        """Open a page without following redirects."""
        return self.http.request("GET", url, redirect=False)

    def submit(
        self, page: urllib3.BaseHTTPResponse, account: str, scopes: list[str], decision: str
    ) -> dict[str, str]:
        """Send the page's form and return the parameters of the redirect that answers it."""
        action = re.search(r'<form method="post" action="([^"]+)"', page.data.decode())
        assert action is not None
        form = [("account", account), ("decision", decision), *[("scope", s) for s in scopes]]
        answer = self.http.request(
            "POST",
            f"{self.url}/o/oauth2/v2/auth{html.unescape(action[1])}",
            body=urllib.parse.urlencode(form),
            headers={"Content-Type": "application/x-www-form-urlencoded", "Origin": self.url},
            redirect=False,
        )
        assert answer.status == 302, answer.data
        location = answer.headers["Location"]
        assert location.startswith(REDIRECT + "?")
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))

    def consent(self, account: str, scopes: list[str] | None = None, **changes: str) -> str:
        """Click through consent and return the code."""
        page = self.get(self.authorization_url(**changes))
        ticked = [READONLY, SEND] if scopes is None else scopes
        return self.submit(page, account, ticked, "allow")["code"]

    def post(self, path: str, **fields: str) -> tuple[int, dict[str, Any]]:
        """Post a form to one of Google's endpoints and return status and JSON."""
        answer = self.http.request(
            "POST",
            self.url + path,
            body=urllib.parse.urlencode(fields),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        return answer.status, json.loads(answer.data)

    def redeem(self, issued_code: str, **changes: str) -> tuple[int, dict[str, Any]]:
        """Exchange a code as the desk does."""
        fields = {
            "grant_type": "authorization_code",
            "code": issued_code,
            "redirect_uri": REDIRECT,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "code_verifier": VERIFIER,
        }
        return self.post("/token", **{k: v for k, v in (fields | changes).items() if v})

    def refresh(self, refresh_token: str) -> tuple[int, dict[str, Any]]:
        """Refresh as the desk does."""
        return self.post(
            "/token",
            grant_type="refresh_token",
            refresh_token=refresh_token,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
        )

    def connect(self, account: str) -> dict[str, Any]:
        """Go all the way and return the token answer."""
        status, tokens = self.redeem(self.consent(account))
        assert status == 200, tokens
        return tokens

    def gmail(self, access_token: str, timeout: float = 10) -> Any:
        """Return users() of the unmodified google-api-python-client, its root URL rewritten."""
        return self.service(access_token, timeout).users()

    def service(self, access_token: str, timeout: float = 10) -> Any:
        """Return the whole client, which makes batches too."""
        path = Path(googleapiclient.discovery.__file__).parent
        text = (path / "discovery_cache/documents/gmail.v1.json").read_text("utf-8")
        document = json.loads(text)
        for name in ("rootUrl", "baseUrl", "mtlsRootUrl"):
            document[name] = self.url + "/"
        http = httplib2.Http(timeout=timeout)
        http.redirect_codes -= {308}  # as the client's own build_http: the answer of an upload
        transport = google_auth_httplib2.AuthorizedHttp(
            Credentials(token=access_token),
            http=http,
            refresh_status_codes=(),  # a 401 is what the tests want to see
        )
        self.transports.append(transport)
        return googleapiclient.discovery.build_from_document(document, http=transport)

    def close(self) -> None:
        """Close every connection."""
        for transport in self.transports:
            transport.close()
        self.http.clear()
