"""HTTP function `account`, served at /api/account: one's own profile, password, factors and sessions."""

from __future__ import annotations

from functions.account import factors, notifications, passwords, profile, sessions
from shared.entry import Routes

routes = Routes(__name__)
for part in (factors, notifications, passwords, profile, sessions):
    routes.routes += part.routes.routes

account = routes.function()
