"""Authenticator apps: enrolling one by its QR code, and proving its codes, each once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared import codec, ids
from shared.app import App
from shared.auth import otp, sessions, throttle, totp
from shared.auth.visitor import Visitor
from shared.domain.people import CHALLENGES, FACTORS, Factor, Session, User
from shared.domain.places import place
from shared.errors import Invalid
from shared.permissions import Actor
from shared.services import outbox
from shared.services.accounts import attempts, factors, proofs, sign_in, step_up
from shared.services.accounts.proofs import Try
from shared.services.accounts.sign_in import SignedIn
from shared.services.outbox import Outbox
from shared.store.contract import Data, Transaction

_ENROLMENT: Final = "totp_enrolment"


@dataclass(frozen=True, slots=True)
class TotpEnrolment:
    """What an authenticator app needs, shown once: the secret, its otpauth address, and that as SVG."""

    secret: str
    uri: str
    qr_code: str


def begin(app: App, actor: Actor) -> TotpEnrolment:
    """Make a secret for an authenticator app; it counts once a code of it was confirmed, in ten minutes.

    Raises Forbidden("step_up.required").
    """
    step_up.require(app, actor)
    secret = totp.new_secret()
    id = _enrolment_id(actor)
    document: Data = {
        "kind": _ENROLMENT,
        "user_id": actor.user_id,
        "sealed": app.envelope.seal(actor.user_id, place(CHALLENGES, id), {"secret": secret}),
        "expires_at": app.clock.now() + otp.LIFETIME,
    }
    app.store.transact(lambda tx: tx.put(CHALLENGES, id, document))
    account = sign_in.profile(app, actor).email
    uri = totp.provisioning_uri(secret, account, app.settings.organisation)
    return TotpEnrolment(secret, uri, totp.qr_code(uri))


def confirm(app: App, actor: Actor, code: str) -> None:
    """Enrol the app that shows this code, in the place of one before.

    Raises Forbidden("step_up.required"), Invalid("factor.wrong_code"), Invalid("factor.not_begun") and
    TooMany("sign_in.too_many_attempts").
    """
    step_up.require(app, actor)
    refusal = proofs.refused(actor, sessions.TOTP, "sign_in.too_many_attempts")
    slot = attempts.claim(app, attempts.TOTP, actor.user_id, refusal)
    id, enrolment_id = factor_id(actor.user_id), _enrolment_id(actor)

    def work(tx: Transaction, box: Outbox) -> None:
        begun = tx.get(CHALLENGES, enrolment_id)
        user = factors.user_in(tx, actor)
        session = factors.session_in(tx, actor)
        now = app.clock.now()
        if begun is None or begun.data["expires_at"] <= now:  # type: ignore[operator]
            raise Invalid("factor.not_begun")
        sealed = app.envelope.open(
            actor.user_id, place(CHALLENGES, enrolment_id), str(begun.data["sealed"])
        )
        step = totp.matching_step(str(sealed["secret"]), code, now, 0)
        if step is None:
            raise Invalid("factor.wrong_code")
        factor = Factor(
            user_id=actor.user_id,
            kind="totp",
            sealed=app.envelope.seal(actor.user_id, place(FACTORS, id), sealed),
            created_at=now,
            counter=step,
        )
        tx.delete(CHALLENGES, enrolment_id)
        throttle.give_back(tx, slot)
        factors.enrol(tx, app, box, actor, user, session, id, factor)

    outbox.commit(app, work)
    factors.tell(app, actor, "totp", "added")


def verify(app: App, actor: Actor, visitor: Visitor, code: str) -> SignedIn:
    """Prove a code of the actor's authenticator app; return the renewed session.

    Raises Invalid("factor.wrong_code"), Invalid("factor.code_used") for one that counted already or is
    older than that, and TooMany("sign_in.too_many_attempts").
    """
    proofs.require_provable(app, actor, sessions.TOTP)
    refusal = proofs.refused(actor, sessions.TOTP, "sign_in.too_many_attempts")
    slot = attempts.claim(app, attempts.TOTP, actor.user_id, refusal)
    id = factor_id(actor.user_id)

    def check(tx: Transaction, _: Session, __: User) -> Try:
        found = tx.get(FACTORS, id)
        if found is None:
            return Try("factor.wrong_code")
        factor = codec.from_document(Factor, found.data)
        secret = str(app.envelope.open(actor.user_id, place(FACTORS, id), factor.sealed)["secret"])
        now = app.clock.now()
        step = totp.matching_step(secret, code, now, factor.counter)
        if step is None:
            seen = totp.matching_step(secret, code, now, 0) is not None
            return Try("factor.code_used" if seen else "factor.wrong_code")
        return Try(None, lambda tx: tx.update(FACTORS, id, {"counter": step, "used_at": now}))

    return proofs.prove(app, actor, visitor, sessions.TOTP, check, slot)


def factor_id(user_id: str) -> str:
    """Return the id of a person's one authenticator app."""
    return ids.derived_id(ids.FACTOR, "totp", user_id)


def _enrolment_id(actor: Actor) -> str:
    return ids.derived_id(ids.FACTOR, _ENROLMENT, actor.session_id)
