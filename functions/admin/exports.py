"""Routes of `admin`: exports of everything that one may see."""

from __future__ import annotations

from dataclasses import dataclass

from shared import ids
from shared.entry import Routes
from shared.errors import NotFound
from shared.permissions import Permission
from shared.request import PageQuery, Request, Response
from shared.services.exchange import exports
from shared.services.exchange.exports import ExportPage, ExportView

routes = Routes("functions.admin")

_SMALL = 16_384


@dataclass(frozen=True, slots=True)
class NewExport:
    """What to export beside what belongs to the organisation: null is every mailbox of one's own.

    `mail` says whether the mail itself is read from Gmail, as mbox.
    """

    mailbox_ids: tuple[str, ...] | None = None
    mail: bool = True


@routes.post(
    "/exports",
    allow=Permission.SETTINGS_MANAGE,
    body=NewExport,
    status=201,
    max_body_bytes=_SMALL,
)
def create_export(request: Request, body: NewExport) -> ExportView:
    """Begin an export; it goes on by itself, and its files can be downloaded for seven days."""
    id = request.new_id(ids.JOB)
    return exports.create(request.app, request.actor, id, body.mailbox_ids, mail=body.mail)


@routes.get("/exports", allow=Permission.SETTINGS_MANAGE, query=PageQuery)
def list_exports(request: Request, query: PageQuery) -> ExportPage:
    """List one's own exports, the newest first."""
    return exports.list_exports(request.app, request.actor, query.limit, query.cursor)


@routes.get("/exports/{job_id}", allow=Permission.SETTINGS_MANAGE)
def read_export(request: Request) -> ExportView:
    """Return an export: how far it is, and its files."""
    return exports.read(request.app, request.actor, request.path["job_id"])


@routes.delete("/exports/{job_id}", allow=Permission.SETTINGS_MANAGE)
def delete_export(request: Request) -> None:
    """Cancel an export, or delete one that is done."""
    exports.cancel(request.app, request.actor, request.path["job_id"])


@routes.get("/exports/{job_id}/files/{number}", allow=Permission.SETTINGS_MANAGE)
def download_file(request: Request) -> Response:
    """Download a file of an export."""
    number = request.path["number"]
    if not number.isascii() or not number.isdigit() or len(number) > 6:
        raise NotFound("export.no_such_file")
    job_id = request.path["job_id"]
    file, content = exports.download(request.app, request.actor, job_id, int(number))
    name = file.name.replace("/", "-")  # of ids and letters: nothing to quote
    return Response(
        content,
        content_type="application/octet-stream",
        headers=(
            ("Content-Disposition", f'attachment; filename="{name}"'),
            ("Content-Length", str(file.size)),
        ),
    )
