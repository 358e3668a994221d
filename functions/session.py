"""HTTP function `session`, served at /api/session: sign in, who am I, sign out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.auth import browser
from shared.entry import Routes
from shared.permissions import ANYONE, Permission
from shared.request import Request, Response
from shared.services import sign_in

routes = Routes(__name__)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person signs in with."""

    email: str
    password: str


@routes.post("/", allow=ANYONE, body=Credentials, max_body_bytes=16_384)
def create(request: Request, body: Credentials) -> Response:
    """Sign in. `needs` lists the factors that are still asked for."""
    signed_in = sign_in.sign_in(request.app, body.email, body.password)
    answer: dict[str, Any] = {"user": signed_in.profile, "needs": signed_in.needs}
    cookie = browser.cookie(
        browser.SESSION_COOKIE, signed_in.cookie, max_age_seconds=signed_in.max_age_seconds
    )
    return Response(answer, headers=(cookie,))


@routes.get("/", allow=Permission.ACCOUNT_SELF)
def read(request: Request) -> dict[str, Any]:
    """Say who is signed in."""
    return {"user": sign_in.profile(request.app, request.actor), "needs": ()}


@routes.delete("/", allow=Permission.ACCOUNT_SELF)
def end(request: Request) -> Response:
    """Sign out; the browser forgets what it kept of the desk."""
    sign_in.sign_out(request.app, request.actor)
    gone = browser.cookie(browser.SESSION_COOKIE, "", max_age_seconds=0)
    forget = ("Clear-Site-Data", '"cache", "storage"')
    return Response(status=204, headers=(gone, forget))


session = routes.function()
