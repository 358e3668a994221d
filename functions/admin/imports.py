"""Routes of `admin`: tickets of other helpdesks, and of our own export, brought into a mailbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared import ids
from shared.domain.jobs import Format
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import PageQuery, Request
from shared.services.exchange import imports
from shared.services.exchange.imports import ImportPage, ImportView

routes = Routes("functions.admin")


@dataclass(frozen=True, slots=True)
class ImportQuery:
    """Whose tickets come into which mailbox; a dry run writes nothing and says what would be."""

    format: Format
    mailbox_id: str
    dry_run: Literal["yes", "no"] = "no"


@routes.post(
    "/imports",
    allow=Permission.SETTINGS_MANAGE,
    query=ImportQuery,
    status=201,
    file_body="anonymous",
)
def create_import(request: Request, query: ImportQuery) -> ImportView:
    """Begin an import of a file of JSON lines, 30 MB at most: docs/import.md says what they hold."""
    return imports.create(
        request.app,
        request.actor,
        request.new_id(ids.JOB),
        query.mailbox_id,
        query.format,
        request.pieces(),
        dry_run=query.dry_run == "yes",
    )


@routes.get("/imports", allow=Permission.SETTINGS_MANAGE, query=PageQuery)
def list_imports(request: Request, query: PageQuery) -> ImportPage:
    """List one's own imports, the newest first."""
    return imports.list_imports(request.app, request.actor, query.limit, query.cursor)


@routes.get("/imports/{job_id}", allow=Permission.SETTINGS_MANAGE)
def read_import(request: Request) -> ImportView:
    """Return an import: how far it is, and which lines could not be taken."""
    return imports.read(request.app, request.actor, request.path["job_id"])


@routes.delete("/imports/{job_id}", allow=Permission.SETTINGS_MANAGE)
def delete_import(request: Request) -> None:
    """Cancel an import; what it brought stays."""
    imports.cancel(request.app, request.actor, request.path["job_id"])
