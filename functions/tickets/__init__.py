"""HTTP function `tickets`, served at /api/tickets: the desk, all that agents do all day.

Reading bodies and searching mail is `content`'s work, which needs Gmail; this must not.
"""

from __future__ import annotations

from functions.tickets import (
    changes,
    customers,
    joins,
    lists,
    notes,
    notifications,
    presence,
    queue,
    ratings,
    replies,
    reports,
    saved_replies,
    uploads,
    views,
)
from shared.entry import Routes

routes = Routes(__name__)
for part in (
    changes,
    customers,
    joins,
    lists,
    notes,
    notifications,
    presence,
    queue,
    ratings,
    reports,
    replies,
    saved_replies,
    uploads,
    views,
):
    routes.routes += part.routes.routes

tickets = routes.function()
