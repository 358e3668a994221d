"""What a browser must prove and is told: origin of a request, cookies, security headers.

A request that changes something needs `Sec-Fetch-Site: same-origin`, or, from a browser too old to send
it, an `Origin` equal to the desk's; with neither it is refused. Neither header ever grants anything.
Source: OWASP CSRF Prevention Cheat Sheet (Fetch Metadata), https://www.w3.org/TR/fetch-metadata/
"""

from __future__ import annotations

from typing import Final

from shared.errors import Forbidden

SAFE_METHODS: Final = frozenset({"GET", "HEAD"})

SESSION_COOKIE: Final = "__Host-sid"
OAUTH_COOKIE: Final = "__Host-oauth"
OTP_COOKIE: Final = "__Host-otp"
PASSKEY_COOKIE: Final = "__Host-passkey"
DEVICE_COOKIE: Final = "__Host-device"
DATA_CODE_COOKIE: Final = "__Host-data-code"
DATA_VISIT_COOKIE: Final = "__Host-data"

# The page's own answers. Frames of mail and server-rendered pages set a policy of their own.
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}


def require_same_origin(
    method: str, fetch_site: str, origin: str, own_origins: frozenset[str]
) -> None:
    """Raise Forbidden("request.cross_origin") where a changing request does not come from our page."""
    if method in SAFE_METHODS:
        return
    if fetch_site:
        allowed = fetch_site == "same-origin" and (not origin or origin in own_origins)
    else:
        allowed = origin in own_origins
    if not allowed:
        raise Forbidden("request.cross_origin")


def cookie(
    name: str, value: str, *, max_age_seconds: int, same_site: str = "Strict"
) -> tuple[str, str]:
    """Return the Set-Cookie header of a `__Host-` cookie: Secure, HttpOnly, no Domain, Path=/.

    RFC 6265bis §4.1.3.2; a max age of 0 removes the cookie.
    """
    return (
        "Set-Cookie",
        f"{name}={value}; Path=/; Max-Age={max_age_seconds}; Secure; HttpOnly; SameSite={same_site}",
    )
