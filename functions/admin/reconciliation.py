"""Routes of `admin`: the proof that no mail of a mailbox was lost."""

from __future__ import annotations

from dataclasses import dataclass

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import PageQuery, Request, Response
from shared.services.mailboxes import mailboxes
from shared.services.mailboxes.mailboxes import MailboxRow
from shared.services.reconciling import reconciliation, reconciliation_statements
from shared.services.reconciling.reconciliation_statements import StatementPage

routes = Routes("functions.admin")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to compare: `whole` is all mail that Gmail has, else what came since the last proof."""

    whole: bool = False


@routes.get("/mailboxes/{mailbox_id}/statements", allow=Permission.MAILBOX_READ, query=PageQuery)
def list_statements(request: Request, query: PageQuery) -> StatementPage:
    """List the signed statements of a mailbox's reconciliation, the newest first."""
    mailbox_id = request.path["mailbox_id"]
    return reconciliation_statements.list_statements(
        request.app, request.actor, mailbox_id, query.limit, query.cursor
    )


@routes.get("/mailboxes/{mailbox_id}/statements/{statement_id}", allow=Permission.MAILBOX_READ)
def download_statement(request: Request) -> Response:
    """Download a statement as the signed note that it is."""
    mailbox_id, statement_id = request.path["mailbox_id"], request.path["statement_id"]
    text = reconciliation_statements.read_text(request.app, request.actor, mailbox_id, statement_id)
    named = f'attachment; filename="{statement_id}.txt"'
    return Response(
        text.encode(),
        content_type="text/plain; charset=utf-8",
        headers=(("Content-Disposition", named),),
    )


@routes.post(
    "/mailboxes/{mailbox_id}/reconciliation",
    allow=Permission.MAILBOX_CONNECT,
    body=Wanted,
    status=202,
)
def reconcile_now(request: Request, body: Wanted) -> MailboxRow:
    """Begin to compare Gmail with what is stored; the mailbox shows how far that is."""
    mailbox_id = request.path["mailbox_id"]
    reconciliation.ask(request.app, request.actor, mailbox_id, whole=body.whole)
    return mailboxes.read_mailbox(request.app, request.actor, mailbox_id)
