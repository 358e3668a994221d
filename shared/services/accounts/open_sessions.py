"""Where somebody is signed in, and ending that: by themselves, or by an administrator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.auth import sessions
from shared.domain.people import SESSIONS, Session, User
from shared.domain.places import place
from shared.errors import NotFound
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.accounts import people
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Query, Transaction

_MOST: Final = 100  # sessions of one person that are shown or ended one by one


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One signed-in browser; `network` is a /24 or /48, never an address."""

    id: str
    current: bool
    browser: str
    network: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    factors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionList:
    """The live sessions of one person, the one used last first."""

    items: tuple[SessionRow, ...]


def list_own(app: App, actor: Actor) -> SessionList:
    """Return the actor's live sessions."""
    return list_of(app, actor, actor.user_id)


def list_of(app: App, actor: Actor, user_id: str) -> SessionList:
    """Return somebody's live sessions; `current` marks the actor's own. Raises NotFound("user.not_found")."""
    user = people.load(app.store, user_id)
    rows = [
        SessionRow(
            id=id,
            current=id == actor.session_id,
            created_at=session.created_at,
            seen_at=session.seen_at,
            expires_at=session.expires_at,
            factors=session.factors,
            **_where(app, user_id, id, session),
        )
        for id, session in _live(app, user_id, user)
    ]
    rows.sort(key=lambda row: row.seen_at, reverse=True)
    return SessionList(tuple(rows))


def end_own(app: App, actor: Actor, session_id: str) -> None:
    """End one of the actor's sessions. Raises NotFound("session.not_found") for anybody else's."""

    def work(tx: Transaction, box: Outbox) -> None:
        found = tx.get(SESSIONS, session_id)
        if found is None or found.data["user_id"] != actor.user_id:
            raise NotFound("session.not_found")
        tx.delete(SESSIONS, session_id)
        _record(app, box, actor, session_id)

    outbox.commit(app, work)


def end_others(app: App, actor: Actor) -> None:
    """End all of the actor's sessions but the one that asks."""
    query = _of(actor.user_id)

    def work(tx: Transaction, box: Outbox) -> None:
        others = [d.id for d in tx.query(query).documents if d.id != actor.session_id]
        for id in others:
            tx.delete(SESSIONS, id)
            _record(app, box, actor, id)

    outbox.commit(app, work)


def _live(app: App, user_id: str, user: User) -> Iterator[tuple[str, Session]]:
    now = app.clock.now()
    for document in app.store.query(_of(user_id)).documents:
        session = codec.from_document(Session, document.data)
        if sessions.is_live(session, user, now):
            yield document.id, session


def _where(app: App, user_id: str, id: str, session: Session) -> dict[str, str]:
    known = app.envelope.open(user_id, place(SESSIONS, id), session.sealed)
    return {"browser": str(known["browser"]), "network": str(known["network"])}


def _record(app: App, box: Outbox, actor: Actor, session_id: str) -> None:
    target = Target("session", session_id)
    audit_log.record(app, box, Happened(Action.SESSION_ENDED, audit_log.person(actor), target))


def _of(user_id: str) -> Query:
    return Query(SESSIONS, (Filter("user_id", "==", user_id),), limit=_MOST)
