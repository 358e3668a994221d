"""HTTP function `admin`, served at /api/admin: mailboxes, people, roles, what the organisation decides."""

from __future__ import annotations

from functions.admin import mailboxes
from shared.entry import Routes

routes = Routes(__name__)
for part in (mailboxes,):
    routes.routes += part.routes.routes

admin = routes.function()
