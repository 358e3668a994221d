"""One's own API tokens: made, listed, revoked. What a token is worth stands in shared/auth/api_tokens.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.auth import api_tokens
from shared.domain.api_tokens import COLLECTION, ApiToken
from shared.domain.places import place
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor, Permission, allows
from shared.services import audit_log, outbox
from shared.services.accounts import factors, sign_in, step_up
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Query, Transaction

MAX_TOKENS: Final = 20
MAX_NAME: Final = 60
MAX_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token without what a program shows; `ended` where it counts no more before its time is over."""

    id: str
    name: str
    permissions: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None
    ended: bool


@dataclass(frozen=True, slots=True)
class TokenList:
    """One's tokens, the newest first."""

    items: tuple[TokenRow, ...]


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A token that was made, with what a program shows: it is shown this once."""

    row: TokenRow
    token: str = field(repr=False)


def list_own(app: App, actor: Actor) -> TokenList:
    """Return the actor's tokens, those that have ended among them until they are cleaned up."""
    user = sign_in.load(app, actor.user_id)
    now = app.clock.now()
    rows = []
    for document in app.store.query(_of(actor)).documents:
        token = codec.from_document(ApiToken, document.data)
        live = api_tokens.is_live(token, user, now)
        rows.append(_row(app, actor, document.id, token, ended=not live))
    rows.sort(key=lambda row: row.created_at, reverse=True)
    return TokenList(tuple(rows))


def create(
    app: App, actor: Actor, name: str, permissions: Sequence[Permission], days: int
) -> MadeToken:
    """Make a token of some of one's own permissions, good for `days`.

    Raises Forbidden("step_up.required"), Invalid("token.name_invalid"), Invalid("token.days_invalid"),
    Invalid("token.permission_not_held"), Conflict("token.too_many").
    """
    step_up.require(app, actor)
    name = name.strip()
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise Invalid("token.name_invalid", max_characters=MAX_NAME)
    if not 1 <= days <= MAX_DAYS:
        raise Invalid("token.days_invalid", most=MAX_DAYS)
    chosen = sorted(set(permissions))
    refused = [p.value for p in chosen if p is Permission.ACCOUNT_SELF or not allows(actor, p)]
    if refused or not chosen:
        raise Invalid("token.permission_not_held", permissions=refused)
    shown, id = api_tokens.new_token()
    now = app.clock.now()

    def work(tx: Transaction, box: Outbox) -> ApiToken:
        if len(tx.query(_of(actor)).documents) >= MAX_TOKENS:
            raise Conflict("token.too_many", most=MAX_TOKENS)
        token = ApiToken(
            user_id=actor.user_id,
            epoch=factors.user_in(tx, actor).session_epoch,
            permissions=tuple(p.value for p in chosen),
            sealed=app.envelope.seal(actor.user_id, place(COLLECTION, id), {"name": name}),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        _record(app, box, actor, Action.TOKEN_CREATED, id, token.permissions)
        tx.create(COLLECTION, id, codec.to_document(token))
        return token

    made = outbox.commit(app, work)
    factors.tell(app, actor, "token", "added")
    return MadeToken(_row(app, actor, id, made, ended=False), shown)


def revoke(app: App, actor: Actor, token_id: str) -> None:
    """End one of the actor's tokens, from its next request on.

    Raises Forbidden("step_up.required"), and NotFound("token.not_found") for anybody else's.
    """
    step_up.require(app, actor)

    def work(tx: Transaction, box: Outbox) -> None:
        found = tx.get(COLLECTION, token_id)
        if found is None or found.data["user_id"] != actor.user_id:
            raise NotFound("token.not_found")
        _record(app, box, actor, Action.TOKEN_REVOKED, token_id)
        tx.delete(COLLECTION, token_id)

    outbox.commit(app, work)
    factors.tell(app, actor, "token", "removed")


def _of(actor: Actor) -> Query:
    return Query(COLLECTION, (Filter("user_id", "==", actor.user_id),), limit=MAX_TOKENS)


def _row(app: App, actor: Actor, id: str, token: ApiToken, *, ended: bool) -> TokenRow:
    opened = app.envelope.open(actor.user_id, place(COLLECTION, id), token.sealed)
    return TokenRow(
        id=id,
        name=opened["name"],
        permissions=token.permissions,
        created_at=token.created_at,
        expires_at=token.expires_at,
        seen_at=token.seen_at,
        ended=ended,
    )


def _record(
    app: App, box: Outbox, actor: Actor, action: Action, id: str, gained: Sequence[str] = ()
) -> None:
    changes = tuple({"field": "permission", "before": None, "after": p} for p in gained)
    happened = Happened(action, audit_log.person(actor), Target("token", id), changes=changes)
    audit_log.record(app, box, happened)
