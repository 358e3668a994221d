"""The HTTP server: loopback only, threads, HTTP/1.1 kept alive, answers that can be spoilt."""

import contextlib
import http.server
import logging
import re
import socket
import socketserver
import struct
import threading
import traceback
import urllib.parse
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from .exchange import Request, Response, html_error
from .faults import truncated

LOG = logging.getLogger(__name__)
MAX_BODY_BYTES = 64 * 1024 * 1024
IDLE_SECONDS = 120.0
STOP_SECONDS = 5.0
LINGER_OFF = struct.pack("ii", 1, 0)

Answer = Callable[[Request], Response]


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Serves `answer` on 127.0.0.1. A Host other than 127.0.0.1 or localhost is answered 403."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, answer: Answer) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer = answer
        self.stopping = threading.Event()
        self.port: int = self.server_address[1]
        self.hosts = frozenset((f"127.0.0.1:{self.port}", f"localhost:{self.port}"))
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and close every connection."""
        self.stopping.set()
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join(STOP_SECONDS)
        self.server_close()
        with self._open_lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Keep hold of the connection, so that stop() can close it."""
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Let go of a connection that is done."""
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that went away."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True

    def handle_one_request(self) -> None:
        """Read one request and answer it; every method comes this way."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or len(self.raw_requestline) > 65536:
            self.close_connection = True
            return
        if not self.parse_request():
            self.close_connection = True
            return
        request = self._read()
        if isinstance(request, Response):
            self.close_connection = True
            self._send(request)
            return
        self._send(self._answer(request))

    def send_error(
        self, code: int, _message: str | None = None, _explain: str | None = None
    ) -> None:
        """Answer what could not be parsed, with a status line and without an echo of it."""
        self.close_connection = True
        self._send(html_error(code, HTTPStatus(code).phrase))

    def log_message(self, *_values: object) -> None:
        """Say nothing: paths hold ids, and queries hold more."""

    def _read(self) -> Request | Response:
        headers = {name.lower(): value for name, value in self.headers.items()}
        hosts = [host.strip().lower() for host in self.headers.get_all("host", [])]
        if len(hosts) != 1 or hosts[0] not in self.server.hosts:
            return html_error(403, "Forbidden")
        if "transfer-encoding" in headers:
            return html_error(411, "Length Required")
        length = headers.get("content-length", "0")
        if not re.fullmatch(r"\d{1,12}", length, re.ASCII):
            return html_error(400, "Bad Request")
        if int(length) > MAX_BODY_BYTES:
            return html_error(413, "Request Entity Too Large")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return html_error(400, "Bad Request")
        path, _, query = self.path.partition("?")
        try:
            pairs = urllib.parse.parse_qs(query, keep_blank_values=True, max_num_fields=1000)
        except ValueError:
            return html_error(400, "Bad Request")
        path = urllib.parse.unquote(path)
        return Request(self.command, path, pairs, headers, body, query_string=query)

    def _answer(self, request: Request) -> Response:
        try:
            return self.server.answer(request)
        except Exception as error:  # noqa: BLE001  (an answer, whatever went wrong in here)
            # Where, not what: the text of an exception may hold mail.
            place = traceback.extract_tb(error.__traceback__)[-1]
            LOG.error("%s at %s:%s", type(error).__name__, place.filename, place.lineno)  # noqa: TRY400
            return html_error(500, "Server Error")

    def _send(self, response: Response) -> None:
        if response.wire == "hang":
            self.server.stopping.wait(response.seconds)
        if response.wire in ("hang", "close", "reset"):
            if response.wire == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_OFF)
                self.connection.close()
            self.close_connection = True
            return
        body = response.body
        length = len(body)
        if response.wire == "truncate":
            # The length promised is the length sent: only reading the JSON finds it out.
            body = truncated(body)
            length = len(body)
        phrase = HTTPStatus(response.status).phrase
        lines = [f"HTTP/1.1 {response.status} {phrase}", f"Date: {self.date_time_string()}"]
        if response.status not in (204, 302) or body:
            lines.append(f"Content-Type: {response.content_type}")
        if response.status != 204:
            lines.append(f"Content-Length: {length}")
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        lines += ["X-Content-Type-Options: nosniff"]
        if self.close_connection:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        if self.command == "HEAD":
            body = b""
        if response.wire == "slow":
            self._dribble(head, body, response.seconds)
        else:
            # One write: a head of its own would wait for the client's delayed acknowledgement.
            self.wfile.write(head + body)

    def _dribble(self, head: bytes, body: bytes, seconds: float) -> None:
        self.wfile.write(head)
        pieces = 10
        size = len(body) // pieces + 1
        for start in range(0, len(body), size):
            if self.server.stopping.wait(seconds / pieces):
                self.close_connection = True
                return
            self.wfile.write(body[start : start + size])
