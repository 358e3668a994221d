"""The ways in which a message reaches messages.send: JSON, simple, multipart and resumable upload.

Rules: developers.google.com/workspace/gmail/api/guides/uploads; limits from the gmail.v1 discovery
document and, for JSON, from what clients report (google-api-go-client#374).
"""

import base64
import binascii
import json
import re
import threading
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, Literal

from .errors import ApiError, invalid_argument, not_found
from .exchange import Request, Response
from .opaque import OpaqueIds

MAX_JSON_BYTES = 5 * 1024 * 1024
MAX_UPLOAD_BYTES = 36_700_160
CHUNK_BYTES = 256 * 1024  # every piece of a resumable upload but the last is a multiple of this
MEMBERS = frozenset(
    (
        "id",
        "threadId",
        "labelIds",
        "snippet",
        "historyId",
        "internalDate",
        "payload",
        "sizeEstimate",
        "raw",
        "classificationLabelValues",
    )
)
Via = Literal["json", "media", "multipart", "resumable"]


@dataclass(frozen=True, slots=True)
class Submission:
    """A message as a client handed it in, and the thread that it asked for."""

    raw: bytes
    thread_id: str | None
    via: Via


@dataclass(slots=True)
class Session:
    """A resumable upload under way."""

    mailbox: str
    thread_id: str | None
    received: bytearray = field(default_factory=bytearray)
    # What the finished upload was answered; asking again gives it again.
    answer: dict[str, Any] | None = None


def submission(request: Request) -> Submission:
    """Read a whole message from one request; 400 for a malformed one, 413 for a large one."""
    if not request.path.startswith(("/upload/", "/resumable/")):
        return _from_json(request)
    kind = upload_type(request)
    if kind == "media":
        _check_media(request.headers.get("content-type", ""), request.body)
        return Submission(request.body, None, "media")
    return _from_multipart(request)


def upload_type(request: Request) -> str:
    """Return media, multipart or resumable; 400 for anything else."""
    kind = request.query.get("uploadType", request.query.get("upload_protocol", [""]))[-1]
    if kind not in ("media", "multipart", "resumable"):
        raise invalid_argument("Invalid upload request: unknown uploadType")
    return kind


class ResumableUploads:
    """Upload sessions; kept in memory, so that a restart ends them, as time does at Google."""

    def __init__(self, ids: OpaqueIds) -> None:
        self._ids = ids
        self._lock = threading.Lock()  # over the sessions and what they hold
        self._sessions: dict[str, Session] = {}

    def begin(self, mailbox: str, request: Request) -> Response:
        """Answer a request that opens a session: where its bytes are to be put."""
        kind = request.headers.get("x-upload-content-type", "message/rfc822")
        length = request.headers.get("x-upload-content-length", "0")
        if not re.fullmatch(r"\d{1,12}", length, re.ASCII):
            raise invalid_argument("Invalid X-Upload-Content-Length")
        _check_kind(kind)
        _check_size(int(length))
        session = Session(mailbox, _thread_id(_json_object(request.body)))
        with self._lock:
            upload_id = self._ids.secret("upload", len(self._sessions) + 1)
            self._sessions[upload_id] = session
        location = f"http://{request.headers['host']}{request.path}"
        query = f"uploadType=resumable&upload_id={upload_id}"
        headers = {"Location": f"{location}?{query}", "X-GUploader-UploadID": upload_id}
        return Response(200, headers=headers)

    def take(self, mailbox: str, request: Request) -> Session | Response:
        """Take the bytes of one request: the session if it is complete now, else the answer 308."""
        upload_id = request.query.get("upload_id", [""])[-1]
        with self._lock:
            session = self._sessions.get(upload_id)
            if session is None or session.mailbox != mailbox:
                raise not_found()
            if session.answer is None and not _append(session, request):
                got = len(session.received)
                return Response(308, headers={"Range": f"bytes=0-{got - 1}"} if got else {})
            return session


def _append(session: Session, request: Request) -> bool:
    """Add a request's bytes to a session; say whether these were the last."""
    given = request.headers.get("content-range")
    if given is None:
        session.received[:] = request.body
        _check_size(len(session.received))
        return True
    asked = re.fullmatch(r"bytes \*/(\d{1,12})", given, re.ASCII)
    if asked:
        return int(asked[1]) == len(session.received)
    part = re.fullmatch(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12}|\*)", given, re.ASCII)
    if part is None:
        raise invalid_argument("Invalid Content-Range")
    start, end = int(part[1]), int(part[2])
    total = None if part[3] == "*" else int(part[3])
    _check_size(total or end + 1)
    last = total is not None and end + 1 == total
    if end + 1 - start != len(request.body) or start != len(session.received):
        raise invalid_argument("Invalid Content-Range")
    if not last and len(request.body) % CHUNK_BYTES:
        raise invalid_argument("Invalid chunk size")
    session.received += request.body
    return last


def _from_json(request: Request) -> Submission:
    if len(request.body) > MAX_JSON_BYTES:
        raise too_large()
    message = _json_object(request.body)
    encoded = message.get("raw")
    if encoded in (None, ""):
        raise missing_message()
    if not isinstance(encoded, str) or not re.fullmatch(r"[A-Za-z0-9_-]*={0,2}", encoded):
        raise invalid_argument("Invalid value at 'message.raw' (TYPE_BYTES)")
    unpadded = encoded.rstrip("=")
    try:
        raw = base64.urlsafe_b64decode(unpadded + "=" * (-len(unpadded) % 4))
    except binascii.Error:
        raise invalid_argument("Invalid value at 'message.raw' (TYPE_BYTES)") from None
    return Submission(raw, _thread_id(message), "json")


def _from_multipart(request: Request) -> Submission:
    envelope = Message()
    envelope["Content-Type"] = request.headers.get("content-type", "")
    boundary = envelope.get_boundary()
    if envelope.get_content_type() != "multipart/related" or not boundary:
        raise invalid_argument("Failed to parse multipart request")
    # The length decides before anything is copied; the envelope adds little to the message.
    _check_size(len(request.body) - CHUNK_BYTES)
    pieces = request.body.split(b"--" + boundary.encode("latin-1", "replace"))
    if len(pieces) != 4 or not pieces[3].startswith(b"--"):
        raise invalid_argument("Failed to parse multipart request")
    (first, about), (second, raw) = (_part(piece) for piece in pieces[1:3])
    if first.get_content_type() != "application/json":
        raise invalid_argument("Failed to parse multipart request")
    encoding = str(second.get("Content-Transfer-Encoding", "binary")).strip().lower()
    if encoding == "base64":
        try:
            raw = base64.b64decode(raw.replace(b"\r", b"").replace(b"\n", b""), validate=True)
        except binascii.Error:
            raise invalid_argument("Failed to parse multipart request") from None
    elif encoding not in ("binary", "7bit", "8bit"):
        raise invalid_argument("Failed to parse multipart request")
    _check_media(str(second.get("Content-Type", "")), raw)
    return Submission(raw, _thread_id(_json_object(about)), "multipart")


def _part(piece: bytes) -> tuple[Message, bytes]:
    """Return the headers and the content of what stands between two boundaries."""
    match = re.match(rb"\r?\n(.*?)\r?\n\r?\n", piece[:16_384], re.DOTALL)
    if match is None:
        raise invalid_argument("Failed to parse multipart request")
    headers = Message()
    for line in match[1].decode("latin-1").splitlines():
        name, _, value = line.partition(":")
        headers[name.strip()] = value.strip()
    ending = 2 if piece.endswith(b"\r\n") else 1
    return headers, piece[match.end() : -ending]


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise invalid_argument("Invalid JSON payload received.")
    if unknown := sorted(message.keys() - MEMBERS):
        raise invalid_argument(
            f"Invalid JSON payload received. Unknown name \"{unknown[0][:40]}\" at 'message':"
            " Cannot find field."
        )
    return message


def _thread_id(message: dict[str, Any]) -> str | None:
    thread_id = message.get("threadId")
    if thread_id in (None, ""):
        return None
    if not isinstance(thread_id, str) or not re.fullmatch(r"[0-9a-f]{1,16}", thread_id):
        raise invalid_argument("Invalid thread_id value")
    return thread_id.zfill(16)


def _check_media(kind: str, raw: bytes) -> None:
    _check_kind(kind)
    _check_size(len(raw))
    if not raw:
        raise missing_message()


def _check_kind(kind: str) -> None:
    if not kind.strip().lower().startswith("message/"):
        raise ApiError(
            400, "Media type is not supported. Valid media types: [message/*]", "badContent"
        )


def _check_size(length: int) -> None:
    if length > MAX_UPLOAD_BYTES:
        raise too_large()


def too_large() -> ApiError:
    """Return 413 for a message above the limit of the way that it took."""
    return ApiError(413, "Request Entity Too Large", "uploadTooLarge")


def missing_message() -> ApiError:
    """Return 400 for a call without a message."""
    return invalid_argument(
        "'raw' RFC822 payload message string or uploading message via /upload/* URL required"
    )
