"""Attempts to prove something: how many there may be, and what is recorded when there are too many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.app import App
from shared.audit.entry import Happened
from shared.auth import throttle
from shared.errors import TooMany
from shared.services import audit_log


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failed attempts in a window; those that succeed are given back."""

    kind: str
    slots: int
    window_seconds: int


# One network alone (15 in the account's window) cannot use up an account's slots for everybody else.
SIGN_IN_OF_BOTH: Final = Limit("sign_in.account_and_network", 5, 300)
SIGN_IN_OF_ACCOUNT: Final = Limit("sign_in.account", 20, 900)
SIGN_IN_OF_NETWORK: Final = Limit("sign_in.network", 50, 900)
STEP_UP: Final = Limit("step_up.password", 5, 600)
TOTP: Final = Limit("totp", 5, 600)
RECOVERY: Final = Limit("recovery", 5, 900)
EMAIL_OTP_CHALLENGES: Final = Limit("email_otp", 5, 3600)
PASSKEY_CHALLENGES: Final = Limit("passkey", 50, 900)
PASSWORD_CHANGE: Final = Limit("password.change", 5, 600)
LINK_OF_NETWORK: Final = Limit("link.network", 100, 900)
RESET_OF_ADDRESS: Final = Limit("password_reset.address", 3, 3600)
RESET_OF_NETWORK: Final = Limit("password_reset.network", 60, 3600)
INVITATION: Final = Limit("invitation", 5, 3600)


def claim(app: App, limit: Limit, subject: str, refusal: Happened) -> str:
    """Take a slot, and return it for `throttle.give_back`.

    Raises TooMany("sign_in.too_many_attempts"). Then `refusal` is recorded, once in a window: who is
    throttled must not fill the audit log.
    """
    try:
        return _claim(app, limit, subject)
    except TooMany:
        try:
            _claim(app, Limit(f"{limit.kind}.recorded", 1, limit.window_seconds), subject)
        except TooMany:
            pass
        else:
            audit_log.record_alone(app, refusal)
        raise


def _claim(app: App, limit: Limit, subject: str) -> str:
    return throttle.claim(
        app.store,
        app.clock,
        kind=limit.kind,
        subject=subject,
        slots=limit.slots,
        window_seconds=limit.window_seconds,
    )
