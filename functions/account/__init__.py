"""HTTP function `account`, served at /api/account: profile, password, factors, sessions, tokens, data."""

from __future__ import annotations

from functions.account import factors, notifications, own_data, passwords, profile, sessions, tokens
from shared.entry import Routes

routes = Routes(__name__)
for part in (factors, notifications, own_data, passwords, profile, sessions, tokens):
    routes.routes += part.routes.routes

account = routes.function()
