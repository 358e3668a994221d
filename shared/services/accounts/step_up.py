"""Step-up: a sensitive operation asks for a factor that was proved a short while ago.

A session that was left open, or stolen, is then not enough. What is proved is the person's second factor
(services of each kind do it), or the password where no second factor is asked of them.
"""

from __future__ import annotations

from shared import codec
from shared.app import App
from shared.auth import passwords, sessions
from shared.auth.passwords import PasswordHash
from shared.auth.visitor import Visitor
from shared.errors import Forbidden
from shared.permissions import Actor
from shared.services.accounts import attempts, proofs, sign_in
from shared.services.accounts.proofs import Try
from shared.services.accounts.sign_in import SignedIn

MAX_AGE_SECONDS = 600


def require(app: App, actor: Actor, max_age_seconds: int = MAX_AGE_SECONDS) -> None:
    """Raise Forbidden("step_up.required") where the actor's last proof is older than this."""
    proved = actor.authenticated_at
    if proved is None or (app.clock.now() - proved).total_seconds() > max_age_seconds:
        raise Forbidden("step_up.required")


def factors(app: App, actor: Actor) -> tuple[str, ...]:
    """Return by which factors the actor steps up; one is enough."""
    return proofs.provable(sign_in.load(app, actor.user_id))


def with_password(app: App, actor: Actor, visitor: Visitor, password: str) -> SignedIn:
    """Prove the password again; return the renewed session.

    Raises Invalid("step_up.wrong_password"), Conflict("factor.not_available") for who has a second
    factor to prove, and TooMany("sign_in.too_many_attempts").
    """
    proofs.require_provable(app, actor, sessions.PASSWORD)
    user = sign_in.load(app, actor.user_id)
    refusal = proofs.refused(actor, sessions.PASSWORD, "sign_in.too_many_attempts")
    slot = attempts.claim(app, attempts.STEP_UP, actor.user_id, refusal)
    stored = None if user.password is None else codec.decode(PasswordHash, user.password)
    right = passwords.verify_password(app.keys, password, stored, sign_in.password_cost(app))
    tried = Try(None if right else "step_up.wrong_password")
    return proofs.prove(app, actor, visitor, sessions.PASSWORD, lambda *_: tried, slot)
