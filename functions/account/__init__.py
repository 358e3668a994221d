"""HTTP function `account`, served at /api/account: one's own profile, factors and sessions."""

from __future__ import annotations

from functions.account import sessions
from shared.entry import Routes

routes = Routes(__name__)
for part in (sessions,):
    routes.routes += part.routes.routes

account = routes.function()
