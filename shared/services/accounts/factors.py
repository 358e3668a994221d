"""A person's own factors: which there are, and what adding and removing any of them has in common.

Every change needs a fresh proof (step-up), is in the audit log, and is told to the person by mail. How a
factor of each kind is enrolled and proved stands in authenticators, passkeys and recovery_codes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final, Literal

from shared import codec, log
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.auth import sessions
from shared.domain.people import FACTORS, SESSIONS, USERS, Factor, Session, User
from shared.domain.places import place
from shared.errors import NotFound, ProductError, Unauthenticated
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.accounts import sign_in, step_up
from shared.services.organisation import notices
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Query, Transaction

required_for = sessions.required_for

Change = Literal["added", "removed", "used"]

_TEXTS: Final = Path(__file__).parent.parent.parent / "texts" / "factor_changes.json"
MOST: Final = 20  # factors of one person: nobody carries more keys


@dataclass(frozen=True, slots=True)
class FactorRow:
    """One enrolled factor, as its owner sees it. `left` counts unused recovery codes."""

    id: str
    kind: Literal["passkey", "recovery", "totp"]
    name: str | None
    created_at: datetime
    used_at: datetime | None
    left: int | None


@dataclass(frozen=True, slots=True)
class FactorList:
    """One's factors, and of which one must be proved at each sign-in; () where the password is enough."""

    items: tuple[FactorRow, ...]
    required: tuple[str, ...]


def list_factors(app: App, actor: Actor) -> FactorList:
    """Return the actor's factors, newest first."""
    rows = [
        FactorRow(
            id=id,
            kind=factor.kind,
            name=app.envelope.open(actor.user_id, place(FACTORS, id), factor.sealed).get("name"),
            created_at=factor.created_at,
            used_at=factor.used_at,
            left=len(factor.hashes) if factor.kind == "recovery" else None,
        )
        for id, factor in of(app, actor.user_id)
    ]
    rows.sort(key=lambda row: row.created_at, reverse=True)
    return FactorList(tuple(rows), required_for(sign_in.load(app, actor.user_id)))


def of(app: App, user_id: str) -> list[tuple[str, Factor]]:
    """Return (id, document) of each of a person's factors."""
    page = app.store.query(all_of(user_id))
    return [(d.id, codec.from_document(Factor, d.data)) for d in page.documents]


def remove(app: App, actor: Actor, factor_id: str) -> None:
    """Remove one of the actor's factors.

    Raises Forbidden("step_up.required") and NotFound("factor.not_found").
    """
    step_up.require(app, actor)

    def work(tx: Transaction, box: Outbox) -> str:
        documents = tx.query(all_of(actor.user_id)).documents
        user_in(tx, actor)
        if factor_id not in [document.id for document in documents]:
            raise NotFound("factor.not_found")
        kinds = {str(d.data["kind"]) for d in documents if d.id != factor_id}
        [kind] = [str(d.data["kind"]) for d in documents if d.id == factor_id]
        tx.delete(FACTORS, factor_id)
        tx.update(USERS, actor.user_id, {"factors": sorted(kinds)})
        _record(app, box, actor, Action.FACTOR_REMOVED, kind)
        return kind

    tell(app, actor, outbox.commit(app, work), "removed")


def enrol(
    tx: Transaction,
    app: App,
    box: Outbox,
    actor: Actor,
    user: User,
    session: Session | None,
    id: str,
    factor: Factor,
) -> None:
    """Write a factor and that its person has it. In `session` it was proved by being enrolled."""
    tx.put(FACTORS, id, codec.to_document(factor))
    tx.update(USERS, actor.user_id, {"factors": sorted({*user.factors, factor.kind})})
    if session is not None:
        proved = list(dict.fromkeys((*session.factors, factor.kind)))
        tx.update(SESSIONS, actor.session_id, {"factors": proved})
    _record(app, box, actor, Action.FACTOR_ADDED, factor.kind)


def tell(app: App, actor: Actor, kind: str, change: Change) -> None:
    """Write to the actor what became of a factor of theirs. What was done is done, also if that fails."""
    tell_person(app, actor.user_id, sign_in.load(app, actor.user_id), kind, change)


def tell_person(app: App, user_id: str, user: User, kind: str, change: Change) -> None:
    """Write to somebody what became of a factor of theirs. What was done is done, also if that fails."""
    sentence = _texts()[user.language if user.language in _texts() else "en"]
    try:
        notices.send(app, user_id, user, "factor_changed", change=sentence[f"{kind}.{change}"])
    except ProductError as error:
        log.event("WARNING", "factor.change_not_told", code=error.code)


def user_in(tx: Transaction, actor: Actor) -> User:
    """Return the actor's person as of this transaction."""
    found = tx.get(USERS, actor.user_id)
    if found is None:
        raise Unauthenticated("session.expired")
    return codec.from_document(User, found.data)


def session_in(tx: Transaction, actor: Actor) -> Session:
    """Return the actor's session as of this transaction."""
    found = tx.get(SESSIONS, actor.session_id)
    if found is None:
        raise Unauthenticated("session.expired")
    return codec.from_document(Session, found.data)


def all_of(user_id: str) -> Query:
    """Return the query of all factors of a person."""
    return Query(FACTORS, (Filter("user_id", "==", user_id),), limit=MOST + 2)


def _record(app: App, box: Outbox, actor: Actor, action: Action, kind: str) -> None:
    audit_log.record(app, box, Happened(action, audit_log.person(actor), Target("factor", kind)))


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    texts: Mapping[str, Mapping[str, str]] = json.loads(_TEXTS.read_text("utf-8"))
    return texts
