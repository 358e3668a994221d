"""Telling people by mail what became of their account. What was done is done, also where that fails."""

from __future__ import annotations

from collections.abc import Mapping

from shared import clock, log
from shared.app import App
from shared.domain.people import User
from shared.errors import NotFound, ProductError
from shared.services.accounts import sign_in
from shared.services.organisation import system_mail
from shared.services.organisation.system_mail import Kind


def send(app: App, user_id: str, user: User, kind: Kind, **params: str) -> None:
    """Send a mail of this kind to a person. Raises what `system_mail.send` raises."""
    to = address(app, user_id, user)
    system_mail.send(app, to=to, kind=kind, language=user.language, attached=None, **params)


def password_changed(app: App, user_id: str, user: User) -> None:
    """Tell a person that their password is another one now."""
    when = clock.to_text(app.clock.now())[:16].replace("T", " ")
    try:
        send(app, user_id, user, "password_changed", when=when)
    except ProductError as error:
        log.event("WARNING", "password.change_not_told", code=error.code)


def address(app: App, user_id: str, user: User) -> str:
    """Return a person's address. Raises NotFound("user.not_found") for who was erased."""
    return opened(app, user_id, user)["address"]


def opened(app: App, user_id: str, user: User) -> Mapping[str, str]:
    """Return what is sealed of a person: address, name and signature."""
    try:
        own: Mapping[str, str] = app.envelope.open(
            user_id, sign_in.user_context(user_id), user.sealed
        )
    except NotFound:
        raise NotFound("user.not_found") from None
    return own
