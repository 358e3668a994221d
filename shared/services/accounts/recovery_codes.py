"""Recovery codes: making ten new ones, and using one up in the place of a second factor."""

from __future__ import annotations

from shared import codec, ids
from shared.app import App
from shared.auth import recovery, sessions
from shared.auth.visitor import Visitor
from shared.domain.people import FACTORS, USERS, Factor, Session, User
from shared.domain.places import place
from shared.permissions import Actor
from shared.services import outbox
from shared.services.accounts import attempts, factors, proofs, step_up
from shared.services.accounts.proofs import Try
from shared.services.accounts.sign_in import SignedIn
from shared.services.outbox import Outbox
from shared.store.contract import Transaction


def replace(app: App, actor: Actor) -> tuple[str, ...]:
    """Return ten new recovery codes, shown this once; those before are worth nothing from now on.

    Raises Forbidden("step_up.required").
    """
    step_up.require(app, actor)
    codes = recovery.new_codes()
    id = factor_id(actor.user_id)
    factor = Factor(
        user_id=actor.user_id,
        kind="recovery",
        sealed=app.envelope.seal(actor.user_id, place(FACTORS, id), {}),
        created_at=app.clock.now(),
        hashes=tuple(recovery.code_hash(code) for code in codes),
    )

    def work(tx: Transaction, box: Outbox) -> None:
        user = factors.user_in(tx, actor)
        factors.enrol(tx, app, box, actor, user, None, id, factor)

    outbox.commit(app, work)
    factors.tell(app, actor, "recovery", "added")
    return codes


def verify(app: App, actor: Actor, visitor: Visitor, code: str) -> SignedIn:
    """Use up one of the actor's recovery codes; return the renewed session.

    Raises Invalid("factor.wrong_code") and TooMany("sign_in.too_many_attempts").
    """
    proofs.require_provable(app, actor, sessions.RECOVERY)
    refusal = proofs.refused(actor, sessions.RECOVERY, "sign_in.too_many_attempts")
    slot = attempts.claim(app, attempts.RECOVERY, actor.user_id, refusal)
    id = factor_id(actor.user_id)
    given = recovery.code_hash(code)

    def check(tx: Transaction, _: Session, user: User) -> Try:
        found = tx.get(FACTORS, id)
        left = codec.from_document(Factor, found.data).hashes if found else ()
        if given not in left:  # 128 random bits, hashed: nothing to learn from the time it takes
            return Try("factor.wrong_code")
        rest = [other for other in left if other != given]

        def used(tx: Transaction) -> None:
            tx.update(FACTORS, id, {"hashes": rest, "used_at": app.clock.now()})
            if not rest:
                kinds = [kind for kind in user.factors if kind != sessions.RECOVERY]
                tx.update(USERS, actor.user_id, {"factors": kinds})

        return Try(None, used)

    signed_in = proofs.prove(app, actor, visitor, sessions.RECOVERY, check, slot)
    factors.tell(app, actor, "recovery", "used")
    return signed_in


def factor_id(user_id: str) -> str:
    """Return the id of a person's one set of recovery codes."""
    return ids.derived_id(ids.FACTOR, "recovery", user_id)
