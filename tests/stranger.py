"""A stranger's web server on loopback: it answers what a test says, and keeps what it was asked."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[["Asked"], tuple[int, dict[str, str], bytes]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; header names in lower case. `write` is for answers that keep to no rule."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    write: Callable[[bytes], object]


@dataclass
class Stranger:
    """The server: `answers` by path, 200 with nothing where there is none."""

    url: str = ""
    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def answer(self, path: str, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """Answer so at this path; header names with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = lambda _: (status, named, body)


@contextmanager
def stranger(tls: ssl.SSLContext | None = None) -> Iterator[Stranger]:
    """Run a server until the block ends."""
    state = Stranger()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            asked = Asked(self.command, self.path, headers, body, self._write)
            state.asked.append(asked)
            path = self.path.partition("?")[0]
            found = state.answers.get(path, lambda _: (200, {}, b""))(asked)
            status, named, content = found
            if status == 0:  # written already
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content))} | named).items():
                self.send_header(name, value)
            self.end_headers()
            self._write(content)

        do_POST = do_GET  # noqa: N815

        def _write(self, data: bytes) -> None:
            try:
                self.wfile.write(data)
                self.wfile.flush()
            except OSError:  # who asked has gone
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # a refused handshake
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    state.port = server.server_address[1]
    state.url = f"{'https' if tls else 'http'}://127.0.0.1:{state.port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
