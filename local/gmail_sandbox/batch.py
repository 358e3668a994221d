"""POST /batch: several calls in one multipart/mixed body, each answered in a part of its own.

Rule: developers.google.com/workspace/gmail/api/guides/batch. The calls run at the same time and
each is charged: a batch saves connections, not quota.
"""

import urllib.parse
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from email.message import Message
from http import HTTPStatus

from .errors import invalid_argument
from .exchange import Request, Response

PATHS = frozenset(("/batch", "/batch/gmail/v1"))
MAX_CALLS = 100
BOUNDARY = "batch_sandbox"


def answer_batch(request: Request, answer: Callable[[Request], Response]) -> Response:
    """Answer every call of a batch through `answer`; 400 for what is no batch or too big a one.

    Where a fault spoils one call on the wire, it spoils the whole batch.
    """
    kind = request.headers.get("content-type", "")
    envelope = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + request.body)
    parts = envelope.get_payload()
    if envelope.get_content_type() != "multipart/mixed" or not isinstance(parts, list):
        return invalid_argument("Failed to parse batch request").response()
    if len(parts) > MAX_CALLS:
        return invalid_argument("Inner request count exceeds the limit").response()
    calls = [_call(part, request) for part in parts if isinstance(part, Message)]
    with ThreadPoolExecutor(max_workers=max(1, len(calls))) as pool:
        answers = list(pool.map(answer, calls))
    if spoilt := next((one for one in answers if one.wire), None):
        return spoilt
    ids = [str(part.get("Content-ID", "")) for part in parts if isinstance(part, Message)]
    body = b"".join(_part(id_, one) for id_, one in zip(ids, answers, strict=True))
    body += f"--{BOUNDARY}--\r\n".encode()
    return Response(200, body, f'multipart/mixed; boundary="{BOUNDARY}"')


def _call(part: Message, outer: Request) -> Request:
    content = part.get_payload(decode=True)
    line, _, rest = (content if isinstance(content, bytes) else b"").partition(b"\n")
    verb, _, target = line.decode("latin-1").strip().partition(" ")
    path, _, query = target.partition(" ")[0].partition("?")
    inner = message_from_bytes(rest)
    headers = {name.lower(): str(value) for name, value in inner.items()}
    # A call without a token of its own is made with the batch's.
    headers.setdefault("authorization", outer.headers.get("authorization", ""))
    payload = inner.get_payload(decode=True)
    return Request(
        verb,
        urllib.parse.unquote(path),
        urllib.parse.parse_qs(query, keep_blank_values=True),
        headers,
        payload if isinstance(payload, bytes) else b"",
        query,
    )


def _part(content_id: str, answer: Response) -> bytes:
    name = content_id.strip().removeprefix("<").removesuffix(">")
    lines = [
        f"--{BOUNDARY}",
        "Content-Type: application/http",
        f"Content-ID: <response-{name}>",
        "",
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {len(answer.body)}",
        *[f"{header}: {value}" for header, value in answer.headers.items()],
        "",
        "",
    ]
    return "\r\n".join(lines).encode("latin-1", "replace") + answer.body + b"\r\n"
