"""Routes of `admin`: how long the content of a mailbox is kept."""

from __future__ import annotations

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.retention import retention_rules
from shared.services.retention.retention_rules import Days, Preview, RulesView

routes = Routes("functions.admin")


@routes.get("/mailboxes/{mailbox_id}/retention", allow=Permission.PRIVACY_MANAGE)
def read_retention(request: Request) -> RulesView:
    """Return how long each kind of a mailbox's content is kept, and what the last run erased."""
    return retention_rules.read(request.app, request.actor, request.path["mailbox_id"])


@routes.patch("/mailboxes/{mailbox_id}/retention", allow=Permission.PRIVACY_MANAGE, body=Days)
def change_retention(request: Request, body: Days) -> RulesView:
    """Decide it anew, all kinds at once; If-Match "0" where nobody has before."""
    mailbox_id, version = request.path["mailbox_id"], request.expected_version()
    return retention_rules.change(request.app, request.actor, mailbox_id, body, version)


@routes.get(
    "/mailboxes/{mailbox_id}/retention/preview", allow=Permission.PRIVACY_MANAGE, query=Days
)
def preview_retention(request: Request, query: Days) -> Preview:
    """Say what these rules would erase now, and from when that is; nothing is written."""
    return retention_rules.preview(request.app, request.actor, request.path["mailbox_id"], query)
