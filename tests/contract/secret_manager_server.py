"""A small Secret Manager, for the tests: the calls that the product makes of it.

Forms: https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets and .../versions
"""

from __future__ import annotations

import base64
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class SecretManagerServer:
    """Secrets of the project "desk", served on loopback between `start` and `close`.

    `accesses` counts requests; while `failing` is a status, each gets it; `answer` replaces every body.
    """

    def __init__(self) -> None:
        self.accesses = 0
        self.failing: int | None = None
        self.failures_left: int | None = None
        self.answer: bytes | None = None
        self._versions: dict[str, list[bytes | None]] = {}
        self._primary: dict[str, int] = {}
        self._disabled: set[str] = set()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # one packet an answer

            def do_GET(self) -> None:
                status, body = server._access(self.path)
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=UTF-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self._change()

            def do_PATCH(self) -> None:
                self._change()

            def _change(self) -> None:
                sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, body = server._change(self.command, self.path, json.loads(sent or b"{}"))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        """Serve."""
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def add_version(self, name: str, value: bytes) -> str:
        """Add a version, the first of a secret as its primary one; return the key id."""
        versions = self._versions.setdefault(name, [])
        versions.append(value)
        self._primary.setdefault(name, 1)
        return f"{name}/{len(versions)}"

    def set_primary(self, key_id: str) -> None:
        """Move the alias `primary`."""
        name, _, number = key_id.rpartition("/")
        self._primary[name] = int(number)

    def destroy_version(self, key_id: str) -> None:
        """Destroy a version; it keeps its number."""
        name, _, number = key_id.rpartition("/")
        self._versions[name][int(number) - 1] = None

    def _change(self, method: str, path: str, body: dict) -> tuple[int, bytes]:
        """Answer a call that changes something."""
        if self.failing is not None:
            return self.failing, _error(self.failing, "UNAVAILABLE")
        found = re.fullmatch(
            r"/v1/projects/desk/secrets/([a-z-]+)(?:/versions/([0-9]+))?(?::(\w+))?(?:\?.*)?", path
        )
        if found is None or found[1] not in self._versions:
            return 404, _error(404, "NOT_FOUND")
        name, number, verb = found.groups()
        if method == "PATCH" and path.endswith("?updateMask=versionAliases"):
            self._primary[name] = int(body["versionAliases"]["primary"])
        elif method == "POST" and verb == "addVersion":
            number = self.add_version(name, base64.b64decode(body["payload"]["data"])).rpartition(
                "/"
            )[2]
        elif method == "POST" and number and verb in ("disable", "enable"):
            (self._disabled.add if verb == "disable" else self._disabled.discard)(
                f"{name}/{number}"
            )
        elif method == "POST" and number and verb == "destroy":
            self.destroy_version(f"{name}/{number}")
        else:
            return 400, _error(400, "INVALID_ARGUMENT")
        return 200, json.dumps(self._shown(name, int(number or 1))).encode()

    def _shown(self, name: str, number: int) -> dict[str, str]:
        if self._versions[name][number - 1] is None:
            state = "DESTROYED"
        else:
            state = "DISABLED" if f"{name}/{number}" in self._disabled else "ENABLED"
        full_name = f"projects/1234567890/secrets/{name}/versions/{number}"
        return {"name": full_name, "state": state}

    def _access(self, path: str) -> tuple[int, bytes]:
        self.accesses += 1
        if self.failing is not None and self.failures_left != 0:
            if self.failures_left is not None:
                self.failures_left -= 1
            return self.failing, _error(self.failing, "UNAVAILABLE")
        if self.answer is not None:
            return 200, self.answer
        listed = re.fullmatch(r"/v1/projects/desk/secrets/([a-z-]+)/versions(?:\?.*)?", path)
        if listed is not None and listed[1] in self._versions:
            numbers = range(len(self._versions[listed[1]]), 0, -1)
            shown = [self._shown(listed[1], number) for number in numbers]
            return 200, json.dumps({"versions": shown}).encode()
        match = re.fullmatch(
            r"/v1/projects/desk/secrets/([A-Za-z0-9_-]+)/versions/(primary|[0-9]+):access", path
        )
        if match is None or match[1] not in self._versions:
            return 404, _error(404, "NOT_FOUND")
        name, versions = match[1], self._versions[match[1]]
        number = self._primary[name] if match[2] == "primary" else int(match[2])
        if not 1 <= number <= len(versions):
            return 404, _error(404, "NOT_FOUND")
        value = versions[number - 1]
        if value is None or f"{name}/{number}" in self._disabled:
            return 400, _error(400, "FAILED_PRECONDITION")
        payload = {"data": base64.b64encode(value).decode()}
        full_name = f"projects/1234567890/secrets/{name}/versions/{number}"
        return 200, json.dumps({"name": full_name, "payload": payload}).encode()


def _error(code: int, status: str) -> bytes:
    return json.dumps({"error": {"code": code, "message": "planted", "status": status}}).encode()
