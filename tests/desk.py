"""A whole desk for tests: every function behind the Functions Framework, the Gmail sandbox beside it.

It runs over the embedded seams and has verbs of the domain; at the end it checks what must always hold.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any, Final

from werkzeug.test import Client, TestResponse

from local import seed, system_mail
from local.desk import Desk
from local.doors import FrontDoor
from local.gmail_sandbox import Sandbox, SandboxConfig
from local.home import write_private
from shared.app import App
from shared.bus import envelope
from shared.bus.courier import Courier
from shared.bus.delivery import Retry
from shared.bus.signer import PushSigner, new_private_key_pem
from shared.clock import Clock
from shared.domain import messages as message_documents
from shared.domain import tickets as ticket_documents
from shared.domain.people import USERS
from shared.keys.contract import OAUTH_CLIENT
from shared.keys.local import FileKeys
from tests.counting import CountingBus, CountingStore, Counts
from tests.log_watch import never_logged
from tests.stopped_clock import StoppedClock

URL: Final = "http://127.0.0.1:8080"
SUPPORT: Final = seed.SUPPORT
SALES: Final = seed.SALES
BILLING: Final = seed.BILLING
SECRET: Final = "the secret that Google knows"
_ROUNDS: Final = 2_000
_WAIT_SECONDS: Final = 60.0


@cache
def push_key() -> bytes:
    """Make one RSA key for the whole run: making one is slow."""
    return new_private_key_pem()


class DeskUnderTest:
    """A desk in memory, signed in to as any demo role, with mailboxes connected by OAuth."""

    def __init__(
        self,
        home: Path,
        *,
        chaos_seed: int | None = None,
        in_memory: bool = True,
        rehearse: bool = False,
        sandbox_options: Mapping[str, Any] | None = None,
        clock: Clock | None = None,
        url: str = URL,
        seeded: bool = True,
    ) -> None:
        self.url = url
        self.clock = clock or StoppedClock()
        _prepare(home)
        options: dict[str, Any] = {
            "path": None,
            "control_token": "control",
            "push_url": None,
            "push_rate": "unlimited",
            "push_backoff": (0.01, 0.05),
            "clock_start": self.clock.now().timestamp(),
            "chaos": chaos_seed is not None,
            "quota_per_minute": None,
        }
        push_url = f"{url}/push/gmail_push"
        self.sandbox = Sandbox(
            SandboxConfig(
                **options
                | {
                    "push_audience": f"{url}/push/gmail-push",
                    "push_service_account": "push@local.iam.example.com",
                    "push_key": push_key(),
                    "client_id": "local-desk.apps.example.com",
                    "client_secret": SECRET,
                    "redirect_uris": (f"{url}/api/oauth/callback",),
                    "topic": "projects/local/topics/gmail-push",
                    "post": self._push_from_gmail,
                }
                | dict(sandbox_options or {})
            )
        )
        self.sandbox.start()
        self.desk = Desk(
            home,
            url=url,
            google=self.sandbox.url,
            clock=self.clock,
            chaos_seed=chaos_seed,
            password_cost=4,
            in_memory=in_memory,
            rehearse=rehearse,
        )
        self.counts = Counts()
        self.desk.stores = {
            name: CountingStore(store, self.counts)  # type: ignore[misc]
            for name, store in self.desk.stores.items()
        }
        self.files = {name: store._inner for name, store in self.desk.stores.items()}  # type: ignore[attr-defined]
        self.queue = self.desk.bus
        self.desk.bus = CountingBus(self.queue, self.counts)  # type: ignore[assignment]
        self.front = FrontDoor(self.desk.functions, url)
        self._installed = self.desk.installed()
        self._installed.__enter__()
        self._client = Client(self.front)
        self.courier = Courier(
            self.queue, self._post, self.desk.signer, self.clock, Retry(0.01, 1.0, 100)
        )
        self.people = seed.people(self.desk) if seeded else {}
        never_logged(*(word for person in self.people.values() for word in person))
        self.mailboxes: dict[str, str] = {}
        self.sandbox.set_push_url(push_url)

    # People

    def browser(self, role: str | None = None) -> DeskBrowser:
        """Return a browser, signed in as a demo role if one is named."""
        browser = DeskBrowser(self.front, self.url)
        if role is not None:
            answer = browser.send(
                "POST",
                "/api/session/",
                dict(zip(("email", "password"), self.people[role], strict=True)),
            )
            assert answer.status_code == 200, answer.data
            if answer.json["needs"]:
                self.prove(browser, role)
        return browser

    def prove(self, browser: DeskBrowser, role: str) -> None:
        """Ask for the code by e-mail, read it, and prove it."""
        assert browser.send("POST", "/api/session/email_otp").status_code == 202
        answer = browser.send("POST", "/api/session/email_otp/verify", {"code": self.code(role)})
        assert answer.status_code == 200, answer.data

    def code(self, role: str) -> str:
        """Return the newest code that was sent to a demo person."""
        code = system_mail.code(self.desk.home, self.people[role][0])
        never_logged(code)
        return code

    def connect(self, address: str = SUPPORT, *members: str) -> str:
        """Connect a mailbox through OAuth, make these roles its members; return its id."""
        self.sandbox.add_account(address, address.partition("@")[0].title(), hd="example.com")
        mailbox_id = self.browser("administrator").connect(self.sandbox, address)
        self.mailboxes[address] = mailbox_id
        for role in members or seed.MEMBERS.get(address, ()):
            seed.join(self.app(), self.people[role][0], mailbox_id)
        return mailbox_id

    # Mail

    def deliver(self, raw: bytes, to: str = SUPPORT, **options: Any) -> str:
        """Let a mail arrive and everything that follows happen; return its Gmail id."""
        gmail_id = self.sandbox.deliver(to, raw, **options)["id"]
        self.settle()
        return gmail_id

    def settle(self) -> None:
        """Wait for Gmail's pushes, deliver every event that is due, until nothing is left to do."""
        for _ in range(_ROUNDS):
            self.sandbox.settle(_WAIT_SECONDS)
            if self.courier.deliver_due() == 0 and not self.queue.queue.unsettled():
                return
            if isinstance(self.clock, StoppedClock) and self.queue.queue.due() == 0:
                self.clock.advance(0.05)  # let the back-off of a refused delivery pass
        raise AssertionError("the desk does not come to rest")

    def tick(self, function: str) -> TestResponse:
        """Let the scheduler strike for one function."""
        return self.push(function, {})

    def push(
        self, function: str, event: Mapping[str, Any] | bytes, *, token: str | None = None
    ) -> TestResponse:
        """Deliver one event as Pub/Sub does, signed; `token` replaces the right one."""
        data = event if isinstance(event, bytes) else envelope.encode(event)
        body = envelope.write(data, "1", self.clock.now(), function.replace("_", "-"), 1)
        return self.push_raw(function, body, token=token)

    def push_raw(self, function: str, body: bytes, *, token: str | None = None) -> TestResponse:
        """Deliver these bytes to a function, signed as a push."""
        audience = self.desk.settings.audience_of(function)
        bearer = self.desk.signer.token(audience) if token is None else token
        return self._client.post(
            f"/push/{function}",
            base_url=self.url,
            data=body,
            headers={"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"},
        )

    # What is in the store

    def app(self) -> App:
        """Return an app that may do everything."""
        return self.desk.operator()

    def documents(
        self, collection: str, database: str = "(default)"
    ) -> dict[str, Mapping[str, Any]]:
        """Return the documents of a collection by id."""
        return {d.id: d.data for d in self.files[database].dump() if d.collection == collection}

    def tickets(self, role: str = "supervisor") -> list[dict[str, Any]]:
        """Return the tickets that a role sees."""
        items: list[dict[str, Any]] = (
            self.browser(role).get("/api/tickets/?limit=100").json["items"]
        )
        return items

    def audit(self) -> list[dict[str, Any]]:
        """Return the entries of the audit log, oldest first."""
        entries = [json.loads(d["text"]) for d in self.documents("entries", "audit").values()]
        return sorted(entries, key=lambda entry: (entry["time"], entry["id"]))

    def close(self) -> None:
        """Check what must always hold, then stop."""
        try:
            self.check()
        finally:
            self._installed.__exit__(None, None, None)
            self.sandbox.stop()
            self.queue.close()
            for file in self.files.values():
                file.close()

    def check(self) -> None:
        """Assert the invariants: no dead letter, no orphan, no member sealed for another place."""
        assert self.queue.dead_letters() == []
        stored = self.documents(message_documents.COLLECTION)
        tickets = self.documents(ticket_documents.COLLECTION)
        app = self.app()
        for id, message in stored.items():
            if message["state"] != "stored":
                continue
            assert message["ticket_id"] in tickets or message["direction"] == "out"
            app.envelope.open(message["mailbox_id"], f"messages/{id}/sealed", message["sealed"])
        for id, ticket in tickets.items():
            if ticket["destroyed_at"] is not None:  # its mailbox was disconnected
                assert ticket["sealed"] is None
                continue
            if ticket["sealed"] is not None or ticket["erased_at"] is None:
                app.envelope.open(ticket["mailbox_id"], f"tickets/{id}/sealed", ticket["sealed"])
            family = {id, *ticket["merged_from"]}
            members = [m for m in stored.values() if m.get("ticket_id") in family]
            assert ticket["message_count"] == len(members)
        for id, user in self.documents(USERS).items():
            app.envelope.open(id, f"users/{id}/sealed", user["sealed"])

    def _post(
        self, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, /
    ) -> int:
        del timeout_seconds
        return self._client.post(
            url.removeprefix(self.url), base_url=self.url, data=body, headers=dict(headers)
        ).status_code

    def _push_from_gmail(self, url: str, headers: dict[str, str], body: bytes) -> int:
        return (
            Client(self.front)
            .post(url.removeprefix(self.url), base_url=self.url, data=body, headers=headers)
            .status_code
        )


class DeskBrowser:
    """A browser at the desk's page: keeps cookies, sends what a same-origin page sends."""

    def __init__(self, front: FrontDoor, url: str = URL) -> None:
        self._client = Client(front, use_cookies=False)
        self._url = url
        self._cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str | None) -> TestResponse:
        """Open a path."""
        return self.send("GET", path, **headers)

    def send(
        self, method: str, path: str, body: object = None, **headers: str | None
    ) -> TestResponse:
        """Send JSON, or bytes as they are; headers by their names with underscores: if_match='"1"'.

        A header that is None is left out, where a browser would have sent it by itself.
        """
        given: dict[str, str | None] = {"Cookie": self.cookies}
        if method != "GET":
            given["Sec-Fetch-Site"] = "same-origin"
        if body is not None:
            given["Content-Type"] = "application/json"
        given |= {name.replace("_", "-").title(): value for name, value in headers.items()}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        named = {name: value for name, value in given.items() if value is not None}
        answer = self._client.open(
            path, base_url=self._url, method=method, data=data, headers=named
        )
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
            never_logged(value)
        return answer

    def twin(self) -> DeskBrowser:
        """Return a browser with the same cookies, which it changes on its own."""
        twin = copy.copy(self)
        twin._cookies = dict(self._cookies)
        return twin

    @property
    def cookies(self) -> str:
        """The Cookie header of the next request."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def connect(self, sandbox: Sandbox, address: str, intent: str = "add", **options: Any) -> str:
        """Click through Google's consent; return the mailbox's id, or fail with the desk's code."""
        landed = self.consent(sandbox, address, intent, **options)
        location = landed.headers["Location"]
        assert "connected=" in location, location
        return location.partition("connected=")[2]

    def consent(
        self,
        sandbox: Sandbox,
        address: str,
        intent: str = "add",
        mailbox_id: str | None = None,
        **options: Any,
    ) -> TestResponse:
        """Set out to Google, consent there with these options, and return the callback's answer."""
        body = {"intent": intent} | ({"mailbox_id": mailbox_id} if mailbox_id else {})
        started = self.send("POST", "/api/oauth/start", body)
        assert started.status_code == 200, started.data
        back = sandbox.approve(started.json["url"], address, **options)
        return self.send("GET", back.removeprefix(self._url), sec_fetch_site="cross-site")


def mail(
    subject: str = "The printer is on fire",
    text: str = "Please send somebody.",
    *,
    sender: str = "Nora Lind <nora@customers.example.net>",
    to: str = SUPPORT,
    **headers: str,
) -> bytes:
    """Return a plain mail; headers by name with underscores, such as message_id="<1@example.net>"."""
    never_logged(subject, text)
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def _prepare(home: Path) -> None:
    """Put the run's keys where a new home would make its own, so that the sandbox knows them too."""
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "keys.json").exists():
        FileKeys.create(home / "keys.json", {OAUTH_CLIENT: SECRET.encode()})
    write_private(home / "push_key.pem", push_key())
    write_private(home / "push_jwks.json", PushSigner(push_key(), "unused").jwks_json())


@contextmanager
def desk_in(home: Path, **options: Any) -> Iterator[DeskUnderTest]:
    """Give a desk, and check its invariants at the end."""
    desk = DeskUnderTest(home, **options)
    try:
        yield desk
    except BaseException:
        desk._installed.__exit__(None, None, None)
        desk.sandbox.stop()
        raise
    else:
        desk.close()
