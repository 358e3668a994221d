"""Browsers in which somebody has signed in wholly: remembered, and told of by mail when they are new."""

from __future__ import annotations

from shared import clock, log
from shared.app import App
from shared.auth import devices
from shared.errors import ProductError
from shared.services.accounts import sign_in
from shared.services.accounts.sign_in import SignedIn
from shared.services.organisation import notices


def remember(app: App, signed_in: SignedIn, cookie: str) -> str | None:
    """Return the cookie by which this browser is known from now on, None where it is known already.

    `cookie` is the one that it brought. Nothing is known while a factor is still to be proved. A mail
    tells the person of a browser that is new; that it cannot be sent keeps nobody from signing in.
    """
    if signed_in.needs:
        return None
    user_id = signed_in.profile.id
    user = sign_in.load(app, user_id)
    if devices.recognise(app.keys, user.address_token, cookie) is not None:
        return None
    when = clock.to_text(app.clock.now())[:16].replace("T", " ")
    try:
        notices.send(app, user_id, user, "new_sign_in", when=when)
    except ProductError as error:
        log.event("WARNING", "sign_in.not_told", code=error.code)
    return devices.new_cookie(app.keys, user.address_token)
