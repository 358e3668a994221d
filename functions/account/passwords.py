"""Routes of `account`: choosing a password, by a link or with the one before.

The links' routes are open to anyone: their token, in the body, is the proof. They open no session.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.auth import browser
from shared.entry import Routes
from shared.permissions import ANYONE, Permission
from shared.request import Request, Response
from shared.services.accounts import own_password, password_resets
from shared.services.accounts.one_time_links import LinkKind
from shared.services.accounts.own_password import Addressee

routes = Routes("functions.account")

_SMALL = 16_384


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """One's password, and the one in its place."""

    current: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Address:
    """Whose password is to be another."""

    email: str


@dataclass(frozen=True, slots=True)
class LinkToken:
    """What stands in a link after its kind."""

    kind: LinkKind
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChosenPassword:
    """A password, chosen by a link."""

    kind: LinkKind
    token: str = field(repr=False)
    password: str = field(repr=False)


@routes.post("/password", allow=Permission.ACCOUNT_SELF, body=PasswordChange, max_body_bytes=_SMALL)
def change_password(request: Request, body: PasswordChange) -> Response:
    """Change one's password; every other session of one's own ends."""
    app, actor = request.app, request.actor
    renewed = own_password.change(app, actor, request.visitor, body.current, body.password)
    cookie = browser.cookie(
        browser.SESSION_COOKIE, renewed.cookie, max_age_seconds=renewed.max_age_seconds
    )
    return Response(status=204, headers=(cookie,))


@routes.post(
    "/password/reset",
    allow=ANYONE,
    body=Address,
    status=202,
    max_body_bytes=_SMALL,
    half_signed_in=True,
)
def ask_for_reset(request: Request, body: Address) -> Response:
    """Have a link to a new password mailed, if the address is somebody's; the answer does not tell."""
    password_resets.ask(request.app, request.visitor, body.email)
    return Response({}, status=202)


@routes.post("/links", allow=ANYONE, body=LinkToken, max_body_bytes=_SMALL, half_signed_in=True)
def read_link(request: Request, body: LinkToken) -> Addressee:
    """Say whom a link was mailed to; it stays good."""
    return own_password.addressee(request.app, request.visitor, body.kind, body.token)


@routes.post(
    "/links/password", allow=ANYONE, body=ChosenPassword, max_body_bytes=_SMALL, half_signed_in=True
)
def choose_password(request: Request, body: ChosenPassword) -> None:
    """Choose a password by a link, which is used up: an invitation, a reset, or a first set-up."""
    own_password.choose(request.app, request.visitor, body.kind, body.token, body.password)
