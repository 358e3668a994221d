"""Routes of `account`: one's own factors. Every change needs a proof of the last ten minutes (step-up)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.auth import browser
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request, Response
from shared.services.accounts import authenticators, ceremonies, factors, passkeys, recovery_codes
from shared.services.accounts.authenticators import TotpEnrolment
from shared.services.accounts.factors import FactorList

routes = Routes("functions.account")

_SMALL = 16_384
_NAME_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class ConfirmCode:
    """The code that the new authenticator app shows."""

    code: str


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What navigator.credentials.create gave, as toJSON() writes it, and what to call the passkey."""

    name: str
    credential: dict[str, Any]

    def __post_init__(self) -> None:
        if not 1 <= len(self.name.strip()) <= _NAME_CHARACTERS or not self.name.isprintable():
            raise ValueError("name")


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """New recovery codes, shown this once."""

    codes: tuple[str, ...]


@routes.get("/factors", allow=Permission.ACCOUNT_SELF)
def list_factors(request: Request) -> FactorList:
    """List one's authenticator app, passkeys and recovery codes."""
    return factors.list_factors(request.app, request.actor)


@routes.delete("/factors/{factor_id}", allow=Permission.ACCOUNT_SELF)
def remove_factor(request: Request) -> None:
    """Remove one of them."""
    factors.remove(request.app, request.actor, request.path["factor_id"])


@routes.post("/factors/totp", allow=Permission.ACCOUNT_SELF, status=201)
def begin_totp(request: Request) -> TotpEnrolment:
    """Begin to enrol an authenticator app: the secret is shown this once."""
    return authenticators.begin(request.app, request.actor)


@routes.post(
    "/factors/totp/confirm",
    allow=Permission.ACCOUNT_SELF,
    body=ConfirmCode,
    max_body_bytes=_SMALL,
)
def confirm_totp(request: Request, body: ConfirmCode) -> None:
    """Enrol the app by a code that it shows."""
    authenticators.confirm(request.app, request.actor, body.code)


@routes.post("/factors/recovery_codes", allow=Permission.ACCOUNT_SELF, status=201)
def replace_recovery_codes(request: Request) -> RecoveryCodes:
    """Make ten new recovery codes; those before are worth nothing."""
    return RecoveryCodes(recovery_codes.replace(request.app, request.actor))


@routes.post("/factors/passkeys/options", allow=Permission.ACCOUNT_SELF)
def begin_passkey(request: Request) -> Response:
    """Begin to enrol a passkey."""
    party = ceremonies.relying_party(request.app, request.origin)
    ceremony = passkeys.begin_enrolment(request.app, request.actor, party)
    bound = browser.cookie(
        browser.PASSKEY_COOKIE, ceremony.cookie, max_age_seconds=ceremonies.LIFETIME_SECONDS
    )
    return Response(dict(ceremony.options), headers=(bound,))


@routes.post(
    "/factors/passkeys",
    allow=Permission.ACCOUNT_SELF,
    body=NewPasskey,
    max_body_bytes=65_536,  # an authenticator may send the certificates of its maker along
    status=201,
)
def enrol_passkey(request: Request, body: NewPasskey) -> Response:
    """Enrol the passkey that a device has made."""
    party = ceremonies.relying_party(request.app, request.origin)
    cookie = request.cookie(browser.PASSKEY_COOKIE)
    id = passkeys.enrol(
        request.app, request.actor, party, cookie, body.name.strip(), body.credential
    )
    used = browser.cookie(browser.PASSKEY_COOKIE, "", max_age_seconds=0)
    return Response({"id": id}, status=201, headers=(used,))
