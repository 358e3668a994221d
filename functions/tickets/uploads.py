"""Routes of `tickets`: files that are uploaded to be sent with a reply."""

from __future__ import annotations

from urllib.parse import unquote

from shared import ids
from shared.entry import Routes
from shared.errors import Invalid
from shared.permissions import Permission
from shared.request import FILE_NAME, Request
from shared.services.replies import uploads
from shared.services.replies.uploads import UploadRow

routes = Routes("functions.tickets")


@routes.post("/{ticket_id}/uploads", allow=Permission.REPLY_SEND, status=201, file_body="named")
def upload_file(request: Request) -> UploadRow:
    """Upload a file to be sent with a reply on this ticket: the body is the file, X-File-Name its name."""
    try:
        # Percent-encoded UTF-8: a header holds no other letters, and an address would stand in logs.
        name = unquote(request.header(FILE_NAME), errors="strict")
    except UnicodeDecodeError:
        raise Invalid("upload.name_missing") from None
    return uploads.create(
        request.app,
        request.actor,
        request.path["ticket_id"],
        request.new_id(ids.UPLOAD),
        name,
        request.header("Content-Type"),
        request.pieces(),
    )


@routes.delete("/uploads/{upload_id}", allow=Permission.REPLY_SEND)
def delete_upload(request: Request) -> None:
    """Delete a file that one has uploaded and that no reply holds."""
    uploads.delete(request.app, request.actor, request.path["upload_id"])
