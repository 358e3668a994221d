"""A person's browser, as far as seeding and the demo need one: cookies, same-origin requests, consent."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import urllib3

from local.system_mail import code

TIMEOUT_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Page:
    """What a request was answered with."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


class Browser:
    """Keeps the desk's cookies and sends them back to the desk alone."""

    def __init__(self, desk: str, home: Path | None = None) -> None:
        """`home` is the desk's folder, where its mail is read: a code is asked of some roles."""
        self._desk = desk
        self._home = home
        self._http = urllib3.PoolManager(retries=False, timeout=TIMEOUT_SECONDS)
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> Page:
        """Open a page of the desk."""
        return self._send("GET", self._desk + path)

    def send(self, method: str, path: str, body: object = None, **headers: str) -> Page:
        """Send JSON to the desk, as its own page would; a header `if_match` is If-Match."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._send(method, self._desk + path, body, **named)

    def sign_in(self, email: str, password: str) -> None:
        """Sign in, with the code by e-mail where it is asked for.

        Raises RuntimeError where the desk refuses, or where nobody said whose mail to read.
        """
        answer = self._expect(200, "/api/session/", {"email": email, "password": password})
        if not answer.json()["needs"]:
            return
        if self._home is None:
            raise RuntimeError("this sign-in needs a code by e-mail")
        self._expect(202, "/api/session/email_otp")
        self._expect(200, "/api/session/email_otp/verify", {"code": code(self._home, email)})

    def connect(self, account: str, scopes: Sequence[str] | None = None) -> str:
        """Connect a mailbox by clicking through Google's consent; return the mailbox's id.

        `scopes` are those ticked, by default all. Raises RuntimeError with the desk's error code.
        """
        started = self.send("POST", "/api/oauth/start", {"intent": "add"})
        if started.status != 200:
            raise RuntimeError(f"the start of OAuth was answered {started.status}")
        landed = self._consent(started.json()["url"], account, scopes)
        match = re.search(r"[?&](connected|connect_error)=([^&]+)", landed.headers["location"])
        if landed.status != 303 or match is None:
            raise RuntimeError(f"the callback was answered {landed.status}")
        if match[1] == "connect_error":
            raise RuntimeError(match[2])
        return match[2]

    def _expect(self, status: int, path: str, body: object = None) -> Page:
        answer = self.send("POST", path, body)
        if answer.status != status:
            raise RuntimeError(f"{path} was answered {answer.status}")
        return answer

    def _consent(self, url: str, account: str, scopes: Sequence[str] | None) -> Page:
        page = self._send("GET", url)
        text = page.body.decode()
        action = re.search(r'<form method="post" action="([^"]+)"', text)
        if page.status != 200 or action is None:
            raise RuntimeError(f"the consent page was answered {page.status}")
        offered = re.findall(r'name="scope" value="([^"]+)"', text)
        form = [("account", account), ("decision", "allow")]
        form += [("scope", scope) for scope in (offered if scopes is None else scopes)]
        address = urlsplit(url)
        allowed = self._http.request(
            "POST",
            f"{address.scheme}://{address.netloc}{address.path}{html.unescape(action[1])}",
            body=urlencode(form),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            redirect=False,
        )
        return self._send("GET", allowed.headers["Location"])

    def _send(self, method: str, url: str, body: object = None, **headers: str) -> Page:
        if url.startswith(self._desk):
            headers["Sec-Fetch-Site"] = "same-origin"
            headers["Cookie"] = "; ".join(f"{n}={v}" for n, v in self._cookies.items())
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        answer = self._http.request(method, url, body=data, headers=headers, redirect=False)
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        named = {name.lower(): value for name, value in answer.headers.items()}
        return Page(answer.status, named, answer.data)
