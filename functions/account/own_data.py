"""Routes of `account`: what is held on oneself, to see, to download and to erase."""

from __future__ import annotations

from dataclasses import dataclass

from shared import ids
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import PageQuery, Request, Response
from shared.services import audit_log
from shared.services.privacy import access_ledger, data_exports, erasing
from shared.services.privacy.access_ledger import AccessPage
from shared.services.privacy.data_exports import DataExport, DataExportPage

routes = Routes("functions.account")

_SELF = Permission.ACCOUNT_SELF
_SMALL = 4_096


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One's own address, written out, so that nobody erases their account by a slip."""

    email: str


@routes.get("/data/accesses", allow=_SELF, query=PageQuery)
def list_accesses(request: Request, query: PageQuery) -> AccessPage:
    """List who had to do with what is held on oneself, the newest first."""
    own = (request.actor.user_id,)
    return access_ledger.read(request.app, own, None, query.limit, query.cursor)


@routes.post("/data/exports", allow=_SELF, status=201)
def create_export(request: Request) -> DataExport:
    """Begin an export of what is held on oneself; it goes on by itself, and is kept for seven days."""
    return data_exports.create_for(
        request.app, request.actor, request.new_id(ids.JOB), request.actor.user_id
    )


@routes.get("/data/exports", allow=_SELF, query=PageQuery)
def list_exports(request: Request, query: PageQuery) -> DataExportPage:
    """List the exports that one asked for, the newest first."""
    return data_exports.list_exports(request.app, request.actor.user_id, query.limit, query.cursor)


@routes.get("/data/exports/{job_id}/file", allow=_SELF)
def download_export(request: Request) -> Response:
    """Download an export of one's own data, as zip."""
    actor = request.actor
    who = audit_log.person(actor)
    content = data_exports.download(request.app, who, actor.user_id, request.path["job_id"])
    return Response(
        content,
        content_type="application/zip",
        headers=(("Content-Disposition", 'attachment; filename="my-data.zip"'),),
    )


@routes.post("/data/erase", allow=_SELF, body=Confirmation, max_body_bytes=_SMALL)
def erase_account(request: Request, body: Confirmation) -> None:
    """Erase one's own account: everything ends at once. The last administrator is refused."""
    erasing.erase_oneself(request.app, request.actor, body.email)
