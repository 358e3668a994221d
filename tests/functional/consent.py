"""Setting out to Google and coming back, step by step, as a browser does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from werkzeug.test import TestResponse

from tests.desk import URL, DeskBrowser, DeskUnderTest

READONLY = "https://www.googleapis.com/auth/gmail.readonly"
SEND = "https://www.googleapis.com/auth/gmail.send"
CALLBACK = "/api/oauth/callback"


def start(browser: DeskBrowser, mailbox_id: str | None = None) -> str:
    """Set out, to connect a mailbox or to connect this one again; return Google's address."""
    body = {"intent": "reconnect", "mailbox_id": mailbox_id} if mailbox_id else {"intent": "add"}
    answer = browser.send("POST", "/api/oauth/start", body)
    assert answer.status_code == 200, answer.data
    url: str = answer.json["url"]
    return url


def land(browser: DeskBrowser, back: str) -> TestResponse:
    """Follow Google's redirect, as a browser that comes from another site does."""
    return browser.get(back.removeprefix(URL), sec_fetch_site="cross-site")


def result(landed: TestResponse) -> dict[str, str]:
    """Return what the callback says in the address that it sends the browser to."""
    assert landed.status_code == 303
    page, _, query = landed.headers["Location"].partition("?")
    assert page == "/desk/#/mailboxes"
    return dict(parse_qsl(query))


def altered(url: str, **parameters: str | None) -> str:
    """Return an address with parameters changed; None takes one away."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | parameters
    kept = {name: value for name, value in query.items() if value is not None}
    return urlunsplit(parts._replace(query=urlencode(kept)))


def stored(desk: DeskUnderTest) -> dict[str, Mapping[str, Any]]:
    """Return what a connection consists of: mailboxes, cursors and keys."""
    return {
        "mailboxes": desk.documents("mailboxes"),
        "sync": desk.documents("sync"),
        "keys": {d.id: d.data for d in desk.files["keyring"].dump()},
    }


def refusals(desk: DeskUnderTest) -> list[dict[str, Any]]:
    """Return the refusals to connect that the audit log holds."""
    desk.settle()
    return [entry for entry in desk.audit() if entry["action"] == "mailbox.connect_refused"]
