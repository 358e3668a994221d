"""Routes of `admin`: the audit log, searched, proved and exported."""

from __future__ import annotations

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request, Response
from shared.services.audit import log_export, log_search, log_state
from shared.services.audit.log_search import LogEntry, LogExportQuery, LogPage, LogQuery
from shared.services.audit.log_state import LogState

routes = Routes("functions.admin")


@routes.get("/audit", allow=Permission.AUDIT_READ, query=LogQuery)
def search_log(request: Request, query: LogQuery) -> LogPage:
    """Search the audit log, the newest entry first; the search is recorded too."""
    return log_search.search(request.app, request.actor, query.filter(), query.limit, query.cursor)


@routes.get("/audit/state", allow=Permission.AUDIT_READ)
def read_log_state(request: Request) -> LogState:
    """Return what of the log is sealed, copied and cosigned."""
    return log_state.read(request.app)


@routes.get("/audit/entries/{entry_id}", allow=Permission.AUDIT_READ)
def read_log_entry(request: Request) -> LogEntry:
    """Return an entry as it is sealed, with the proof that it is in the log."""
    return log_search.read(request.app, request.actor, request.path["entry_id"])


@routes.get("/audit/export", allow=Permission.AUDIT_EXPORT, query=LogExportQuery)
def export_log(request: Request, query: LogExportQuery) -> Response:
    """Download the log, or what a search finds with proofs, as a zip that can be verified offline."""
    wanted = query.filter() if query.selected else None
    content = log_export.export(request.app, request.actor, wanted)
    return Response(
        content,
        content_type="application/zip",
        headers=(("Content-Disposition", 'attachment; filename="audit-log.zip"'),),
    )
