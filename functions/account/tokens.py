"""Routes of `account`: API tokens, by which programs do what one lets them. Changes need a fresh proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.accounts import own_tokens
from shared.services.accounts.own_tokens import MadeToken, TokenList

routes = Routes("functions.account")


@dataclass(frozen=True, slots=True)
class TokenToMake:
    """A token of some of one's own permissions, good for so many days."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {
        "name": "Nightly report",
        "permissions": ["ticket:read"],
        "days": 90,
    }

    name: str
    permissions: tuple[Permission, ...]
    days: int


@routes.get("/tokens", allow=Permission.ACCOUNT_SELF)
def list_tokens(request: Request) -> TokenList:
    """List one's tokens."""
    return own_tokens.list_own(request.app, request.actor)


@routes.post(
    "/tokens", allow=Permission.ACCOUNT_SELF, body=TokenToMake, max_body_bytes=16_384, status=201
)
def create_token(request: Request, body: TokenToMake) -> MadeToken:
    """Make a token, and return it this once. Send it as `Authorization: Bearer cmo_...`."""
    app, actor = request.app, request.actor
    return own_tokens.create(app, actor, body.name, body.permissions, body.days)


@routes.delete("/tokens/{token_id}", allow=Permission.ACCOUNT_SELF)
def revoke_token(request: Request) -> None:
    """Revoke a token."""
    own_tokens.revoke(request.app, request.actor, request.path["token_id"])
