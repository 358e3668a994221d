"""API tokens: who is behind an `Authorization: Bearer cmo_...`, now, and what of their rights it has.

A token is 32 random bytes; the document's id is its SHA-256, so the store holds nothing that opens
anything, and guessing is no way in. Two reads a request, like a session. No browser sends such a header by
itself, so a request that has it and no cookie is nobody's trick. RFC 6750 §2.1.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from datetime import datetime
from typing import Final

from shared import codec
from shared.auth import roles
from shared.clock import Clock
from shared.domain.api_tokens import COLLECTION, SEEN_EVERY, ApiToken
from shared.domain.people import USERS, User
from shared.errors import Unauthenticated
from shared.permissions import Actor, Permission, Role
from shared.store.contract import Missing, Store

PREFIX: Final = "cmo_"
_TOKEN: Final = re.compile(r"cmo_[A-Za-z0-9_-]{43}")


def new_token() -> tuple[str, str]:
    """Return (token, id) of a new token."""
    random = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    return PREFIX + random, token_id(PREFIX + random)


def token_id(token: str) -> str:
    """Return the id of the document of this token."""
    return "tk_" + hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def find(store: Store, clock: Clock, token: str) -> Actor:
    """Return who is behind a token, with the rights that are their role's and the token's both.

    Such an actor has proved no factor and owes none, so step-up refuses them. Raises
    Unauthenticated("token.invalid") for a token that is none, has ended, or whose person has no access.
    """
    id = token_id(token)
    found = store.get(COLLECTION, id) if _TOKEN.fullmatch(token) else None
    if found is None:
        raise Unauthenticated("token.invalid")
    known = codec.from_document(ApiToken, found.data)
    document = store.get(USERS, known.user_id)
    user = None if document is None else codec.from_document(User, document.data)
    now = clock.now()
    if user is None or not is_live(known, user, now):
        raise Unauthenticated("token.invalid")
    role = roles.find(store, user.role)
    if role is None:
        raise Unauthenticated("token.invalid")
    if known.seen_at is None or now - known.seen_at >= SEEN_EVERY:
        _touch(store, id, now)
    return Actor(
        user_id=known.user_id,
        pseudonym=user.pseudonym,
        role_name=user.role,
        role=_narrowed(role, known.permissions),
        mailbox_ids=frozenset(user.mailbox_ids),
        session_id=id,
        language=user.language,
        by_token=True,
    )


def is_live(token: ApiToken, user: User, now: datetime) -> bool:
    """Say whether a token still counts: not expired or ended, and its person has access."""
    return not user.disabled and token.epoch == user.session_epoch and now < token.expires_at


def _narrowed(role: Role, permissions: tuple[str, ...]) -> Role:
    """Return what of a role a token may do; one's own account is never part of it."""
    scope = {p for p in Permission if p.value in permissions} - {Permission.ACCOUNT_SELF}
    return Role(role.everywhere & scope, role.in_mailboxes & scope)


def _touch(store: Store, id: str, now: datetime) -> None:
    try:
        store.transact(lambda tx: tx.update(COLLECTION, id, {"seen_at": now}))
    except Missing:  # revoked meanwhile
        raise Unauthenticated("token.invalid") from None
