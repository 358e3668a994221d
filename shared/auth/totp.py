"""Codes of an authenticator app: RFC 6238 with SHA-1, six digits and steps of 30 seconds.

That is what every app understands. One step before and after is accepted, for clocks that differ (RFC 6238
§5.2); which step was used is given back, so that it can be stored and no code counts twice.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from io import BytesIO
from typing import Final

STEP_SECONDS: Final = 30
TOLERANCE_STEPS: Final = 1


def new_secret() -> str:
    """Return 160 random bits in base32 (RFC 4226 §4 R6)."""
    import pyotp  # noqa: PLC0415 - only those who enrol or use an authenticator need it

    return pyotp.random_base32(32)


def code_at(secret: str, step: int) -> str:
    """Return the code of a step: of seconds since 1970, divided by 30."""
    import pyotp  # noqa: PLC0415

    return pyotp.HOTP(secret).at(step)


def matching_step(secret: str, code: str, now: datetime, after: int) -> int | None:
    """Return the step that this code is of, or None. A step up to `after` was used already.

    Every candidate is compared, in constant time each, so that the answer's time tells nothing.
    """
    plain = "".join(code.split()).encode("utf-8", "surrogatepass")
    current = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(current - TOLERANCE_STEPS, current + TOLERANCE_STEPS + 1):
        equal = hmac.compare_digest(code_at(secret, step).encode(), plain)
        if equal and step > after:
            found = step
    return found


def provisioning_uri(secret: str, account: str, issuer: str) -> str:
    """Return the otpauth address that an authenticator app reads from the QR code.

    https://github.com/google/google-authenticator/wiki/Key-Uri-Format
    """
    import pyotp  # noqa: PLC0415

    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def qr_code(text: str) -> str:
    """Return the text as a QR code, an SVG image (ISO/IEC 18004, error correction M)."""
    import segno  # noqa: PLC0415

    image = BytesIO()
    segno.make_qr(text, error="m").save(image, kind="svg", scale=4, border=4, xmldecl=False)
    return image.getvalue().decode()
