"""A small Cloud Storage, for the tests: the real client library uploads, reads, lists and deletes through it.

Forms: https://cloud.google.com/storage/docs/json_api/v1/objects and .../docs/performing-resumable-uploads
"""

from __future__ import annotations

import base64
import itertools
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import google_crc32c
from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client

# Keeps the library from looking at the bucket in a background thread, to name its place in traces.
NO_BUCKET_METADATA = "DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA"


@dataclass
class Upload:
    """A resumable upload under way."""

    name: str
    create_only: bool
    content: bytearray = field(default_factory=bytearray)


class CloudStorageServer:
    """Buckets named at will, served on loopback between `start` and `close`.

    `requests` are "METHOD what" in order; `failing` maps such a line to a status that is answered
    instead, as often as its number says; `locked` refuses deletions, `corrupting` spoils what arrives,
    `largest` is the longest body seen.
    """

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.failing: dict[str, tuple[int, int]] = {}
        self.locked = False
        self.corrupting = False
        self.largest = 0
        self.objects: dict[str, tuple[int, bytes]] = {}
        self._uploads: dict[str, Upload] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.client = Client(
            "desk", credentials=AnonymousCredentials(), client_options={"api_endpoint": self.url}
        )

    def start(self) -> None:
        """Serve."""
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self.client.close()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, method: str, target: str, headers: Any, body: bytes) -> Answer:
        """Answer one request."""
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = re.sub(r"/b/[^/]+/o", "", parts.path)
        if re.fullmatch(r"/storage/v1/b/[^/]+", path):
            return _error(
                403, "no right to see the bucket"
            )  # the library looks at it for its traces
        what = path.split("/")[1]
        line = f"{method} {what}"
        with self._lock:
            self.largest = max(self.largest, len(body))
            self.requests.append(line)
            status, times = self.failing.get(line, (0, 0))
            if times:
                self.failing[line] = (status, times - 1)
                return _error(status, "planted")
            if what == "upload" and method == "POST":
                return self._begin(query, body)
            if what == "upload" and method == "PUT":
                return self._take(query["upload_id"], headers["Content-Range"], body)
            if method == "GET" and parts.path.endswith("/o"):
                return self._list(query)
            name = unquote(path.rpartition("/storage/v1/")[2])
            generation = query.get("generation")
            if generation not in (None, str(self.objects.get(name, (0, b""))[0])):
                return _error(404, f"No such object: {name}#{generation}")
            return self._existing(method, what, name, headers)

    def _begin(self, query: dict[str, str], body: bytes) -> Answer:
        number = str(next(self._numbers))
        name = query.get("name") or json.loads(body)["name"]
        self._uploads[number] = Upload(name, query.get("ifGenerationMatch") == "0")
        location = f"{self.url}/upload/storage/v1/b/x/o?uploadType=resumable&upload_id={number}"
        return Answer(200, b"", {"Location": location})

    def _take(self, number: str, content_range: str, body: bytes) -> Answer:
        upload = self._uploads[number]
        match = re.fullmatch(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)", content_range)
        assert match is not None
        assert match[1] is None or int(match[1]) == len(upload.content)
        upload.content += body
        if match[3] == "*":
            return Answer(308, b"", {"Range": f"bytes=0-{len(upload.content) - 1}"})
        assert len(upload.content) == int(match[3])
        del self._uploads[number]
        if upload.create_only and upload.name in self.objects:
            return _error(412, "At least one of the pre-conditions you specified did not hold.")
        content = bytes(upload.content)
        self.objects[upload.name] = (
            next(self._numbers),
            content[::-1] if self.corrupting else content,
        )
        return self._resource(upload.name)

    def _list(self, query: dict[str, str]) -> Answer:
        """Give a page of names: two, so that a test sees more than one page."""
        assert query["fields"] == "items(name),nextPageToken"
        names = sorted(self.objects)
        first = int(query.get("pageToken", 0))
        page: dict[str, Any] = {"items": [{"name": name} for name in names[first : first + 2]]}
        if first + 2 < len(names):
            page["nextPageToken"] = str(first + 2)
        return Answer(200, json.dumps(page).encode(), {"Content-Type": "application/json"})

    def _existing(self, method: str, what: str, name: str, headers: Any) -> Answer:
        if name not in self.objects:
            return _error(404, f"No such object: {name}")
        if method == "DELETE":
            if self.locked:
                return _error(403, f"Object '{name}' is subject to bucket's retention policy")
            del self.objects[name]
            return Answer(204)
        if what == "storage":
            return self._resource(name)
        generation, content = self.objects[name]
        first, last = re.fullmatch(r"bytes=(\d+)-(\d+)", headers["Range"]).groups()
        piece = content[int(first) : int(last) + 1]
        shown = f"bytes {first}-{int(first) + len(piece) - 1}/{len(content)}"
        return Answer(206, piece, {"Content-Range": shown, "X-Goog-Generation": str(generation)})

    def _resource(self, name: str) -> Answer:
        generation, content = self.objects[name]
        checksum = google_crc32c.value(content).to_bytes(4, "big")
        resource = {
            "name": name,
            "size": str(len(content)),
            "generation": str(generation),
            "crc32c": base64.b64encode(checksum).decode(),
        }
        return Answer(200, json.dumps(resource).encode(), {"Content-Type": "application/json"})


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def _error(status: int, message: str) -> Answer:
    content = {"error": {"code": status, "message": message}}
    return Answer(status, json.dumps(content).encode(), {"Content-Type": "application/json"})


def _handler(server: CloudStorageServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet an answer

        def _run(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = server.answer(self.command, self.path, self.headers, body)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_DELETE = _run  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            pass

    return Handler
