"""HTTP function `tickets`, served at /api/tickets: the desk, all that agents do all day.

Reading bodies and searching mail is `content`'s work, which needs Gmail; this must not.
"""

from __future__ import annotations

from typing import Final

from shared.entry import Routes

# The modules that serve what stands under the first segment of a path, most asked for first: the others wait.
PARTS: Final = {
    "": ("lists", "changes"),
    "bulk": ("changes",),
    "customers": ("customers",),
    "feed": ("feed",),
    "fields": ("changes",),
    "notes": ("notes",),
    "notifications": ("notifications",),
    "people": ("notes",),
    "presence": ("presence",),
    "reports": ("reports",),
    "saved_replies": ("saved_replies",),
    "tags": ("tags",),
    "teams": ("changes",),
    "uploads": ("uploads",),
    "views": ("views",),
    "{ticket_id}": (
        "opening",
        "presence",
        "replies",
        "changes",
        "notes",
        "joins",
        "ratings",
        "uploads",
    ),
}

routes = Routes(__name__, PARTS)
tickets = routes.function()
