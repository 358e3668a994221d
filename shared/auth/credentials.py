"""What a request shows of who asks: a session's cookie, or a program's bearer token, never both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.app import App
from shared.auth import api_tokens, browser, sessions
from shared.errors import Invalid, Unauthenticated
from shared.permissions import Actor

if TYPE_CHECKING:
    import flask


def require_own_page(app: App, raw: flask.Request) -> None:
    """Raise Forbidden("request.cross_origin") for a change that another site's page asks for.

    A program that has a bearer token and no cookie is no page at all.
    """
    if raw.cookies or _bearer(raw) is None:
        site, origin = raw.headers.get("Sec-Fetch-Site", ""), raw.headers.get("Origin", "")
        browser.require_same_origin(raw.method, site, origin, _own_origins(app, raw))


def who(app: App, raw: flask.Request) -> Actor | None:
    """Return who is behind the session cookie or the bearer token; None where it is nobody now.

    Raises Invalid("request.two_credentials"): who shows two says two things.
    """
    cookie, token = raw.cookies.get(browser.SESSION_COOKIE, ""), _bearer(raw)
    if cookie and token is not None:
        raise Invalid("request.two_credentials")
    try:
        if token is not None:
            return api_tokens.find(app.store, app.clock, token)
        if not cookie:
            return None
        return sessions.find(app.store, app.clock, sessions.session_id(cookie), half=True)
    except Unauthenticated:
        return None


def signed_in(actor: Actor | None, raw: flask.Request) -> Actor:
    """Return the actor. Raises Unauthenticated with a code that says what was shown instead."""
    if actor is None and _bearer(raw) is not None:
        raise Unauthenticated("token.invalid")
    if actor is None:
        ended = browser.SESSION_COOKIE in raw.cookies
        raise Unauthenticated("session.expired" if ended else "session.missing")
    return actor


def _own_origins(app: App, raw: flask.Request) -> frozenset[str]:
    """Return the desk's origin; a local desk answers under the names of loopback that it was asked by."""
    if app.settings.local is not None:
        return frozenset({app.settings.public_url, f"http://{raw.host}"})
    return frozenset({app.settings.public_url})


def _bearer(raw: flask.Request) -> str | None:
    """Return what the Authorization header carries as a bearer token; None for none, or another scheme."""
    scheme, _, token = raw.headers.get("Authorization", "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
