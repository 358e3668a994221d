"""Passkeys: enrolling one, proving it as a factor, and signing in with nothing else.

A passkey is two factors by itself: what one has, and the finger or PIN that its device asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared import codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.auth import passkeys, sessions, throttle
from shared.auth.passkeys import Passkey, Refused, RelyingParty
from shared.auth.visitor import Visitor
from shared.domain.people import CHALLENGES, FACTORS, USERS, Factor, Session, User
from shared.domain.places import place
from shared.errors import Conflict, Invalid, Unauthenticated
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.accounts import attempts, ceremonies, factors, proofs, sign_in, step_up
from shared.services.accounts.ceremonies import KIND, Ceremony
from shared.services.accounts.proofs import Try
from shared.services.accounts.sign_in import SignedIn
from shared.services.outbox import Outbox
from shared.store.contract import Data, Transaction

Credential = Mapping[str, Any]


# Enrolling


def begin_enrolment(app: App, actor: Actor, party: RelyingParty) -> Ceremony:
    """Return the options of a new passkey. Raises Forbidden("step_up.required")."""
    step_up.require(app, actor)
    profile = sign_in.profile(app, actor)
    challenge, cookie = ceremonies.begin(app, "enrol", actor.session_id)
    options = passkeys.registration_options(
        party,
        challenge,
        user_id=actor.user_id,
        address=profile.email,
        name=profile.name,
        known=_credential_ids(app, actor.user_id),
    )
    return Ceremony(options, cookie)


def enrol(
    app: App, actor: Actor, party: RelyingParty, cookie: str, name: str, credential: Credential
) -> str:
    """Enrol the passkey that a device has made, under a name that its owner gives it; return its id.

    Raises Forbidden("step_up.required"), Invalid("factor.challenge_over"), Invalid("passkey.refused"),
    Conflict("passkey.known") and Conflict("factor.too_many").
    """
    step_up.require(app, actor)
    challenge_id = ceremonies.document_id(cookie)

    def work(tx: Transaction, box: Outbox) -> str:
        found = tx.get(CHALLENGES, challenge_id)
        challenge = ceremonies.live(app, found, "enrol", actor.session_id)
        if challenge is None:
            raise Invalid("factor.challenge_over")
        user, session = factors.user_in(tx, actor), factors.session_in(tx, actor)
        made = passkeys.verify_registration(party, challenge.challenge, credential)
        id = _factor_id(made.credential_id)
        if len(tx.query(factors.all_of(actor.user_id)).documents) >= factors.MOST:
            raise Conflict("factor.too_many")
        if tx.get(FACTORS, id) is not None:
            raise Conflict("passkey.known")
        secret = {
            "credential_id": made.credential_id,
            "public_key": made.public_key,
            "name": name,
        }
        factor = Factor(
            user_id=actor.user_id,
            kind="passkey",
            sealed=app.envelope.seal(actor.user_id, place(FACTORS, id), secret),
            created_at=app.clock.now(),
            counter=made.sign_count,
            backed_up=made.backed_up,
        )
        tx.delete(CHALLENGES, challenge_id)
        factors.enrol(tx, app, box, actor, user, session, id, factor)
        return id

    try:
        id = outbox.commit(app, work)
    except Refused:
        raise Invalid("passkey.refused") from None
    factors.tell(app, actor, KIND, "added")
    return id


# Proving


def begin_proof(app: App, actor: Actor | None, visitor: Visitor, party: RelyingParty) -> Ceremony:
    """Return the options of a sign-in; of who is signed in (half is enough), those of a proof.

    Raises TooMany("sign_in.too_many_attempts") for a network that begins and never ends.
    """
    if actor is not None:
        challenge, cookie = ceremonies.begin(app, "prove", actor.session_id)
        known = _credential_ids(app, actor.user_id)
        return Ceremony(passkeys.authentication_options(party, challenge, known=known), cookie)
    refusal = _refusal(None, "sign_in.too_many_attempts")
    slot = attempts.claim(app, attempts.PASSKEY_CHALLENGES, visitor.network, refusal)
    challenge, cookie = ceremonies.begin(app, "sign_in", None, slot)
    return Ceremony(passkeys.authentication_options(party, challenge, known=()), cookie)


def verify(
    app: App,
    actor: Actor,
    visitor: Visitor,
    party: RelyingParty,
    cookie: str,
    credential: Credential,
) -> SignedIn:
    """Prove one of the actor's passkeys; return the renewed session.

    Raises Invalid("factor.challenge_over") and Invalid("passkey.refused").
    """
    challenge_id = ceremonies.document_id(cookie)

    def check(tx: Transaction, _: Session, __: User) -> Try:
        found = tx.get(CHALLENGES, challenge_id)
        challenge = ceremonies.live(app, found, "prove", actor.session_id)
        if challenge is None:
            return Try("factor.challenge_over")
        known = _known(tx, credential)
        if known is None or known[1].user_id != actor.user_id:
            return Try("passkey.refused", lambda tx: tx.delete(CHALLENGES, challenge_id))
        id, factor = known
        try:
            used = _verified(app, party, challenge.challenge, credential, id, factor)
        except Refused:
            return Try("passkey.refused", lambda tx: tx.delete(CHALLENGES, challenge_id))
        return Try(None, lambda tx: _use(tx, app, challenge_id, id, used))

    return proofs.prove(app, actor, visitor, sessions.PASSKEY, check)


def sign_in_with(
    app: App, visitor: Visitor, party: RelyingParty, cookie: str, credential: Credential
) -> SignedIn:
    """Open a session for the person of this passkey, which is two factors by itself.

    Raises Unauthenticated("passkey.refused") in every other case.
    """
    challenge_id = ceremonies.document_id(cookie)
    session_cookie, session_id = sessions.new_cookie()

    def work(tx: Transaction, box: Outbox) -> bool:
        found = tx.get(CHALLENGES, challenge_id)
        challenge = ceremonies.live(app, found, "sign_in", None)
        known = _known(tx, credential) if challenge is not None else None
        document = None if known is None else tx.get(USERS, known[1].user_id)
        if challenge is None or known is None or document is None:
            return False
        id, factor = known
        user = codec.from_document(User, document.data)
        if user.disabled or KIND not in user.factors:
            return False
        try:
            used = _verified(app, party, challenge.challenge, credential, id, factor)
        except Refused:
            return False
        sealed = sign_in.seal_visitor(app, factor.user_id, session_id, visitor)
        now = app.clock.now()
        _use(tx, app, challenge_id, id, used)
        if challenge.slot is not None:
            throttle.give_back(tx, challenge.slot)
        sessions.begin(tx, session_id, factor.user_id, user, now, factors=(KIND,), sealed=sealed)
        who = Who("user", user.pseudonym, user.role, session_id)
        created = Happened(Action.SESSION_CREATED, who, Target("session", session_id), reason=KIND)
        audit_log.record(app, box, created)
        return True

    if not outbox.commit(app, work):
        _use_up(app, challenge_id)
        audit_log.record_alone(app, _refusal(None, "passkey.refused"))
        raise Unauthenticated("passkey.refused")
    return sign_in.opened(app, session_cookie)


def _verified(
    app: App,
    party: RelyingParty,
    challenge: str,
    credential: Credential,
    id: str,
    factor: Factor,
) -> Passkey:
    secret = app.envelope.open(factor.user_id, place(FACTORS, id), factor.sealed)
    stored = Passkey(
        str(secret["credential_id"]), str(secret["public_key"]), factor.counter, factor.backed_up
    )
    return passkeys.verify_authentication(
        party, challenge, credential, passkey=stored, user_id=factor.user_id
    )


def _use(tx: Transaction, app: App, challenge_id: str, id: str, used: Passkey) -> None:
    tx.delete(CHALLENGES, challenge_id)
    now = app.clock.now()
    changes: Data = {"counter": used.sign_count, "backed_up": used.backed_up, "used_at": now}
    tx.update(FACTORS, id, changes)


def _use_up(app: App, challenge_id: str) -> None:
    """End a challenge that was answered wrongly; its slot of the throttle stays taken."""
    app.store.transact(lambda tx: tx.delete(CHALLENGES, challenge_id))


def _known(tx: Transaction, credential: Credential) -> tuple[str, Factor] | None:
    """Return the passkey that a browser presents, if it is one of ours."""
    try:
        id = _factor_id(passkeys.credential_id(credential))
    except Refused:
        return None
    found = tx.get(FACTORS, id)
    return None if found is None else (id, codec.from_document(Factor, found.data))


def _credential_ids(app: App, user_id: str) -> list[str]:
    return [
        str(app.envelope.open(user_id, place(FACTORS, id), factor.sealed)["credential_id"])
        for id, factor in factors.of(app, user_id)
        if factor.kind == KIND
    ]


def _refusal(target: Target | None, reason: str) -> Happened:
    return Happened(
        Action.SESSION_REFUSED, audit_log.ANONYMOUS, target, outcome="failure", reason=reason
    )


def _factor_id(credential_id: str) -> str:
    return ids.derived_id(ids.FACTOR, KIND, credential_id)
