"""HTTP function `admin`, served at /api/admin: mailboxes, people, roles, what the organisation decides."""

from __future__ import annotations

from typing import Final

from shared.entry import Routes

# The modules that serve what stands under the first segment of a path: the others wait.
PARTS: Final = {
    "audit": ("audit_log",),
    "custom_fields": ("custom_fields",),
    "exports": ("exports",),
    "imports": ("imports",),
    "legal_holds": ("legal_holds",),
    "mailboxes": (
        "mailboxes",
        "mailbox_settings",
        "break_glass",
        "reconciliation",
        "retention",
        "rules",
        "sending",
        "tags",
    ),
    "organisation": ("organisation", "break_glass"),
    "people": ("people",),
    "privacy": ("erasures", "privacy"),
    "roles": ("roles",),
    "set_up": ("organisation",),
    "teams": ("teams",),
    "verifier-keys": ("verifier_keys",),
    "webhooks": ("webhooks",),
}

routes = Routes(__name__, PARTS)
admin = routes.function()
