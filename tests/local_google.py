"""The product's own Gmail and OAuth clients, before the local Gmail sandbox."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.gmail_sandbox import Sandbox, SandboxConfig
from shared.auth.oidc import JwksUrl, TokenVerifier
from shared.clock import SystemClock
from shared.gmail.api import GmailApi
from shared.gmail.contract import Tokens
from shared.gmail.oauth import GoogleOAuth, IdTokenVerifier, OAuthEndpoints
from shared.gmail.transport import Transport

MAILBOX = "support@example.com"
CLIENT_ID = "desk.apps.example.com"
CLIENT_SECRET = "desk-secret"
REDIRECT = "http://127.0.0.1:8080/api/oauth/callback"
TOPIC = "projects/desk/topics/gmail-push"
VERIFIER = "v" * 64
MAIL = b"From: ann@example.net\r\nTo: support@example.com\r\nSubject: %s\r\n\r\nHello.\r\n"


class LocalGoogle:
    """A sandbox with one mailbox, and our clients of it."""

    def __init__(self, sandbox: Sandbox, timeout_seconds: float) -> None:
        self.sandbox = sandbox
        self.transport = Transport()
        self.timeout_seconds = timeout_seconds
        self.endpoints = OAuthEndpoints.at(sandbox.url)

    def oauth(
        self,
        client_id: str = CLIENT_ID,
        secret: str = CLIENT_SECRET,
        verifier: IdTokenVerifier | None = None,
    ) -> GoogleOAuth:
        """Return the OAuth client, which verifies id tokens as the product does unless told otherwise."""
        keys = JwksUrl(self.endpoints.jwks_url, SystemClock())
        return GoogleOAuth(
            self.endpoints,
            client_id=client_id,
            client_secret=lambda: secret,
            redirect_uri=REDIRECT,
            verifier=verifier or TokenVerifier(keys, code="id_token.invalid"),
            clock=SystemClock(),
            transport=self.transport,
            timeout_seconds=self.timeout_seconds,
        )

    def consent(self, scopes: Sequence[str] | None = None, **options: object) -> dict[str, str]:
        """Let the mailbox's owner answer the consent page; return the callback's parameters."""
        url = self.oauth().consent_url(state="the-state", nonce="the-nonce", verifier=VERIFIER)
        redirect = self.sandbox.approve(url, MAILBOX, scopes, **options)
        return {name: values[0] for name, values in parse_qs(urlsplit(redirect).query).items()}

    def connect(self) -> Tokens:
        """Go through consent and return the tokens."""
        return self.oauth().exchange(self.consent()["code"], VERIFIER)

    def gmail(self, tokens: Tokens) -> GmailApi:
        """Return the mailbox's Gmail; its access token is refreshed where Gmail refused it."""
        current = [tokens]

        def access_token(force: bool) -> str:
            if force:
                assert tokens.refresh_token is not None
                current[0] = self.oauth().refresh(tokens.refresh_token)
            return current[0].access_token

        return GmailApi(
            access_token,
            self.transport,
            SystemClock(),
            root=self.sandbox.url,
            timeout_seconds=self.timeout_seconds,
        )


@contextlib.contextmanager
def local_google(*, timeout_seconds: float = 10.0, **changes: object) -> Iterator[LocalGoogle]:
    """Run a sandbox in memory; `changes` are members of SandboxConfig."""
    members = {
        "path": None,
        "control_token": "control",
        "push_url": None,
        "push_audience": "https://desk.example.com/push",
        "push_service_account": "push@desk.iam.gserviceaccount.com",
        "push_key": _push_key(),
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uris": (REDIRECT,),
        "topic": TOPIC,
    }
    sandbox = Sandbox(SandboxConfig(**(members | changes)))
    sandbox.add_account(MAILBOX, "Support", hd="example.com")
    sandbox.start()
    try:
        yield LocalGoogle(sandbox, timeout_seconds)
    finally:
        sandbox.stop()


def deliver(sandbox: Sandbox, subject: bytes = b"Question", **options: Any) -> str:
    """Let a mail arrive and return its Gmail id."""
    return sandbox.deliver(MAILBOX, MAIL % subject, **options)["id"]


@functools.cache
def _push_key() -> bytes:
    """Return an RSA key, made once a run because making one is slow."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
