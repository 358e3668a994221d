"""The code by e-mail: asked for in a session, sent, and proved by the browser that asked.

A challenge belongs to one session, one person, one purpose and, by a cookie of its own, one browser. Only
the newest of a session counts. Sending the code again replaces it, without more time or more tries.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.auth import otp, sessions, throttle
from shared.auth.visitor import Visitor
from shared.domain.mailboxes import COLLECTION as MAILBOXES
from shared.domain.mailboxes import MailboxState
from shared.domain.people import CHALLENGES, SESSIONS, Session, User
from shared.errors import Conflict, Forbidden, ProductError, Unauthenticated
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.accounts import attempts, proofs, sign_in
from shared.services.accounts.proofs import Try
from shared.services.accounts.sign_in import SignedIn
from shared.services.mailboxes import mailbox_access
from shared.services.organisation import system_mail
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Query, Transaction

KIND: Final = "email_otp"
LIFETIME_SECONDS: Final = int(otp.LIFETIME.total_seconds())

Purpose = Literal["sign_in", "step_up"]


@dataclass(frozen=True, slots=True)
class _Challenge:
    """The document of a code that was sent; its id is a hash of the browser's cookie."""

    kind: str
    user_id: str
    session_id: str
    purpose: Purpose
    key_id: str
    code_hash: str
    slot: str  # of the throttle: given back by the right code
    expires_at: datetime
    tries: int = 0
    sendings: int = 1


def send(app: App, actor: Actor, cookie: str) -> str:
    """Send a code to the actor's address; return the cookie that the browser must bring with it.

    `cookie` is that of an earlier asking, or "". Raises Conflict("factor.not_available") for who proves
    something else, Forbidden("email_otp.address_is_a_mailbox") where the desk itself reads that address,
    TooMany("sign_in.too_many_attempts"), and what `system_mail.send` raises; then the try is not counted.
    """
    user = sign_in.load(app, actor.user_id)
    if sessions.EMAIL_OTP not in proofs.provable(user):
        raise Conflict("factor.not_available")
    address = sign_in.profile(app, actor).email
    require_not_read_here(app, address)
    code = otp.new_code()
    repeated = _replace_code(app, actor, cookie, code) if cookie else False
    if not repeated:
        cookie = _begin(app, actor, code)
    try:
        system_mail.send(app, to=address, kind="email_otp", language=user.language, code=code)
    except ProductError as error:
        if not repeated:
            _forget(app, cookie)
        audit_log.record_alone(app, _challenged(actor, "failure", error.code))
        raise
    return cookie


def verify(app: App, actor: Actor, visitor: Visitor, cookie: str, code: str) -> SignedIn:
    """Prove the newest code that was sent to the actor; return the renewed session.

    Raises Invalid("factor.wrong_code"), and Invalid("factor.challenge_over") where there is no code
    that could be proved: used, expired, tried five times, replaced, or asked for by another browser.
    """
    id = challenge_id(cookie)
    purpose = _purpose(actor)

    def check(tx: Transaction, session: Session, _: User) -> Try:
        found = tx.get(CHALLENGES, id)
        if found is None or found.data.get("kind") != KIND:
            return Try("factor.challenge_over")
        challenge = codec.from_document(_Challenge, found.data)
        if not _is_live(app, challenge, actor, session, id) or challenge.purpose != purpose:
            return Try("factor.challenge_over")
        if not otp.matches(app.keys, challenge.key_id, challenge.code_hash, id, code):
            tries = {"tries": challenge.tries + 1}
            return Try("factor.wrong_code", lambda tx: tx.update(CHALLENGES, id, tries))

        def used(tx: Transaction) -> None:
            tx.delete(CHALLENGES, id)
            throttle.give_back(tx, challenge.slot)

        return Try(None, used)

    return proofs.prove(app, actor, visitor, sessions.EMAIL_OTP, check)


def require_not_read_here(app: App, address: str) -> None:
    """Raise Forbidden("email_otp.address_is_a_mailbox") for an address that the desk itself reads.

    Whoever may read that mailbox's tickets could read the codes, and sign in as somebody else.
    """
    name, _, domain = address.strip().lower().rpartition("@")
    plain = f"{name.partition('+')[0]}@{domain}"  # Gmail delivers support+anything@ to support@
    token = mailbox_access.address_token(app, plain)
    query = Query(MAILBOXES, (Filter("address_token", "==", token),), limit=20)
    for document in app.store.query(query).documents:
        if document.data["state"] != MailboxState.DISCONNECTED.value:
            raise Forbidden("email_otp.address_is_a_mailbox")


def _replace_code(app: App, actor: Actor, cookie: str, code: str) -> bool:
    """Put a new code into the challenge under way; False where there is none that may be sent again."""
    id = challenge_id(cookie)
    key_id, code_hash = otp.seal_code(app.keys, id, code)

    def work(tx: Transaction, box: Outbox) -> bool:
        found, document = tx.get_all([(CHALLENGES, id), (SESSIONS, actor.session_id)])
        if document is None:
            raise Unauthenticated("session.expired")
        if found is None or found.data.get("kind") != KIND:
            return False
        challenge = codec.from_document(_Challenge, found.data)
        session = codec.from_document(Session, document.data)
        live = _is_live(app, challenge, actor, session, id)
        if not live or challenge.sendings >= otp.MAX_SENDINGS:
            return False
        again = replace(
            challenge, key_id=key_id, code_hash=code_hash, sendings=challenge.sendings + 1
        )
        tx.put(CHALLENGES, id, codec.to_document(again))
        audit_log.record(app, box, _challenged(actor))
        return True

    return outbox.commit(app, work)


def _begin(app: App, actor: Actor, code: str) -> str:
    """Write a new challenge, the session's newest from now on; return its cookie."""
    refusal = proofs.refused(actor, sessions.EMAIL_OTP, "sign_in.too_many_attempts")
    slot = attempts.claim(app, attempts.EMAIL_OTP_CHALLENGES, actor.user_id, refusal)
    cookie, _ = sessions.new_cookie()
    id = challenge_id(cookie)
    key_id, code_hash = otp.seal_code(app.keys, id, code)
    challenge = _Challenge(
        kind=KIND,
        user_id=actor.user_id,
        session_id=actor.session_id,
        purpose=_purpose(actor),
        key_id=key_id,
        code_hash=code_hash,
        slot=slot,
        expires_at=app.clock.now() + otp.LIFETIME,
    )

    def work(tx: Transaction, box: Outbox) -> None:
        document = tx.get(SESSIONS, actor.session_id)
        if document is None:
            raise Unauthenticated("session.expired")
        before = codec.from_document(Session, document.data).challenge_id
        if before is not None:
            tx.delete(CHALLENGES, before)
        tx.create(CHALLENGES, id, codec.to_document(challenge))
        tx.update(SESSIONS, actor.session_id, {"challenge_id": id})
        audit_log.record(app, box, _challenged(actor))

    outbox.commit(app, work)
    return cookie


def _forget(app: App, cookie: str) -> None:
    """Take back a challenge whose mail could not be sent: it was no try of anybody's."""
    id = challenge_id(cookie)

    def work(tx: Transaction) -> None:
        found = tx.get(CHALLENGES, id)
        if found is not None:
            tx.delete(CHALLENGES, id)
            throttle.give_back(tx, codec.from_document(_Challenge, found.data).slot)

    app.store.transact(work)


def _is_live(app: App, challenge: _Challenge, actor: Actor, session: Session, id: str) -> bool:
    """Say whether a code of this challenge could still be proved by this actor's session."""
    return (
        challenge.user_id == actor.user_id
        and challenge.session_id == actor.session_id
        and session.challenge_id == id
        and challenge.expires_at > app.clock.now()
        and challenge.tries < otp.MAX_TRIES
    )


def _purpose(actor: Actor) -> Purpose:
    return "sign_in" if actor.needs else "step_up"


def _challenged(
    actor: Actor, outcome: Literal["success", "failure"] = "success", reason: str | None = None
) -> Happened:
    target = Target("factor", sessions.EMAIL_OTP)
    return Happened(
        Action.FACTOR_CHALLENGED, audit_log.person(actor), target, outcome=outcome, reason=reason
    )


def challenge_id(cookie: str) -> str:
    """Return the id of the challenge that this cookie is bound to."""
    return sessions.session_id(cookie).removeprefix("s_")
