"""A new password by mail: asked for at the door, and sent by a function of its own.

Who asks is always answered alike, because nobody looks: the door only passes the address's token on.
Whether there is such a person is found out behind it, where nobody waits for an answer.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Final, Literal

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.auth.visitor import Visitor
from shared.domain.events import PASSWORD_RESET_ASKED, PasswordResetAsked
from shared.domain.people import USERS, User
from shared.errors import NotFound, ProductError, Unavailable
from shared.services import audit_log, outbox
from shared.services.accounts import attempts, email_otp, one_time_links, sign_in
from shared.services.organisation import notices
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Query, Transaction

MAX_SENDINGS: Final = 6  # over an hour, which is how long the link would be good
_FIRST_WAIT: Final = timedelta(minutes=1)


def ask(app: App, visitor: Visitor, email: str) -> None:
    """Have a link sent to this address, if it is somebody's.

    Raises TooMany("sign_in.too_many_attempts"), alike for addresses that are nobody's.
    """
    token = sign_in.address_token(app, email)
    refused = _asked(None, "sign_in.too_many_attempts")
    attempts.claim(app, attempts.RESET_OF_NETWORK, visitor.network, refused)
    attempts.claim(app, attempts.RESET_OF_ADDRESS, token, refused)
    app.bus.publish(PASSWORD_RESET_ASKED, asdict(PasswordResetAsked(token)))


def send(app: App, event: PasswordResetAsked) -> None:
    """Mail a link to the person of this address, where there is one who has a password.

    A second delivery mails a second link, and the first is worth nothing from then on. Where the mail
    server does not answer, the event is published again, a few times.
    """
    found = _person(app, event.address_token)
    if found is None:
        audit_log.record_alone(app, _asked(None, "user.not_found"))
        return
    user_id, user = found
    token = one_time_links.new_token()
    try:
        address = notices.address(app, user_id, user)
        email_otp.require_not_read_here(app, address)
        app.smtp.sender()
        _write(app, user_id, token)
        link = one_time_links.address(app, "password_reset", token)
        notices.send(app, user_id, user, "password_reset", link=link)
    except Unavailable as error:
        if error.code != "smtp.unavailable":
            raise
        _send_later(app, event, user)
    except ProductError as error:
        audit_log.record_alone(app, _asked(user.pseudonym, error.code))


def _write(app: App, user_id: str, token: str) -> None:
    """Make the link. Raises NotFound("user.not_found") where access was taken away at this moment."""

    def work(tx: Transaction, box: Outbox) -> None:
        document = tx.get(USERS, user_id)
        user = None if document is None else codec.from_document(User, document.data)
        if user is None or user.disabled or user.password is None:
            raise NotFound("user.not_found")
        id = one_time_links.write(tx, app, user_id, user, "password_reset", token)
        tx.update(USERS, user_id, {"link_id": id})
        audit_log.record(app, box, _asked(user.pseudonym))

    outbox.commit(app, work)


def _send_later(app: App, event: PasswordResetAsked, user: User) -> None:
    sendings = event.sendings + 1
    if sendings == MAX_SENDINGS:
        audit_log.record_alone(app, _asked(user.pseudonym, "smtp.unavailable"))
        return
    later = replace(event, sendings=sendings)
    wait = _FIRST_WAIT * 2**event.sendings
    app.bus.publish(PASSWORD_RESET_ASKED, asdict(later), app.clock.now() + wait)


def _person(app: App, address_token: str) -> tuple[str, User] | None:
    query = Query(USERS, (Filter("address_token", "==", address_token),), limit=1)
    for document in app.store.query(query).documents:
        user = codec.from_document(User, document.data)
        if not user.disabled and user.password is not None:
            return document.id, user
    return None


def _asked(pseudonym: str | None, reason: str | None = None) -> Happened:
    outcome: Literal["success", "failure"] = "success" if reason is None else "failure"
    target = None if pseudonym is None else Target("user", pseudonym)
    return Happened(
        Action.PASSWORD_RESET_ASKED,
        audit_log.ANONYMOUS,
        target,
        outcome=outcome,
        reason=reason,
    )
