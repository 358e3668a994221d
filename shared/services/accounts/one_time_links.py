"""Links that are good once and for a time: to an invitation, a new password, the first set-up.

The token is 32 random bytes and stands in the mail alone; the document's id is its hash, so that what is
stored opens nothing, and an empty or shortened token finds nothing. Only a person's newest link counts.
It is redeemed by a POST with the token in the body; in the address it stands after the #, which browsers
send to nobody.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from shared import codec
from shared.app import App
from shared.domain.people import CHALLENGES, USERS, User
from shared.errors import NotFound
from shared.store.contract import Reader, Transaction

LinkKind: TypeAlias = Literal["invitation", "password_reset", "set_up"]

LIFETIME: Final[dict[LinkKind, timedelta]] = {
    "invitation": timedelta(days=7),
    "password_reset": timedelta(hours=1),
    "set_up": timedelta(hours=1),
}
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Link:
    """The document of a link."""

    kind: LinkKind
    user_id: str
    expires_at: datetime
    forget_factors: bool = False  # the deployer's way back for who has lost theirs


@dataclass(frozen=True, slots=True)
class Found:
    """A link that is good now, and whose it is."""

    id: str
    link: Link
    user: User


def new_token() -> str:
    """Return the token of a new link."""
    return secrets.token_urlsafe(32)


def link_id(token: str) -> str:
    """Return the id of this token's link."""
    return hashlib.sha256(f"cmo1|link|{token}".encode()).hexdigest()


def write(
    tx: Transaction,
    app: App,
    user_id: str,
    user: User | None,
    link: LinkKind,
    token: str,
    *,
    forget_factors: bool = False,
) -> str:
    """Write a link for `user_id`, delete the one before; return what becomes the person's `link_id`."""
    id = link_id(token)
    if user is not None and user.link_id is not None:
        tx.delete(CHALLENGES, user.link_id)
    document = Link(link, user_id, app.clock.now() + LIFETIME[link], forget_factors)
    tx.create(CHALLENGES, id, codec.to_document(document))
    return id


def find(reader: Reader, app: App, kind: LinkKind, token: str) -> Found:
    """Return the link of this token.

    Raises NotFound("link.not_found") for every link that is not good: invented, used, expired, replaced,
    of another kind, of a person whose access was taken away.
    """
    if _TOKEN.fullmatch(token) is None:
        raise NotFound("link.not_found")
    id = link_id(token)
    found = reader.get(CHALLENGES, id)
    if found is None or found.data.get("kind") != kind:
        raise NotFound("link.not_found")
    link = codec.from_document(Link, found.data)
    document = reader.get(USERS, link.user_id)
    if document is None or link.expires_at <= app.clock.now():
        raise NotFound("link.not_found")
    user = codec.from_document(User, document.data)
    if user.disabled or user.link_id != id:
        raise NotFound("link.not_found")
    return Found(id, link, user)


def use_up(tx: Transaction, found: Found) -> None:
    """Delete a link; the caller sets the person's `link_id` to None in the same transaction."""
    tx.delete(CHALLENGES, found.id)


def address(app: App, kind: LinkKind, token: str) -> str:
    """Return the address that is mailed, or shown to the operator."""
    return f"{app.settings.public_url}/desk/#/{kind}/{token}"
