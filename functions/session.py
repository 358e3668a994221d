"""HTTP function `session`, served at /api/session: sign in, prove factors, who am I, sign out.

A password alone may make a half-signed-in session: it can do nothing but prove one of the factors that
`needs` lists. The same routes, in a whole session, are the step-up before a sensitive operation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.auth import browser, devices
from shared.entry import Routes
from shared.permissions import ANYONE, Permission
from shared.request import Request, Response
from shared.services.accounts import (
    authenticators,
    ceremonies,
    email_otp,
    known_browsers,
    passkeys,
    recovery_codes,
    sign_in,
    step_up,
)
from shared.services.accounts.sign_in import SignedIn

routes = Routes(__name__)

_SMALL = 16_384


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person signs in with."""

    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Code:
    """A code, as a person types it."""

    code: str


@dataclass(frozen=True, slots=True)
class Password:
    """One's password."""

    password: str


@dataclass(frozen=True, slots=True)
class PasskeyAnswer:
    """What navigator.credentials.get gave, as PublicKeyCredential.toJSON() writes it."""

    credential: dict[str, Any]


@routes.post("/", allow=ANYONE, body=Credentials, max_body_bytes=_SMALL, half_signed_in=True)
def create(request: Request, body: Credentials) -> Response:
    """Sign in. One of `needs` is still to be proved, where it is not empty."""
    device = request.cookie(browser.DEVICE_COOKIE)
    signed_in = sign_in.sign_in(request.app, body.email, body.password, request.visitor, device)
    return _opened(request, signed_in)


@routes.get("/", allow=Permission.ACCOUNT_SELF, half_signed_in=True)
def read(request: Request) -> dict[str, Any]:
    """Say who is signed in, what is still to be proved, and how one steps up."""
    return {
        "user": sign_in.profile(request.app, request.actor),
        "needs": request.actor.needs,
        "step_up": step_up.factors(request.app, request.actor),
    }


@routes.delete("/", allow=Permission.ACCOUNT_SELF, status=204, half_signed_in=True)
def end(request: Request) -> Response:
    """Sign out; the browser forgets what it kept of the desk."""
    sign_in.sign_out(request.app, request.actor)
    gone = browser.cookie(browser.SESSION_COOKIE, "", max_age_seconds=0)
    forget = ("Clear-Site-Data", '"cache", "storage"')
    return Response(status=204, headers=(gone, forget))


@routes.post("/email_otp", allow=Permission.ACCOUNT_SELF, status=202, half_signed_in=True)
def send_email_otp(request: Request) -> Response:
    """Send a code to one's address; an earlier one is worth nothing from then on."""
    before = request.cookie(browser.OTP_COOKIE)
    cookie = email_otp.send(request.app, request.actor, before)
    bound = browser.cookie(browser.OTP_COOKIE, cookie, max_age_seconds=email_otp.LIFETIME_SECONDS)
    return Response({"valid_seconds": email_otp.LIFETIME_SECONDS}, status=202, headers=(bound,))


@routes.post(
    "/email_otp/verify",
    allow=Permission.ACCOUNT_SELF,
    body=Code,
    max_body_bytes=_SMALL,
    half_signed_in=True,
)
def verify_email_otp(request: Request, body: Code) -> Response:
    """Prove the code that was sent."""
    cookie = request.cookie(browser.OTP_COOKIE)
    signed_in = email_otp.verify(request.app, request.actor, request.visitor, cookie, body.code)
    return _opened(request, signed_in, browser.OTP_COOKIE)


@routes.post(
    "/totp/verify",
    allow=Permission.ACCOUNT_SELF,
    body=Code,
    max_body_bytes=_SMALL,
    half_signed_in=True,
)
def verify_totp(request: Request, body: Code) -> Response:
    """Prove a code of one's authenticator app."""
    return _opened(
        request, authenticators.verify(request.app, request.actor, request.visitor, body.code)
    )


@routes.post(
    "/recovery/verify",
    allow=Permission.ACCOUNT_SELF,
    body=Code,
    max_body_bytes=_SMALL,
    half_signed_in=True,
)
def verify_recovery_code(request: Request, body: Code) -> Response:
    """Use up a recovery code."""
    return _opened(
        request, recovery_codes.verify(request.app, request.actor, request.visitor, body.code)
    )


@routes.post("/passkey/options", allow=ANYONE, half_signed_in=True)
def begin_passkey(request: Request) -> Response:
    """Begin to sign in with a passkey, or to prove one's own in a session."""
    party = ceremonies.relying_party(request.app, request.origin)
    ceremony = passkeys.begin_proof(request.app, request.signed_in, request.visitor, party)
    bound = browser.cookie(
        browser.PASSKEY_COOKIE, ceremony.cookie, max_age_seconds=ceremonies.LIFETIME_SECONDS
    )
    return Response(dict(ceremony.options), headers=(bound,))


@routes.post(
    "/passkey/verify",
    allow=ANYONE,
    body=PasskeyAnswer,
    max_body_bytes=_SMALL,
    half_signed_in=True,
)
def verify_passkey(request: Request, body: PasskeyAnswer) -> Response:
    """Sign in with a passkey, or prove one's own in a session."""
    app, visitor = request.app, request.visitor
    party = ceremonies.relying_party(app, request.origin)
    cookie = request.cookie(browser.PASSKEY_COOKIE)
    if request.signed_in is None:
        signed_in = passkeys.sign_in_with(app, visitor, party, cookie, body.credential)
    else:
        actor = request.signed_in
        signed_in = passkeys.verify(app, actor, visitor, party, cookie, body.credential)
    return _opened(request, signed_in, browser.PASSKEY_COOKIE)


@routes.post("/step_up", allow=Permission.ACCOUNT_SELF, body=Password, max_body_bytes=_SMALL)
def step_up_with_password(request: Request, body: Password) -> Response:
    """Prove one's password again, where no second factor is asked of one."""
    app, actor = request.app, request.actor
    return _opened(request, step_up.with_password(app, actor, request.visitor, body.password))


def _opened(request: Request, signed_in: SignedIn, used: str | None = None) -> Response:
    """Answer with the session's new cookie; that of the challenge which was `used` goes."""
    cookies = [
        browser.cookie(
            browser.SESSION_COOKIE, signed_in.cookie, max_age_seconds=signed_in.max_age_seconds
        )
    ]
    known = known_browsers.remember(request.app, signed_in, request.cookie(browser.DEVICE_COOKIE))
    if known is not None:
        lifetime = devices.LIFETIME_SECONDS
        cookies.append(browser.cookie(browser.DEVICE_COOKIE, known, max_age_seconds=lifetime))
    if used is not None:
        cookies.append(browser.cookie(used, "", max_age_seconds=0))
    answer = {"user": signed_in.profile, "needs": signed_in.needs}
    return Response(answer, headers=tuple(cookies))


session = routes.function()
