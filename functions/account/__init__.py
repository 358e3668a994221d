"""HTTP function `account`, served at /api/account: profile, password, factors, sessions, tokens, data."""

from __future__ import annotations

from typing import Final

from shared.entry import Routes

# The modules that serve what stands under the first segment of a path: the others wait.
PARTS: Final = {
    "data": ("own_data",),
    "factors": ("factors",),
    "links": ("passwords",),
    "notifications": ("notifications",),
    "password": ("passwords",),
    "profile": ("profile",),
    "sessions": ("sessions",),
    "tokens": ("tokens",),
}

routes = Routes(__name__, PARTS)
account = routes.function()
