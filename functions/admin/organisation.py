"""Routes of `admin`: what the organisation decides for itself, and the first set-up."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.entry import Routes
from shared.permissions import ANYONE, Permission
from shared.request import Request
from shared.services.accounts import set_up, sign_in, step_up
from shared.services.organisation import organisation
from shared.services.organisation.organisation import SmtpView
from shared.smtp.contract import SmtpServer

routes = Routes("functions.admin")

_SMALL = 16_384


@dataclass(frozen=True, slots=True)
class SmtpSetting:
    """The server of the desk's own mail; null where none was named yet, then its version is 0."""

    server: SmtpView | None


@dataclass(frozen=True, slots=True)
class SetUpSmtp:
    """A server, entered by who holds a set-up link."""

    token: str = field(repr=False)
    server: SmtpServer


@routes.get("/organisation/smtp", allow=Permission.SETTINGS_MANAGE)
def read_smtp(request: Request) -> SmtpSetting:
    """Return the server of the desk's own mail, without its password."""
    return SmtpSetting(organisation.show_smtp(request.app))


@routes.patch(
    "/organisation/smtp",
    allow=Permission.SETTINGS_MANAGE,
    body=SmtpServer,
    max_body_bytes=_SMALL,
)
def change_smtp(request: Request, body: SmtpServer) -> SmtpSetting:
    """Take another server over, after it has accepted a mail to oneself; If-Match "0" for the first."""
    app, actor = request.app, request.actor
    step_up.require(app, actor)
    address = sign_in.profile(app, actor).email
    organisation.set_smtp(app, actor, body, address, request.expected_version())
    return SmtpSetting(organisation.show_smtp(app))


@routes.post(
    "/set_up/smtp", allow=ANYONE, body=SetUpSmtp, max_body_bytes=_SMALL, half_signed_in=True
)
def enter_smtp(request: Request, body: SetUpSmtp) -> None:
    """Enter the server by a set-up link, which stays good until a password is chosen by it."""
    set_up.enter_smtp(request.app, request.visitor, body.token, body.server)
