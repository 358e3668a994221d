"""HTTP function `oauth`, served at /api/oauth: connects Gmail mailboxes, and disconnects them.

Alone because it holds Google's client secret, and creates and destroys the keys of mailboxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from shared import ids
from shared.auth import browser
from shared.entry import Routes
from shared.errors import ProductError
from shared.permissions import ANYONE, Permission
from shared.request import Request, Response
from shared.services.disconnecting import destroying
from shared.services.mailboxes import connecting

routes = Routes(__name__)

_COOKIE_SECONDS = 600
_LONGEST_IMPORT_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Start:
    """Which mailbox to connect: another one, or one that has to be connected again.

    A new one begins with the mail of the last `import_days` days; null is all of it.
    """

    intent: Literal["add", "reconnect"]
    mailbox_id: str | None = None
    import_days: int | None = 0

    def __post_init__(self) -> None:
        if self.mailbox_id is not None and not ids.is_id(ids.MAILBOX, self.mailbox_id):
            raise ValueError("mailbox_id")
        if self.import_days is not None and not 0 <= self.import_days <= _LONGEST_IMPORT_DAYS:
            raise ValueError("import_days")


@dataclass(frozen=True, slots=True)
class Disconnecting:
    """Which mailbox to disconnect."""

    mailbox_id: str

    def __post_init__(self) -> None:
        if not ids.is_id(ids.MAILBOX, self.mailbox_id):
            raise ValueError("mailbox_id")


@dataclass(frozen=True, slots=True)
class Callback:
    """What we read of what Google sends back; scopes and account are read from the token answer."""

    state: str = ""
    code: str = ""
    error: str = ""


@routes.post("/start", allow=Permission.MAILBOX_CONNECT, body=Start)
def start(request: Request, body: Start) -> Response:
    """Return the address of Google's consent page, and the cookie that ties the way back to this browser."""
    departure = connecting.start(
        request.app, request.actor, body.intent, body.mailbox_id, body.import_days
    )
    cookie = browser.cookie(
        browser.OAUTH_COOKIE,
        departure.cookie,
        max_age_seconds=_COOKIE_SECONDS,
        same_site="Lax",
    )
    return Response({"url": departure.url}, headers=(cookie,))


@routes.post("/disconnect", allow=Permission.ACCOUNT_SELF, body=Disconnecting)
def disconnect(request: Request, body: Disconnecting) -> None:
    """Disconnect a mailbox for good: its key is destroyed, and then everything that was kept of its mail.

    For administrators, and for whoever connected the mailbox, after a fresh proof. How far it is, says
    `admin`.
    """
    destroying.disconnect(request.app, request.actor, body.mailbox_id)


# RFC 6749 §4.1.2: the client must ignore parameters that it does not know.
@routes.get("/callback", allow=ANYONE, query=Callback, query_of_others=True, status=303)
def callback(request: Request, query: Callback) -> Response:
    """Finish a consent, then leave for a page without a code in its address.

    Open to anyone, since the browser comes from Google's site without its session cookie: what it must
    prove is checked by the service.
    """
    gone = browser.cookie(browser.OAUTH_COOKIE, "", max_age_seconds=0, same_site="Lax")
    try:
        connected = connecting.finish(
            request.app,
            state=query.state,
            cookie=request.cookie(browser.OAUTH_COOKIE),
            code=query.code,
            error=query.error,
        )
    except ProductError as error:
        result = {"connect_error": error.code}
    else:
        again = {"again": "true"} if connected.again else {}
        result = again | {"connected": connected.mailbox_id}
    landing = f"/desk/#/mailboxes?{urlencode(result)}"
    return Response(status=303, headers=(gone, ("Location", landing)))


oauth = routes.function()
