"""HTTP function `admin`, served at /api/admin: mailboxes, people, roles, what the organisation decides."""

from __future__ import annotations

from functions.admin import mailbox_settings, mailboxes, organisation, people, roles
from shared.entry import Routes

routes = Routes(__name__)
for part in (mailbox_settings, mailboxes, organisation, people, roles):
    routes.routes += part.routes.routes

admin = routes.function()
