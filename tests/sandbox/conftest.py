"""A sandbox with two mailboxes, the clients before it, and a desk that receives its pushes."""

import base64
import contextlib
import dataclasses
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.gmail_sandbox import Sandbox, SandboxConfig

from .google_client import CLIENT_ID, CLIENT_SECRET, REDIRECT, TOPIC, Browser

SUPPORT = "support@example.com"
SALES = "sales@example.com"


@pytest.fixture(scope="session")
def push_key() -> bytes:
    """Make an RSA key for the whole run: making one is slow."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@dataclasses.dataclass
class Desk:
    """Receives pushes in-process: answers with the statuses given, then with 204."""

    answers: list[int] = dataclasses.field(default_factory=list)
    received: list[tuple[dict[str, str], dict[str, Any]]] = dataclasses.field(default_factory=list)
    lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)

    def post(self, _url: str, headers: dict[str, str], body: bytes) -> int:
        """Take one push."""
        with self.lock:
            self.received.append((headers, json.loads(body)))
            return self.answers.pop(0) if self.answers else 204

    def notifications(self) -> list[dict[str, Any]]:
        """Return the data of every push received, by history id: they come in any order."""
        data = [envelope["message"]["data"] for _, envelope in self.received]
        decoded = [json.loads(base64.b64decode(text)) for text in data]
        return sorted(decoded, key=lambda entry: int(entry["historyId"]))


@pytest.fixture
def desk() -> Desk:
    """Give a desk that acknowledges everything unless told otherwise."""
    return Desk()


Start = Callable[..., Sandbox]


@pytest.fixture
def start(push_key: bytes, desk: Desk) -> Iterator[Start]:
    """Start sandboxes with settings changed; each is stopped in the end."""
    running: list[Sandbox] = []

    def start_one(**changes: Any) -> Sandbox:
        config = SandboxConfig(
            path=None,
            control_token="control",
            push_url="http://127.0.0.1:8080/push/gmail_push",
            push_audience="https://desk.example.com/push",
            push_service_account="push@desk.iam.gserviceaccount.com",
            push_key=push_key,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            redirect_uris=(REDIRECT,),
            topic=TOPIC,
            post=desk.post,
            push_rate="unlimited",
            push_backoff=(0.01, 0.05),
        )
        sandbox = Sandbox(dataclasses.replace(config, **changes))
        sandbox.add_account(SUPPORT, "Support", hd="example.com")
        sandbox.add_account(SALES, "Sales", hd="example.com")
        sandbox.start()
        running.append(sandbox)
        return sandbox

    yield start_one
    for sandbox in running:
        sandbox.stop()


@pytest.fixture
def sandbox(start: Start) -> Sandbox:
    """Start a sandbox in memory."""
    return start()


@pytest.fixture
def browser(sandbox: Sandbox) -> Iterator[Browser]:
    """Open a browser, and Google's client library, before the sandbox."""
    with contextlib.closing(Browser(sandbox.url)) as opened:
        yield opened


@pytest.fixture
def gmail(browser: Browser) -> Any:
    """Give Google's client, connected to the support mailbox with the desk's scopes."""
    return browser.gmail(browser.connect(SUPPORT)["access_token"])


def mail(
    subject: str = "Question",
    text: str = "Hello there.",
    message_id: str = "<first@customer.example.net>",
    **headers: str,
) -> bytes:
    """Return a small message; header names use underscores for hyphens."""
    lines = [
        "From: Ada <ada@example.net>",
        f"To: {SUPPORT}",
        f"Subject: {subject}",
        f"Message-ID: {message_id}",
        *[f"{name.replace('_', '-')}: {value}" for name, value in headers.items()],
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + text + "\r\n").encode()
