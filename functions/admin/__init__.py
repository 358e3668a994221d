"""HTTP function `admin`, served at /api/admin: mailboxes, people, roles, what the organisation decides."""

from __future__ import annotations

from functions.admin import (
    audit_log,
    break_glass,
    custom_fields,
    exports,
    imports,
    legal_holds,
    mailbox_settings,
    mailboxes,
    organisation,
    people,
    privacy,
    reconciliation,
    retention,
    roles,
    rules,
    sending,
    teams,
    verifier_keys,
    webhooks,
)
from shared.entry import Routes

routes = Routes(__name__)
for part in (
    audit_log,
    break_glass,
    custom_fields,
    exports,
    imports,
    legal_holds,
    mailbox_settings,
    mailboxes,
    organisation,
    people,
    privacy,
    reconciliation,
    retention,
    roles,
    rules,
    sending,
    teams,
    verifier_keys,
    webhooks,
):
    routes.routes += part.routes.routes

admin = routes.function()
